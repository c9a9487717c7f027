"""SIP as stacks and networks send it; every message that was sent has to be found."""
from dialogs import ALICE, BOB, description, dialog, endpoints, message
from packets import EPOCH, MILLISECOND, SECOND, Capture, Endpoint, fragments, udp

KEEPALIVES = (b"\r\n\r\n", b"\r\n")


def sip_over_tcp(rng):
    """Calls on one connection: cut anywhere, several in a segment, repeated, out of order, with keepalives."""
    capture = Capture()
    alice, bob = endpoints(rng)
    bob.port = rng.choice([5060, 5060, 5080])
    start = {True: rng.randrange(1 << 32), False: rng.randrange(1 << 32)}
    if rng.random() < 0.4:
        start[True] = (1 << 32) - rng.randrange(3000)
    sent = {True: start[True] + 1, False: start[False] + 1}
    time = EPOCH
    if rng.random() < 0.8:
        capture.segment(time, alice, bob, start[True], 0, 0x02)
        capture.segment(time + MILLISECOND, bob, alice, start[False], start[True] + 1, 0x12)
        capture.segment(time + 2 * MILLISECOND, alice, bob, start[True] + 1, start[False] + 1, 0x10)
    media_port = Endpoint(alice.address, 40000)
    length = rng.choice(["Content-Length", "l", "content-LENGTH", "Content-Length  "])
    runs = []
    for number in range(rng.randrange(1, 5)):
        body = description(media_port, alice.host) if rng.random() < 0.7 else b""
        headers = [f"X-Filler: {'x' * rng.randrange(1, 3000)}"] if rng.random() < 0.3 else []
        for from_alice, text in dialog(f"{number}-{rng.randrange(1 << 30)}@tcp", alice, bob, body, body, length=length,
                                       headers=headers):
            capture.expect(text, "tcp")
            if rng.random() < 0.1:
                text = rng.choice(KEEPALIVES) + text
            if runs and runs[-1][0] == from_alice and rng.random() < 0.7:
                runs[-1] = (from_alice, runs[-1][1] + text)
            else:
                runs.append((from_alice, text))
    for from_alice, text in runs:
        pieces, position = [], 0
        while position < len(text):
            size = rng.choice([1, 2, 7, 100, 536, 1400, 1460, 100000]) if rng.random() < 0.5 else rng.randrange(1, 1400)
            pieces.append((sent[from_alice] + position, text[position:position + size]))
            position += size
        sent[from_alice] += len(text)
        if rng.random() < 0.3 and len(pieces) > 1:
            place = rng.randrange(len(pieces) - 1)
            pieces[place], pieces[place + 1] = pieces[place + 1], pieces[place]
        if rng.random() < 0.2:
            pieces.insert(rng.randrange(len(pieces)) + 1, rng.choice(pieces))
        for sequence, payload in pieces:
            time += 12 * MILLISECOND
            capture.segment(time, *((alice, bob) if from_alice else (bob, alice)), sequence, sent[not from_alice],
                            0x18, payload)
        time += MILLISECOND
        capture.segment(time, *((bob, alice) if from_alice else (alice, bob)), sent[not from_alice], sent[from_alice],
                        0x10)
    if rng.random() < 0.6:
        capture.segment(time + MILLISECOND, alice, bob, sent[True], sent[False], 0x11)
        capture.segment(time + 2 * MILLISECOND, bob, alice, sent[False], sent[True] + 1, 0x11)
    return capture


def sip_in_fragments(rng):
    capture = Capture()
    alice, bob = Endpoint(rng.choice(ALICE), 5060), Endpoint(rng.choice(BOB), 5060)
    time, identification = EPOCH, rng.randrange(65536)
    for number in range(rng.randrange(1, 4)):
        filler = [f"X-Filler: {'y' * rng.randrange(500, 4000)}"]
        body = description(Endpoint(alice.address, 40000), alice.host)
        for from_alice, text in dialog(f"{number}-{rng.randrange(1 << 30)}@udp", alice, bob, body, body,
                                       headers=filler):
            pair = (alice, bob) if from_alice else (bob, alice)
            identification += 1
            capture.expect(text, "udp")
            pieces = list(fragments(*pair, udp(*pair, text), rng.choice([24, 64, 552, 1480]), identification))
            if rng.random() < 0.4:
                rng.shuffle(pieces)
            if rng.random() < 0.2 and len(pieces) > 1:
                pieces.insert(rng.randrange(len(pieces)), rng.choice(pieces))
            for piece in pieces:
                time += MILLISECOND
                capture.add(time, piece)
            time += 20 * MILLISECOND
    return capture


