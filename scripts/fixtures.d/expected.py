#!/usr/bin/env python3
"""Prints what a capture holds, as JSON: its calls, their packets and their RTP streams.

Everything comes from tshark and capinfos, nothing from lc, so that lc can be tested against it.
usage: expected.py CAPTURE [NOTE]
"""

import collections
import json
import pathlib
import re
import subprocess
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))
sys.dont_write_bytecode = True

from truth.endpoints import named_endpoints  # noqa: E402
from truth.frames import read_frames  # noqa: E402
from truth.hep import unwrap  # noqa: E402
from truth.messages import disagreements, read_messages  # noqa: E402
from truth import reports  # noqa: E402
from truth.ownership import Ownership  # noqa: E402
from truth.streams import decode_options, read_streams, with_owner  # noqa: E402


def packets_total(path):
    text = subprocess.run(["capinfos", "-c", "-M", "-T", "-r", path], check=True, capture_output=True, text=True).stdout
    return int(text.strip().split("\t")[-1])


def outcome(messages):
    """(state, final status of the INVITE, who hung up)."""
    invite = messages[0]
    finals = [m for m in messages if m.cseq_method == "INVITE" and not m.is_request and int(m.name) >= 200]
    # A challenge is answered by a new INVITE and is no outcome.
    finals = [m for m in finals if m.name not in ("401", "407")] or finals
    # A re-INVITE's answer comes after the first 2xx, and a fork's 487 may come after it.
    accepted = next((m for m in finals if m.name.startswith("2")), None)
    final = accepted or (finals[0] if finals else None)
    bye = next((m for m in messages if m.name == "BYE"), None)
    hangup = None if bye is None else "caller" if bye.from_tag == invite.from_tag else "callee"
    if final is None:
        return "trying", None, hangup
    status = int(final.name)
    if status < 300:
        return "ended", status, hangup
    if status < 400:
        return "redirected", status, hangup
    if status == 487 and any(m.name == "CANCEL" for m in messages):
        return "cancelled", status, hangup
    return ("busy" if status in (486, 600) else "failed"), status, hangup


def describe(path, note):
    frames = read_frames(path)
    messages = read_messages(frames + unwrap(frames)[0])
    ports = {port for m in messages for _, port in named_endpoints(m.body) if port % 2 == 0}
    options = decode_options(ports)
    frames = read_frames(path, options)
    inner, correlated = unwrap(frames, options)
    for problem in disagreements(frames + inner, messages):
        raise SystemExit(f"{path}: {problem}")

    dialogs = {}
    for message in messages:
        dialogs.setdefault(message.call_id, []).append(message)
    calls = {i: ms for i, ms in dialogs.items() if ms[0].name == "INVITE"}
    not_calls = collections.Counter(
        m.name for i, ms in dialogs.items() if i not in calls for m in ms if m.is_request)

    owned = {i: set().union(*(m.frames for m in ms)) for i, ms in calls.items()}
    sip_frames = set().union(*(m.frames for m in messages)) if messages else set()
    ownership, owners = Ownership(calls), {}
    for frame in frames:
        if frame.number not in sip_frames:
            owners[frame.number] = ownership.of_frame(frame)
            if correlated.get(frame.number) in calls:
                owners[frame.number] = correlated[frame.number]
            if owners[frame.number]:
                owned[owners[frame.number]].add(frame.number)

    streams = collections.defaultdict(list)
    for owner, stream in with_owner(read_streams(path, options), frames, owners):
        streams[owner].append(stream)
    if None in streams:
        raise SystemExit(f"{path}: RTP of no call: {streams[None]}")

    records = []
    for call_id, ms in calls.items():
        state, status, hangup = outcome(ms)
        records.append({
            "call_id": call_id, "state": state, "status_code": status, "hangup_by": hangup,
            "transport": ms[0].transport, "messages": dict(collections.Counter(m.name for m in ms)),
            "packets": sorted(owned[call_id]), "streams": streams[call_id],
        })
    reports.add(path, options, records)
    total = packets_total(path)
    if total != len(frames):
        raise SystemExit(f"{path}: capinfos counts {total} packets, tshark {len(frames)}")
    if any(frame.malformed for frame in frames):
        raise SystemExit(f"{path}: tshark finds malformed packets")
    return {"packets_total": total, "calls": records, "not_calls": dict(not_calls), "notes": note}


def compact(value):
    """Indented JSON with the long lists of frame numbers on one line each."""
    text = json.dumps(value, indent=2)
    return re.sub(r"\[\s+([\d,\s]+?)\s+\]", lambda m: "[" + re.sub(r"\s+", " ", m.group(1)) + "]", text)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        raise SystemExit(__doc__)
    print(compact(describe(sys.argv[1], sys.argv[2] if len(sys.argv) == 3 else "")))
