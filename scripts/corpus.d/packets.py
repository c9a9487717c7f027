"""Captures made up packet by packet: Ethernet, IPv4 and IPv6, UDP, TCP, RTP, in classic pcap."""
import ipaddress
import struct

MICROSECOND = 1000
MILLISECOND = 1000 * MICROSECOND
SECOND = 1000 * MILLISECOND
EPOCH = 1_700_000_000 * SECOND


def checksum(data):
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f">{len(data) // 2}H", data))
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


class Endpoint:
    def __init__(self, address, port):
        self.address = ipaddress.ip_address(address)
        self.port = port

    @property
    def host(self):
        return str(self.address)

    @property
    def uri_host(self):
        return f"[{self.address}]" if self.address.version == 6 else str(self.address)


def ip(source, destination, protocol, payload, identification=0, fragment=0):
    """An IP packet; `fragment` is flags and offset of IPv4."""
    if source.address.version == 6:
        header = struct.pack(">IHBB", 6 << 28, len(payload), protocol, 64)
        return header + source.address.packed + destination.address.packed + payload
    header = struct.pack(">BBHHHBBH", 0x45, 0, 20 + len(payload), identification & 0xFFFF, fragment, 64, protocol, 0)
    header += source.address.packed + destination.address.packed
    return header[:10] + struct.pack(">H", checksum(header)) + header[12:] + payload


def pseudo(source, destination, protocol, length):
    return source.address.packed + destination.address.packed + struct.pack(">IHBB", length, 0, 0, protocol)


def udp(source, destination, payload):
    header = struct.pack(">HHHH", source.port, destination.port, 8 + len(payload), 0)
    value = checksum(pseudo(source, destination, 17, 8 + len(payload)) + header + payload) or 0xFFFF
    return header[:6] + struct.pack(">H", value) + payload


def tcp(source, destination, sequence, acknowledgement, flags, payload=b""):
    header = struct.pack(">HHIIBBHHH", source.port, destination.port, sequence & 0xFFFFFFFF,
                         acknowledgement & 0xFFFFFFFF, 0x50, flags, 65535, 0, 0)
    value = checksum(pseudo(source, destination, 6, len(header) + len(payload)) + header + payload)
    return header[:16] + struct.pack(">H", value) + header[18:] + payload


def ethernet(packet):
    kind = 0x86DD if packet[0] >> 4 == 6 else 0x0800
    return b"\x02\0\0\0\0\x02\x02\0\0\0\0\x01" + struct.pack(">H", kind) + packet


def fragments(source, destination, datagram, size, identification):
    """IPv4 fragments of a UDP datagram, as Ethernet frames; `size` is a multiple of 8."""
    for start in range(0, len(datagram), size):
        more = 0x2000 if start + size < len(datagram) else 0
        yield ethernet(ip(source, destination, 17, datagram[start:start + size], identification, more | start // 8))


def rtp(sequence, timestamp, ssrc, payload_type, marker=False, payload=b"\xd5" * 160):
    return struct.pack(">BBHII", 0x80, (0x80 if marker else 0) | payload_type, sequence & 0xFFFF,
                       timestamp & 0xFFFFFFFF, ssrc) + payload


class Capture:
    """Frames with their times, written in the order of adding."""

    def __init__(self):
        self.frames = []
        self.sent = {"messages": 0, "requests": {}, "responses": {}, "transport": {}, "calls": {}}

    def add(self, time, frame):
        self.frames.append((time, frame))

    def datagram(self, time, source, destination, payload):
        self.add(time, ethernet(ip(source, destination, 17, udp(source, destination, payload))))

    def segment(self, time, source, destination, sequence, acknowledgement, flags, payload=b""):
        self.add(time, ethernet(ip(source, destination, 6, tcp(source, destination, sequence, acknowledgement, flags,
                                                              payload))))

    def expect(self, message, transport):
        """Counts a SIP message that whoever reads the capture has to find."""
        lines = message.lstrip(b"\r\n").decode().split("\n")
        words = lines[0].split()
        kind, name = ("responses", words[1]) if words[0] == "SIP/2.0" else ("requests", words[0])
        call_id = next(line.partition(":")[2].strip() for line in lines if line.lower().startswith(("call-id:", "i:")))
        self.sent["messages"] += 1
        self.sent[kind][name] = self.sent[kind].get(name, 0) + 1
        self.sent["transport"][transport] = self.sent["transport"].get(transport, 0) + 1
        call = self.sent["calls"].setdefault(call_id, {"call_id": call_id, "messages": 0, "requests": {}})
        call["messages"] += 1
        if kind == "requests":
            call["requests"][name] = 1

    def sip_truth(self):
        return dict(self.sent, calls=list(self.sent["calls"].values()), distinct_call_ids=len(self.sent["calls"]))

    def message(self, time, source, destination, text):
        """A SIP message in a datagram."""
        self.expect(text, "udp")
        self.datagram(time, source, destination, text)

    def in_order_of_time(self):
        self.frames.sort(key=lambda frame: frame[0])

    def write(self, path):
        with open(path, "wb") as file:
            file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 1))
            for time, frame in self.frames:
                microseconds = time // MICROSECOND
                file.write(struct.pack("<IIII", microseconds // 1_000_000, microseconds % 1_000_000, len(frame),
                                       len(frame)) + frame)
