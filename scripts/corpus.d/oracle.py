"""What tshark says of any capture, in the form of the corpus' truth: for captures that are in no manifest."""
import collections
import re
import subprocess

TSHARK = ["tshark", "-n", "-o", "tcp.reassemble_out_of_order:TRUE"]
HEURISTIC = ["--enable-heuristic", "rtp_udp"]
RECORD, VALUE = "\x1e", "\t"
#: start, end, source, port, destination, port, SSRC, payload, packets, lost (%), deltas and jitters (min, mean, max).
STREAM_LINE = re.compile(
    r"^\s*(?P<start>-?[\d.]+)\s+(?P<end>-?[\d.]+)\s+(?P<src>\S+)\s+(?P<sport>\d+)\s+(?P<dst>\S+)\s+(?P<dport>\d+)\s+"
    r"(?P<ssrc>0x[0-9A-Fa-f]+)\s+(?P<payload>.*?)\s+(?P<pkts>\d+)\s+(?P<lost>-?\d+)\s+\((?P<pct>[^%]*)%\)\s+"
    r"(?P<figures>[-\d.]+(?:\s+[-\d.]+){5})")


def output(arguments):
    process = subprocess.run(arguments, capture_output=True, timeout=600, check=False)
    return process.stdout.decode("utf-8", "replace")


def fields(capture, display_filter, names, extra=()):
    """A list of values per name, for every frame that passes the filter."""
    arguments = [*TSHARK, *extra, "-r", capture, "-Y", display_filter, "-T", "fields", "-E", "separator=/t",
                 "-E", "occurrence=a", "-E", "aggregator=" + RECORD]
    for name in names:
        arguments += ["-e", name]
    for line in output(arguments).split("\n"):
        if line:
            values = line.split(VALUE) + [""] * len(names)
            yield [value.split(RECORD) if value else [] for value in values[:len(names)]]


def endpoint(address, port):
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"


def sip(capture):
    """Start lines after reassembly, without what ICMP errors quote."""
    requests, responses, transports = (collections.Counter() for _ in range(3))
    calls = {}
    for methods, statuses, call_ids, protocols in fields(
            capture, "sip && !icmp && !icmpv6", ["sip.Method", "sip.Status-Code", "sip.Call-ID", "frame.protocols"]):
        count = len(methods) + len(statuses)
        if not count:
            continue
        requests.update(methods)
        responses.update(statuses)
        below = (protocols[0] if protocols else "").split(":")
        below = below[:below.index("sip")] if "sip" in below else below
        layers = [name for name in reversed(below) if name in ("udp", "tcp", "sctp", "tls")]
        transports["websocket" if "websocket" in below else (layers or ["?"])[0]] += count
        for call_id in call_ids[:count] if len(call_ids) >= count else call_ids:
            call = calls.setdefault(call_id, {"call_id": call_id, "messages": 0, "requests": collections.Counter()})
            call["messages"] += 1
            if count == 1:
                call["requests"].update(methods)
    return {"messages": sum(requests.values()) + sum(responses.values()), "requests": dict(requests),
            "responses": dict(responses), "transport": dict(transports), "distinct_call_ids": len(calls),
            "calls": list(calls.values())}


def lost(capture):
    """Expected (RFC 3550 appendix A.3) minus received by (SSRC, source, destination), from the sequence numbers.

    `-z rtp,streams` expects packets up to the last that came, not up to the highest number: where the last ones came
    out of order it is off."""
    numbers = {}
    for row in fields(capture, "rtp && !icmp && !icmpv6", ["rtp.ssrc", "rtp.seq", "udp.srcport", "udp.dstport", "ip.src", "ipv6.src",
                                       "ip.dst", "ipv6.dst"], HEURISTIC):
        ssrcs, sequences, source_port, destination_port = row[:4]
        source, destination = (row[4] or row[5])[-1:], (row[6] or row[7])[-1:]
        if len(ssrcs) == len(sequences) == 1 and source_port and source and destination:
            key = (ssrcs[0].lower(), endpoint(source[0], source_port[-1]),
                   endpoint(destination[0], destination_port[-1]))
            numbers.setdefault(key, []).append(int(sequences[0]))
    missing = {}
    for key, sequences in numbers.items():
        extended = [sequences[0]]
        for sequence in sequences[1:]:
            extended.append(extended[-1] + (sequence - extended[-1] + 0x8000) % 0x10000 - 0x8000)
        missing[key] = max(extended) - min(extended) + 1 - len(extended)
    return missing


def rtp(capture):
    """Streams found by tshark's heuristics, so that early media counts from its first packet."""
    streams = []
    missing = lost(capture)
    for line in output([*TSHARK, *HEURISTIC, "-r", capture, "-q", "-z", "rtp,streams"]).splitlines():
        match = STREAM_LINE.match(line)
        if not match:
            continue
        source, destination = endpoint(match["src"], match["sport"]), endpoint(match["dst"], match["dport"])
        ssrc, packets = match["ssrc"].lower(), int(match["pkts"])
        never = missing.get((ssrc, source, destination), int(match["lost"]))
        if "event" in match["payload"]:
            # Telephone events and speech behind them: see docs/decisions/0013-witnesses.md.
            jitter = None
        else:
            jitter = float(match["figures"].split()[5])
        streams.append({
            "src": source, "dst": destination, "ssrc": ssrc, "payload": match["payload"], "pkts": packets,
            "lost": never, "max_jitter_ms": jitter,
            "plausible": packets >= 10 and -0.05 <= never / max(1, packets + never) <= 0.5})
    return streams


def truth(capture):
    counted = output(["capinfos", "-c", "-M", "-T", "-r", "-m", capture]).strip().split(",")[-1]
    return {"packets": int(counted) if counted.isdigit() else None, "sip": sip(capture), "streams": rtp(capture)}
