"""HEP version 3 (https://github.com/sipcapture/HEP): what agents tell of, given to tshark as the packets that it was.

tshark 4.0 does not read HEP. Only the chunks are taken apart here; what is in them is tshark's to say.
"""

import socket
import struct
import tempfile

from truth.frames import read_frames

RTCP = 5


def unwrap(frames, options=()):
    """(frames as tshark sees the packets inside, with the numbers of those around them; {number: correlation id of RTCP})."""
    told = [(frame, _chunks(frame.udp_payload)) for frame in frames if frame.udp_payload[:4] == b"HEP3"]
    if not told:
        return [], {}
    correlated = {
        frame.number: chunks[17].decode() for frame, chunks in told if chunks[11][0] == RTCP and 17 in chunks}
    with tempfile.NamedTemporaryFile(suffix=".pcap") as capture:
        capture.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 101))
        for _, chunks in told:
            packet = _packet(chunks)
            seconds, microseconds = struct.unpack("!I", chunks[9])[0], struct.unpack("!I", chunks[10])[0]
            capture.write(struct.pack("<IIII", seconds, microseconds, len(packet), len(packet)) + packet)
        capture.flush()
        inner = read_frames(capture.name, options)
    for (frame, _), packet in zip(told, inner, strict=True):
        packet.number, packet.time = frame.number, frame.time
    return inner, correlated


def _chunks(packet):
    found, at = {}, 6
    while at < struct.unpack("!H", packet[4:6])[0]:
        vendor, kind, length = struct.unpack("!HHH", packet[at:at + 6])
        if vendor == 0:
            found[kind] = packet[at + 6:at + length]
        at += length
    return found


def _packet(chunks):
    """The IPv4 packet with the UDP datagram; no checksums, which nobody looks at."""
    datagram = chunks[7] + chunks[8] + struct.pack("!HH", 8 + len(chunks[15]), 0) + chunks[15]
    header = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(datagram), 0, 0, 64, socket.IPPROTO_UDP, 0)
    return header + chunks[3] + chunks[4] + datagram
