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
print("- Expected values: `scripts/fixtures.d/expected.py`, that is tshark and capinfos, never `lc` (README.md in testdata/)")

calls = expected["calls"]
print(f"\n{expected['packets_total']} packets, {len(calls)} call{'' if len(calls) == 1 else 's'}"
      + "".join(f", {n} {m} requests outside calls" for m, n in expected["not_calls"].items()) + ".\n")
print("| call | state | SIP messages | packets | RTP streams (packets, lost, most jitter in ms) |\n|---|---|---|---|---|")
for call in calls:
    streams = "; ".join(f"{s['source']} → {s['destination']}: {s['packets']}, {s['rfc3550_lost']}, {s['jitter_max_ms']:g}"
                        for s in call["streams"])
    print(f"| {call['call_id']} | {call['state']} | {sum(call['messages'].values())} | {len(call['packets'])} | {streams or 'none'} |")
if expected["notes"]:
    print(f"\nNote: {expected['notes']}")
if report:
    print(f"\nWhat the stacks reported themselves:\n\n```\n{report.strip()}\n```")
