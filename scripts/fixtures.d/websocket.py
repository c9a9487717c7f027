#!/usr/bin/env python3
"""SIP over WebSocket (RFC 7118) without a library: a caller and a callee that are clients of one server.

The caller sends some messages in several frames, with pings between them.
usage: websocket.py callee SERVER-ADDRESS
       websocket.py caller SERVER-ADDRESS TALK-SECONDS
"""

import os
import re
import socket
import struct
import sys
import time


class Client:
    def __init__(self, server, user):
        self.server, self.user = server, user
        self.socket = socket.create_connection((server, 8080))
        self.name = f"{user}.invalid"
        self.pending = b""
        self.socket.sendall("\r\n".join([
            "GET / HTTP/1.1", f"Host: {server}:8080", "Upgrade: websocket", "Connection: Upgrade",
            "Sec-WebSocket-Key: MDEyMzQ1Njc4OWFiY2RlZg==", "Sec-WebSocket-Protocol: sip", "Sec-WebSocket-Version: 13",
            f"Origin: http://{server}", "", ""]).encode())
        while b"\r\n\r\n" not in self.pending:
            self.pending += self.socket.recv(4096)
        head, _, self.pending = self.pending.partition(b"\r\n\r\n")
        assert b" 101 " in head.split(b"\r\n")[0], head

    def frame(self, opcode, payload, final=True):
        key, size = os.urandom(4), len(payload)
        length = bytes([0x80 | size]) if size < 126 else bytes([0xFE]) + struct.pack("!H", size)
        masked = bytes(byte ^ key[i % 4] for i, byte in enumerate(payload))
        self.socket.sendall(bytes([(0x80 if final else 0) | opcode]) + length + key + masked)

    def send(self, text, frames=1):
        data = text.encode()
        step = -(-len(data) // frames)
        for n in range(frames):
            self.frame(0 if n else 1, data[n * step:(n + 1) * step], final=n == frames - 1)
            if n < frames - 1:
                time.sleep(0.02)
                self.frame(9, b"are you there")
                time.sleep(0.02)

    def receive(self):
        """The next SIP message; answers pings on the way."""
        while True:
            first, second = self.take(2)
            size = second & 0x7F
            if size == 126:
                size = struct.unpack("!H", self.take(2))[0]
            payload = self.take(size)
            if first & 15 == 9:
                self.frame(10, payload)
            elif first & 15 in (1, 2):
                return payload.decode()

    def take(self, count):
        while len(self.pending) < count:
            data = self.socket.recv(65536)
            if not data:
                raise SystemExit("the server closed the connection")
            self.pending += data
        taken, self.pending = self.pending[:count], self.pending[count:]
        return taken

    def wait_for(self, status):
        while True:
            message = self.receive()
            if message.startswith(f"SIP/2.0 {status}"):
                return message

    def compose(self, start, headers, body=""):
        lines = [start, *headers]
        if body:
            lines.append("Content-Type: application/sdp")
        # Content-Length is optional over WebSocket (RFC 7118 section 5), but the server wants to know.
        return "\r\n".join([*lines, f"Content-Length: {len(body)}", "", body])

    def request(self, method, uri, cseq, call_id, more=(), to_tag="", body=""):
        return self.compose(f"{method} {uri} SIP/2.0", [
            f"Via: SIP/2.0/WS {self.name};branch=z9hG4bK{method.lower()}{cseq}{call_id[:8]}", "Max-Forwards: 70",
            f"From: <sip:{self.user}@{self.server}>;tag={self.user}",
            f"To: <sip:{'bob' if method != 'REGISTER' else self.user}@{self.server}>{to_tag}",
            f"Call-ID: {call_id}", f"CSeq: {cseq} {method}", *more], body)

    @property
    def contact(self):
        return f"Contact: <sip:{self.user}@{self.name};transport=ws>"

    def register(self):
        self.send(self.request(
            "REGISTER", f"sip:{self.server}", 1, f"register-{self.user}", [self.contact, "Expires: 600"]))
        self.wait_for(200)


def header(message, name):
    return re.search(rf"^{name}: ([^\r]*)", message, re.M)[1]


def headers(message, name):
    return [f"{name}: {value}" for value in re.findall(rf"^{name}: ([^\r]*)", message, re.M)]


def sdp(port):
    return "\r\n".join(["v=0", f"o=- {port} 1 IN IP4 198.18.10.9", "s=-", "c=IN IP4 198.18.10.9", "t=0 0",
                        f"m=audio {port} RTP/AVP 0", "a=rtpmap:0 PCMU/8000", "a=" + "x-long:" + "0123456789" * 40, ""])


def callee(server):
    client = Client(server, "bob")
    client.register()
    while True:
        message = client.receive()
        method = message.split(" ", 1)[0]
        same = [line for name in ("Via", "Record-Route", "From", "Call-ID", "CSeq") for line in headers(message, name)]
        if method == "INVITE":
            to = f"To: {header(message, 'To')};tag=bob"
            client.send(client.compose("SIP/2.0 180 Ringing", [*same, to, client.contact]))
            time.sleep(0.3)
            client.send(client.compose("SIP/2.0 200 OK", [*same, to, client.contact], sdp(20000)))
        elif method == "BYE":
            client.send(client.compose("SIP/2.0 200 OK", [*same, f"To: {header(message, 'To')}"]))
            time.sleep(0.3)
            return


def caller(server, seconds):
    client = Client(server, "alice")
    client.register()
    call_id = "call-over-websocket@alice.invalid"
    client.send(client.request(
        "INVITE", f"sip:bob@{server}", 1, call_id, [client.contact], body=sdp(10000)), frames=3)
    answer = client.wait_for(200)
    tag = ";tag=" + re.search(r"tag=([^\r;>]+)", header(answer, "To"))[1]
    remote = re.search(r"<([^>]+)>", header(answer, "Contact"))[1]
    # Routes are the Record-Routes in reverse (RFC 3261 section 12.1.2).
    routes = [f"Route: {line.partition(': ')[2]}" for line in reversed(headers(answer, "Record-Route"))]
    client.send(client.request("ACK", remote, 1, call_id, routes, to_tag=tag))
    time.sleep(seconds)
    client.send(client.request("BYE", remote, 2, call_id, routes, to_tag=tag), frames=2)
    client.wait_for(200)
    client.frame(8, struct.pack("!H", 1000))
    print("websocket.py: 1 call, 200 to BYE")


if sys.argv[1] == "callee":
    callee(sys.argv[2])
else:
    caller(sys.argv[2], float(sys.argv[3]))
