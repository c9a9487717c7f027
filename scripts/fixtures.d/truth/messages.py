"""SIP messages with the frames that carry them: UDP datagrams with their fragments, TCP streams by byte ranges."""

import re
from dataclasses import dataclass

from truth.frames import endpoint
from truth.websocket import websocket_messages

START = re.compile(rb"(?:SIP/2\.0 (\d{3}) [^\r\n]*|([A-Z]+) \S+ SIP/2\.0)\r\n")


@dataclass
class Message:
    frames: set          # every frame that carries a byte of it, retransmitted segments too
    complete: int        # the frame with which it was complete
    time: float          # of that frame
    first_time: float    # of its first frame
    transport: str
    name: str            # method or status code
    call_id: str
    cseq: int
    cseq_method: str
    from_tag: str
    to_tag: str
    body: bytes

    @property
    def is_request(self):
        return not self.name.isdigit()


def read_messages(frames):
    times = {frame.number: frame.time for frame in frames}
    found = _datagrams(frames, times) + _streams(frames, times)
    return sorted(found, key=lambda message: message.complete)


def _parse(data, frames, complete, times, transport):
    start = START.match(data)
    head, _, body = data.partition(b"\r\n\r\n")
    text = head.decode("utf-8", "replace")

    def header(long, short=None):
        names = long if short is None else f"(?:{long}|{short})"
        match = re.search(rf"^{names}[ \t]*:[ \t]*([^\r\n]*)", text, re.I | re.M)
        return match.group(1).strip() if match else ""

    def tag(value):
        match = re.search(r";\s*tag=([^;>\s]+)", value)
        return match.group(1) if match else ""

    number, _, method = header("CSeq").partition(" ")
    return Message(
        frames=frames, complete=complete, time=times[complete], first_time=min(times[n] for n in frames),
        transport=transport, name=(start.group(1) or start.group(2)).decode(), call_id=header("Call-ID", "i"),
        cseq=int(number), cseq_method=method.strip(), from_tag=tag(header("From", "f")), to_tag=tag(header("To", "t")),
        body=body)


def _datagrams(frames, times):
    return [
        _parse(frame.udp_payload, frame.fragments | {frame.number}, frame.number, times, "udp")
        for frame in frames
        if frame.udp_ports and not frame.icmp_error and START.match(frame.udp_payload)
    ]


def _streams(frames, times):
    directions = {}
    for frame in frames:
        if frame.tcp_stream is not None and not frame.icmp_error:
            key = (frame.tcp_stream, endpoint(frame.sources[0], frame.tcp_ports[0]))
            directions.setdefault(key, []).append(frame)
    carries_sip = {f.tcp_stream for f in frames if f.tcp_stream is not None and f.sip_call_ids}
    found = []
    for (stream, _), segments in directions.items():
        if stream in carries_sip:
            found += _direction(segments, times)
    return found


def _direction(segments, times):
    """Cuts one direction of a connection by Content-Length (RFC 3261 18.3)."""
    syn = next((s.tcp_sequence + 1 for s in segments if s.tcp_syn), segments[0].tcp_sequence)
    placed = [((s.tcp_sequence - syn) % 2**32, s) for s in segments if s.tcp_payload]
    stream, arrival = bytearray(), []       # arrival[i]: the frame that first brought byte i
    size = max((at + len(s.tcp_payload) for at, s in placed), default=0)
    stream, arrival = bytearray(size), [None] * size
    for at, segment in placed:
        for i, byte in enumerate(segment.tcp_payload, at):
            if arrival[i] is None:
                stream[i], arrival[i] = byte, segment.number
    if None in arrival:
        raise SystemExit("a gap in a TCP stream: the capture is not complete")
    if stream[:4] == b"GET " or stream[:9] == b"HTTP/1.1 ":
        return [
            _parse(data, {s.number for p, s in placed for start, end in parts if p < end and p + len(s.tcp_payload) > start},
                   max(arrival[:parts[-1][1]]), times, "ws")
            for data, parts in websocket_messages(bytes(stream))]
    found, at = [], 0
    while at < size:
        if stream[at:at + 2] == b"\r\n":            # keepalive (RFC 5626 4.4.1)
            at += 2
            continue
        end_of_headers = stream.index(b"\r\n\r\n", at) + 4
        length = re.search(rb"^(?:Content-Length|l)[ \t]*:[ \t]*(\d+)", bytes(stream[at:end_of_headers]), re.I | re.M)
        end = end_of_headers + int(length.group(1))
        carriers = {s.number for p, s in placed if p < end and p + len(s.tcp_payload) > at}
        # In-order delivery: a message is complete when all bytes before its end have arrived.
        found.append(_parse(bytes(stream[at:end]), carriers, max(arrival[:end]), times, "tcp"))
        at = end
    return found


def disagreements(frames, messages):
    """Our cutting and tshark's own reassembly must tell the same; a difference means neither can be trusted."""
    problems = []
    ours = sorted(m.call_id for m in messages)
    theirs = sorted(c for f in frames if not f.icmp_error for c in f.sip_call_ids)
    if ours != theirs:
        problems.append(f"SIP messages: {len(ours)} here, {len(theirs)} by tshark, or other Call-IDs")
    ours = sorted(m.name for m in messages)
    theirs = sorted(s for f in frames if not f.icmp_error for s in f.sip_starts)
    if ours != theirs:
        problems.append("methods or status codes differ from tshark's")
    ours = set().union(*(m.frames for m in messages)) if messages else set()
    for frame in frames:
        if frame.sip_call_ids and not frame.icmp_error:
            missing = (frame.tcp_segments | frame.fragments | {frame.number}) - ours
            if missing:
                problems.append(f"tshark used frames {sorted(missing)} for the SIP of frame {frame.number}")
    return problems
