#!/usr/bin/env python3
"""A small SIP caller and callee on one TCP connection. It puts several messages into one send(); no stack here does.

Whole calls with RTP both ways (PCMU, 20 ms). The kernel makes the segments; nothing of the packets is made up.
usage: agent.py callee ADDRESS
       agent.py caller ADDRESS CALLEE-ADDRESS CALLS TALK-SECONDS HEADER-BYTES
"""

import re
import socket
import struct
import sys
import threading
import time

PORT = 5060


def messages(connection):
    """Yields lists of messages: all that were complete after one recv(). Cut by Content-Length (RFC 3261 18.3)."""
    pending = b""
    while data := connection.recv(65536):
        pending += data
        complete = []
        while (end := pending.find(b"\r\n\r\n") + 4) > 3:
            length = int(re.search(rb"Content-Length: (\d+)", pending[:end])[1])
            if len(pending) < end + length:
                break
            complete.append(pending[:end + length].decode())
            pending = pending[end + length:]
        if complete:
            yield complete


def header(message, name):
    return re.search(rf"^{name}: ([^\r]*)", message, re.M)[1]


def media_port(message):
    return int(re.search(r"^m=audio (\d+)", message, re.M)[1])


def compose(start, headers, body=""):
    lines = [start, *headers]
    if body:
        lines.append("Content-Type: application/sdp")
    return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", body])


def sdp(address, port):
    return "\r\n".join(["v=0", f"o=- {port} 1 IN IP4 {address}", "s=-", f"c=IN IP4 {address}", "t=0 0",
                        f"m=audio {port} RTP/AVP 0", "a=rtpmap:0 PCMU/8000", ""])


def talk(media, to, ssrc, seconds):
    start = time.monotonic()
    for n in range(round(seconds * 50)):
        time.sleep(max(0, start + n * 0.02 - time.monotonic()))
        head = struct.pack("!BBHII", 0x80, 0x80 if n == 0 else 0, n, 160 * n, ssrc)
        media.sendto(head + bytes(0x7F if (i // 10) % 2 else 0x30 for i in range(160)), to)


def media_socket(address, port):
    media = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    media.bind((address, port))
    return media


def callee(address):
    listener = socket.create_server((address, PORT))
    connection, (peer, _) = listener.accept()
    calls, talking = {}, []
    for received in messages(connection):
        answers = []
        for request in received:
            method, call_id = request.split(" ", 1)[0], header(request, "Call-ID")
            same = [f"{name}: {header(request, name)}" for name in ("Via", "From", "Call-ID", "CSeq")]
            if method == "INVITE":
                n = len(calls)
                calls[call_id] = (media_socket(address, 30000 + 2 * n), media_port(request), 0x0CA11EE0 + n)
                to = f"To: {header(request, 'To')};tag=callee{n}"
                contact = f"Contact: <sip:bob@{address};transport=tcp>"
                answers += [
                    compose("SIP/2.0 100 Trying", [*same, f"To: {header(request, 'To')}"]),
                    compose("SIP/2.0 180 Ringing", [*same, to, contact]),
                    compose("SIP/2.0 200 OK", [*same, to, contact], sdp(address, 30000 + 2 * n)),
                ]
            elif method == "ACK":
                media, port, ssrc = calls[call_id]
                talking.append(threading.Thread(target=talk, args=(media, (peer, port), ssrc, SECONDS_OF_CALLEE)))
                talking[-1].start()
            elif method == "BYE":
                answers.append(compose("SIP/2.0 200 OK", [*same, f"To: {header(request, 'To')}"]))
        if answers:
            connection.sendall("".join(answers).encode())       # one write, so one segment if it fits
    for thread in talking:
        thread.join()


# The callee does not know when the caller will hang up; shorter than any call here.
SECONDS_OF_CALLEE = 1.8


def caller(address, to, count, seconds, long_header):
    connection = socket.create_connection((to, PORT), source_address=(address, 0))
    port = connection.getsockname()[1]
    medias = [media_socket(address, 20000 + 2 * n) for n in range(count)]

    def request(method, n, cseq, to_tag="", more=(), body=""):
        return compose(f"{method} sip:bob@{to};transport=tcp SIP/2.0", [
            f"Via: SIP/2.0/TCP {address}:{port};branch=z9hG4bK{method.lower()}{n}{port}", "Max-Forwards: 70",
            f"From: <sip:alice@{address}>;tag=caller{n}", f"To: <sip:bob@{to}>{to_tag}",
            f"Call-ID: {n}-{port}@{address}", f"CSeq: {cseq} {method}", *more], body)

    contact = f"Contact: <sip:alice@{address}:{port};transport=tcp>"
    padding = [f"X-Padding: {'0123456789' * (long_header // 10)}"] if long_header else []
    invites = [
        request("INVITE", n, 1, more=[contact, *padding], body=sdp(address, 20000 + 2 * n)) for n in range(count)]
    connection.sendall("".join(invites).encode())

    answered = {}
    stream = messages(connection)
    while len(answered) < count:
        for response in next(stream):
            if response.startswith("SIP/2.0 200"):
                n = int(header(response, "Call-ID").split("-")[0])
                answered[n] = (";tag=" + header(response, "To").split(";tag=")[1], media_port(response))
    connection.sendall("".join(request("ACK", n, 1, tag) for n, (tag, _) in answered.items()).encode())
    talkers = [
        threading.Thread(target=talk, args=(medias[n], (to, remote), 0x0CA11E40 + n, seconds))
        for n, (_, remote) in answered.items()]
    for thread in talkers:
        thread.start()
    for thread in talkers:
        thread.join()
    connection.sendall("".join(request("BYE", n, 2, tag) for n, (tag, _) in answered.items()).encode())
    done = 0
    while done < count:
        done += sum(response.startswith("SIP/2.0 200") for response in next(stream))
    print(f"agent.py: {count} calls, {done} ended with 200 to BYE")
    connection.close()


if sys.argv[1] == "callee":
    callee(sys.argv[2])
else:
    caller(sys.argv[2], sys.argv[3], int(sys.argv[4]), float(sys.argv[5]), int(sys.argv[6]))
