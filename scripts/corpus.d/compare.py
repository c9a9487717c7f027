"""Holds what lc said of a capture against what an independent witness says: a list of differences, each one line."""

#: tshark prints jitter with three decimals and computes it in double precision, as lc does.
JITTER_TOLERANCE_MS = 0.01


def counts(theirs, ours, what):
    """Two tables of counts, compared name by name."""
    for name in sorted(set(theirs) | set(ours)):
        if theirs.get(name, 0) != ours.get(name, 0):
            yield f"{what} {name}", theirs.get(name, 0), ours.get(name, 0)


def sip(truth, summary):
    """Messages by method, status and transport, and distinct Call-IDs."""
    found = summary["sip_messages"]
    if truth["messages"] != found["total"]:
        yield "sip messages", truth["messages"], found["total"]
    yield from counts(truth["requests"], found["methods"], "sip method")
    yield from counts(truth["responses"], found["statuses"], "sip status")
    yield from counts(truth["transport"], found["transports"], "sip transport")
    if truth["distinct_call_ids"] != summary["call_ids"]:
        yield "sip call-ids", truth["distinct_call_ids"], summary["call_ids"]


def calls(truth, outcome):
    """Every record's Call-ID is one that was sent, every INVITE's has a record, and its messages are as many."""
    sent = {call["call_id"]: call for call in truth.get("calls", [])}
    if len(sent) != truth["distinct_call_ids"]:
        return
    recorded = {}
    for record in outcome.calls:
        recorded[record["call_id"]] = recorded.get(record["call_id"], 0) + record["sip_messages"]["total"]
    for call_id in sorted(set(recorded) - set(sent)):
        yield f"call {call_id!a}", "none", "record"
    for call_id, call in sorted(sent.items()):
        if call_id in recorded and recorded[call_id] != call["messages"]:
            yield f"call {call_id!a} messages", call["messages"], recorded[call_id]
        elif call_id not in recorded and "INVITE" in call["requests"]:
            yield f"call {call_id!a}", "INVITE", "no record"


def stream(name, truth, found):
    """One stream of `tshark -z rtp,streams` against ours."""
    if found is None:
        yield name, f"{truth['pkts']} packets", "no stream"
        return
    if truth["pkts"] != found["packets"]:
        yield f"{name} packets", truth["pkts"], found["packets"]
    if truth["lost"] != found["rfc3550_lost"]:
        yield f"{name} lost", truth["lost"], found["rfc3550_lost"]
    if truth["max_jitter_ms"] is None:
        return
    ours = found["jitter_max_ms"]
    # Without a clock rate tshark shows 0 or nonsense, and we null.
    unclocked = truth["payload"].startswith("RTPType-") or ours is None
    if not unclocked and abs(truth["max_jitter_ms"] - ours) > JITTER_TOLERANCE_MS:
        yield f"{name} max jitter ms", f"{truth['max_jitter_ms']:.3f}", f"{ours:.3f}"
    elif ours is None and truth["max_jitter_ms"] > 0 and not truth["payload"].startswith("RTPType-"):
        yield f"{name} max jitter ms", f"{truth['max_jitter_ms']:.3f}", "null"


def streams(truth, outcome):
    """Plausible streams of tshark's, and those of ours that tshark has not, not even as implausible."""
    found = outcome.streams()
    known = set()
    for expected in truth:
        key = (expected["ssrc"], expected["src"], expected["dst"])
        known.add(key)
        if expected.get("plausible", True):
            yield from stream("rtp %s %s>%s" % key, expected, found.get(key))
    for key in sorted(set(found) - known):
        yield "rtp %s %s>%s" % key, "no stream", f"{found[key]['packets']} packets"


def crosscheck(truth, outcome):
    """Figures that do not come from tshark: UDP SIP start lines, and RTP by SSRC counted from the bytes."""
    summary = outcome.summary
    over_udp = summary["sip_messages"]["transports"].get("udp", 0)
    if not truth.get("ip_fragments_skipped") and truth["udp_sip_start_lines"] != over_udp:
        yield "crosscheck udp start lines", truth["udp_sip_start_lines"], over_udp
    found = outcome.streams()
    for expected in truth.get("rtp", []):
        key = (expected["ssrc"], expected["src"], expected["dst"])
        name = "crosscheck rtp %s %s>%s" % key
        ours = found.get(key)
        if ours is None:
            yield name, f"{expected['pkts']} packets", "no stream"
            continue
        for theirs, field in (("pkts", "packets"), ("duplicates", "duplicates"), ("reordered", "out_of_order"),
                              ("missing", "lost_packets")):
            if expected[theirs] != ours[field]:
                yield f"{name} {field}", expected[theirs], ours[field]
