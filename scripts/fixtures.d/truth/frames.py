"""What tshark says about each frame of a capture, as plain records. Nothing here knows about calls."""

import subprocess
from dataclasses import dataclass, field

FIELDS = [
    "frame.number", "frame.time_epoch", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst",
    "udp.srcport", "udp.dstport", "udp.payload",
    "tcp.stream", "tcp.srcport", "tcp.dstport", "tcp.seq_raw", "tcp.flags.syn", "tcp.payload", "tcp.segment",
    "ip.fragment", "ipv6.fragment", "icmp.type", "icmpv6.type",
    "sip.Call-ID", "sip.Method", "sip.Status-Code", "rtp.ssrc", "_ws.malformed",
]
# Between the values of one field. A SIP header cannot contain it, a comma it can.
SEPARATOR = "\x1f"
# ICMPv4 unreachable, quench, time exceeded, parameter problem; ICMPv6 errors are the types below 128.
ICMPV4_ERRORS = {3, 4, 11, 12}


@dataclass
class Frame:
    number: int
    time: float
    # Every IP source and destination in the frame, outermost first: an ICMP error has the quoted packet's second.
    sources: list
    destinations: list
    udp_ports: tuple | None
    udp_payload: bytes
    tcp_stream: int | None
    tcp_ports: tuple | None
    tcp_sequence: int
    tcp_syn: bool
    tcp_payload: bytes
    # Frames that tshark joined to make the datagram or the stream message which ends in this frame.
    tcp_segments: set
    fragments: set
    icmp_error: bool
    sip_call_ids: list
    sip_starts: list
    rtp_ssrcs: list
    malformed: bool = field(default=False)


def tshark(*arguments):
    # Without this preference a segment that comes before its predecessor ends a message early.
    command = ["tshark", "-o", "tcp.reassemble_out_of_order:TRUE", *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True, errors="replace").stdout


def read_frames(path, options=()):
    fields = [word for name in FIELDS for word in ("-e", name)]
    # No `-2`: the second pass would let an SDP apply to frames before it.
    text = tshark("-n", "-r", path, *options, "-T", "fields", "-E", "separator=/t", "-E", "occurrence=a",
                  "-E", "aggregator=" + SEPARATOR, *fields)
    return [_frame(dict(zip(FIELDS, line.split("\t")))) for line in text.splitlines()]


def _frame(row):
    def several(name):
        return row[name].split(SEPARATOR) if row[name] else []

    def ports(protocol):
        source, destination = several(protocol + ".srcport"), several(protocol + ".dstport")
        return (int(source[0]), int(destination[0])) if source else None

    icmp4, icmp6 = several("icmp.type"), several("icmpv6.type")
    return Frame(
        number=int(row["frame.number"]), time=float(row["frame.time_epoch"]),
        sources=several("ip.src") + several("ipv6.src"), destinations=several("ip.dst") + several("ipv6.dst"),
        udp_ports=ports("udp"), udp_payload=_bytes(several("udp.payload")),
        tcp_stream=int(several("tcp.stream")[0]) if row["tcp.stream"] else None, tcp_ports=ports("tcp"),
        tcp_sequence=int(several("tcp.seq_raw")[0]) if row["tcp.seq_raw"] else 0,
        tcp_syn=several("tcp.flags.syn")[:1] == ["1"], tcp_payload=_bytes(several("tcp.payload")),
        tcp_segments={int(n) for n in several("tcp.segment")},
        fragments={int(n) for n in several("ip.fragment") + several("ipv6.fragment")},
        icmp_error=bool(icmp4 and int(icmp4[0]) in ICMPV4_ERRORS or icmp6 and int(icmp6[0]) < 128),
        sip_call_ids=several("sip.Call-ID"), sip_starts=several("sip.Method") + several("sip.Status-Code"),
        rtp_ssrcs=[value.lower() for value in several("rtp.ssrc")], malformed=bool(row["_ws.malformed"]))


def _bytes(values):
    return bytes.fromhex(values[0].replace(":", "")) if values else b""


def endpoint(address, port):
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