def sip_as_written(rng):
    """SIP over UDP in the spellings that stacks use: compact names, LF, folding, keepalives, unknown methods."""
    capture = Capture()
    alice, bob = endpoints(rng, rng.choice([5060, 5060, 5061, 15060]))
    time = EPOCH
    line = rng.choice([b"\r\n", b"\r\n", b"\n"])
    for number in range(rng.randrange(1, 4)):
        call_id = f"{number}-{rng.randrange(1 << 30)}" + rng.choice(["@host", "", "%20{}", "\"q\""])
        headers = rng.choice([[], ["Subject: one\r\n two"], ["s: ", "k: 100rel,timer"], ["X-Ünïcode: ✓"]])
        if line == b"\n":
            headers = []
        body = description(Endpoint(alice.address, 40000), alice.host)
        for from_alice, text in dialog(call_id, alice, bob, body, body, headers=headers, line=line,
                                       length=rng.choice(["Content-Length", "l", ""])):
            if rng.random() < 0.3:
                for short, name in ((b"v:", b"Via:"), (b"f:", b"From:"), (b"t:", b"To:"), (b"i:", b"Call-ID:"),
                                    (b"m:", b"Contact:")):
                    text = text.replace(line + name, line + short, 1)
            pair = (alice, bob) if from_alice else (bob, alice)
            capture.message(time, *pair, text)
            if rng.random() < 0.2:
                capture.datagram(time + MILLISECOND, *pair, rng.choice([b"\r\n\r\n", b"\0", b"\0\0\0\0"]))
            if rng.random() < 0.2:
                capture.message(time + 500 * MILLISECOND, *pair, text)
            time += SECOND
        method = rng.choice(["FOO", "NOTIFY", "PUBLISH", "SUBSCRIBE", "REFER", "INFO", "UPDATE", "PRACK"])
        capture.message(time, alice, bob, message(f"{method} sip:b@{bob.uri_host} SIP/2.0", call_id, 9, method,
                                                   alice.uri_host))
        capture.message(time + MILLISECOND, bob, alice, message("SIP/2.0 501 Not Implemented", call_id, 9, method,
                                                                 alice.uri_host))
        time += SECOND
    return capture


def connections_of_all_kinds(rng):
    """Several connections at once: joined in the middle, a 4-tuple used again, other protocols beside them."""
    capture = Capture()
    time = EPOCH
    bob = Endpoint("203.0.113.9", rng.choice([5060, 5080]))
    port = 30000
    for number in range(rng.randrange(2, 6)):
        alice = Endpoint("192.0.2.1", port)
        if rng.random() < 0.6:
            port += 1
        start = {True: rng.randrange(1 << 32), False: rng.randrange(1 << 32)}
        begins, other = rng.random() < 0.7, rng.random() < 0.25
        if begins:
            capture.segment(time, alice, bob, start[True] - 1, 0, 0x02)
            capture.segment(time + MILLISECOND, bob, alice, start[False] - 1, start[True], 0x12)
        for from_alice, text in dialog(f"{number}-{rng.randrange(1 << 30)}@tcp", alice, bob):
            if other:
                text = b"GET / HTTP/1.1\r\nHost: x\r\n\r\n" if from_alice else b"HTTP/1.1 200 OK\r\n\r\n" + bytes(
                    rng.randrange(256) for _ in range(rng.randrange(1000)))
            else:
                capture.expect(text, "tcp")
            place = rng.randrange(1, len(text))
            for piece in (text[:place], text[place:]) if begins or rng.random() < 0.5 else (text,):
                time += 20 * MILLISECOND
                capture.segment(time, *((alice, bob) if from_alice else (bob, alice)), start[from_alice],
                                start[not from_alice], 0x18, piece)
                start[from_alice] += len(piece)
        time += rng.choice([MILLISECOND, SECOND])
        capture.segment(time, alice, bob, start[True], start[False], rng.choice([0x11, 0x14, 0x10]))
        time += rng.choice([MILLISECOND, SECOND, 40 * SECOND])
    return capture


def lengths_that_lie(rng):
    """Content-Length absent, too large, negative, no number, twice, on UDP: the message is one nevertheless."""
    capture = Capture()
    alice, bob = endpoints(rng, 5060)
    time = EPOCH
    for number, (from_alice, text) in enumerate(dialog(f"{rng.randrange(1 << 30)}@udp", alice, bob, b"v=0\r\n",
                                                       b"v=0\r\n")):
        lie = rng.choice([b"", b"Content-Length: 99999\r\n", b"Content-Length: -1\r\n", b"Content-Length: abc\r\n",
                          b"Content-Length: 2\r\nl: 3\r\n", b"l:\r\n", b"Content-Length: 4294967297\r\n"])
        text = text.replace(b"Content-Length: 5\r\n", lie).replace(b"Content-Length: 0\r\n", lie)
        capture.message(time + number * SECOND, *((alice, bob) if from_alice else (bob, alice)), text)
    return capture


VARIANTS = (sip_over_tcp, connections_of_all_kinds, sip_in_fragments, sip_as_written, lengths_that_lie)
