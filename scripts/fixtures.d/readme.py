#!/usr/bin/env python3
"""README.md of a case: the text on standard input, how to make it again, and the figures of its expected.json.

usage: readme.py CASE TITLE STACK EXPECTED REPORT <TEXT
"""

import json
import sys

case, title, stack, expected_path, report = sys.argv[1:]
with open(expected_path) as file:
    expected = json.load(file)

print(f"# {title}\n\n{sys.stdin.read().strip()}\n")
print(f"- Made by: {stack}")
print(f"- Made again by: `scripts/fixtures {case}` (as root; times, ports, tags and identifiers differ every time)")
print("- Expected values: `scripts/fixtures.d/expected.py`, from tshark and capinfos (see testdata/README.md)")


def stream_text(stream):
    figures = f"{stream['packets']}, {stream['rfc3550_lost']}, {stream['jitter_max_ms']:g}"
    return f"{stream['source']} → {stream['destination']}: {figures}"


calls = expected["calls"]
print(f"\n{expected['packets_total']} packets, {len(calls)} call{'' if len(calls) == 1 else 's'}"
      + "".join(f", {n} {m} requests outside calls" for m, n in expected["not_calls"].items()) + ".\n")
print("| call | state | SIP messages | packets | RTP streams (packets, lost, most jitter in ms) |")
print("|---|---|---|---|---|")
for call in calls:
    streams = "; ".join(map(stream_text, call["streams"])) or "none"
    messages = sum(call["messages"].values())
    print(f"| {call['call_id']} | {call['state']} | {messages} | {len(call['packets'])} | {streams} |")
if expected["notes"]:
    print(f"\nNote: {expected['notes']}")
if report:
    print(f"\nWhat the stacks reported themselves:\n\n```\n{report.strip()}\n```")
