#!/usr/bin/env python3
"""A long cable: hands Ethernet frames from one device to the other and back, each some milliseconds later.

The kernels at hand have no netem. Frames keep their order; the delay is exact to about a millisecond.
usage: wire.py DEVICE DEVICE MILLISECONDS
"""

import collections
import selectors
import socket
import struct
import sys
import time

ETH_P_ALL = 3
PACKET_OUTGOING = 4
SOL_PACKET, PACKET_ADD_MEMBERSHIP, PACKET_MR_PROMISC = 263, 1, 1

names, delay = sys.argv[1:3], float(sys.argv[3]) / 1000
ends = []
for name in names:
    end = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETH_P_ALL))
    end.bind((name, ETH_P_ALL))
    # Frames for other hosts too: struct packet_mreq.
    request = struct.pack("iHH8s", socket.if_nametoindex(name), PACKET_MR_PROMISC, 0, b"")
    end.setsockopt(SOL_PACKET, PACKET_ADD_MEMBERSHIP, request)
    end.setblocking(False)
    ends.append(end)

selector = selectors.DefaultSelector()
for place, end in enumerate(ends):
    selector.register(end, selectors.EVENT_READ, place)
waiting = collections.deque()
while True:
    timeout = max(0, waiting[0][0] - time.monotonic()) if waiting else None
    for key, _ in selector.select(timeout):
        while True:
            try:
                frame, address = key.fileobj.recvfrom(65535)
            except BlockingIOError:
                break
            if address[2] != PACKET_OUTGOING:
                waiting.append((time.monotonic() + delay, ends[1 - key.data], frame))
    while waiting and waiting[0][0] <= time.monotonic():
        _, end, frame = waiting.popleft()
        end.send(frame)
