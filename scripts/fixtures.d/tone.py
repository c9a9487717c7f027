#!/usr/bin/env python3
"""Sound for the calls, made here so that no recording has to be shipped: a swept tone with pauses.

usage: tone.py wav FILE RATE CHANNELS SECONDS   16-bit PCM, for baresip
       tone.py rtp FILE PACKETS                 PCMA of 20 ms, then the digit 5 (RFC 4733), for sipp's play_pcap_audio
"""

import math
import struct
import sys
import wave


def sample(i, rate):
    t = i / rate
    loud = 0.03 if int(t * 4) % 4 == 3 else 1
    return int(loud * 8000 * math.sin(2 * math.pi * (440 + 60 * math.sin(2 * math.pi * t)) * t))


def alaw(value):
    """ITU-T G.711 table 1a, even bits inverted."""
    magnitude, sign = (value >> 3, 0x80) if value >= 0 else (~value >> 3, 0)
    segment = max(magnitude.bit_length() - 5, 0)
    return (sign | segment << 4 | magnitude >> max(segment, 1) & 0x0F) ^ 0x55


def wav(path, rate, channels, seconds):
    with wave.open(path, "wb") as out:
        out.setparams((channels, 2, rate, 0, "NONE", ""))
        out.writeframes(b"".join(struct.pack("<h", sample(i, rate)) * channels for i in range(rate * seconds)))


def rtp(path, packets):
    """sipp sends the UDP payloads at these times from its own socket; addresses and ports here do not matter."""
    records = []
    for n in range(packets):
        payload = bytes(alaw(sample(160 * n + i, 8000)) for i in range(160))
        head = struct.pack("!BBHII", 0x80, 8 | (0x80 if n == 0 else 0), n, 160 * n, 0x5EED)
        records.append((0.02 * n, head + payload))
    # One event of 100 ms: 5 updates, then the end packet three times, all with the timestamp of its start
    # (RFC 4733 2.5.1.4).
    for n in range(8):
        end, length = (0x80, 800) if n >= 5 else (0, 160 * (n + 1))
        event = struct.pack("!BBH", 5, end | 10, length)
        head = struct.pack("!BBHII", 0x80, 101 | (0x80 if n == 0 else 0), packets + n, 160 * packets, 0x5EED)
        records.append((0.02 * (packets + n), head + event))
    with open(path, "wb") as out:
        out.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 65535, 1))
        for time, payload in records:
            udp = struct.pack("!HHHH", 4000, 4000, 8 + len(payload), 0) + payload
            addresses = bytes([198, 18, 0, 1, 198, 18, 0, 2])
            ip = struct.pack("!BBHHHBBH8s", 0x45, 0, 20 + len(udp), 0, 0, 64, 17, 0, addresses)
            frame = bytes(12) + b"\x08\x00" + ip + udp
            micros = round(time * 1e6)
            out.write(struct.pack("<IIII", 1 + micros // 10**6, micros % 10**6, len(frame), len(frame)) + frame)


if sys.argv[1] == "wav":
    wav(sys.argv[2], *map(int, sys.argv[3:]))
else:
    rtp(sys.argv[2], int(sys.argv[3]))
