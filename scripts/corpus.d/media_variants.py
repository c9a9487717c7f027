"""Media with all that codecs and networks do to it; tshark says what its figures are."""
from dialogs import description, dialog, endpoints
from packets import EPOCH, MILLISECOND, SECOND, Capture, Endpoint, rtp

CODECS = [(0, "", 8000, 160), (8, "", 8000, 160), (18, "", 8000, 160), (9, "", 8000, 160), (3, "", 8000, 160),
          (111, "opus/48000/2", 48000, 960), (97, "iLBC/8000", 8000, 240), (96, "AMR/8000", 8000, 160),
          (104, "AMR-WB/16000", 16000, 320), (99, "speex/32000", 32000, 640), (34, "", 90000, 3000),
          (102, "H264/90000", 90000, 3000), (14, "", 90000, 2351), (4, "", 8000, 240)]


def media(rng, codec, count, ssrc, event_type=None):
    """(time, RTP packet) of one stream, as sent, then as the network brings it."""
    payload_type, _, clock, step = codec
    sequence, timestamp = rng.randrange(65536), rng.randrange(1 << 32)
    if rng.random() < 0.3:
        sequence = rng.randrange(65400, 65536)
    sent, time, marker, index = [], 0, True, 0
    interval = step * SECOND // clock
    while index < count:
        kind = rng.random()
        if kind < 0.01 and clock == 8000 and payload_type < 96:
            # Comfort noise, then silence.
            sent.append((time, rtp(sequence, timestamp, ssrc, 13, payload=b"\x40")))
            pause = rng.randrange(2, 60)
            time, timestamp, marker = time + pause * interval, timestamp + pause * step, True
        elif kind < 0.02 and event_type and clock == 8000:
            length = rng.randrange(4, 12)
            for step_of_event in range(length + 2):
                ended = 0x80 if step_of_event >= length - 1 else 0
                duration = min(step_of_event + 1, length) * step
                payload = bytes([rng.randrange(12) if step_of_event == 0 else digit, ended | 10]) + duration.to_bytes(
                    2, "big")
                digit = payload[0]
                sent.append((time + step_of_event * interval, rtp(sequence, timestamp, ssrc, event_type,
                                                                  step_of_event == 0, payload)))
                sequence += 1
            time, timestamp = time + (length + 2) * interval, timestamp + (length + 2) * step
            index += length
            continue
        elif kind < 0.03 and clock == 90000:
            for part in range(rng.randrange(2, 6)):
                sent.append((time + part * MILLISECOND, rtp(sequence, timestamp, ssrc, payload_type)))
                sequence += 1
            time, timestamp = time + interval, timestamp + step
            continue
        else:
            sent.append((time, rtp(sequence, timestamp, ssrc, payload_type, marker)))
            time, timestamp, marker = time + interval, timestamp + step, False
        sequence += 1
        index += 1
    return network(rng, sent, interval)


def network(rng, sent, interval):
    loss, swap, twice, spread = (rng.choice([0, 0, rate]) for rate in (0.05, 0.03, 0.02, 0.3))
    arrived = []
    for time, packet in sent:
        if rng.random() < loss and arrived:
            continue
        delay = int(abs(rng.gauss(0, 1)) * interval * spread)
        if rng.random() < swap and arrived:
            delay += int(interval * rng.uniform(1, 4))
        # The first packet is the first to come: a stream that begins out of order begins elsewhere for tshark.
        arrived.append((time + (delay if arrived else 0), packet))
        if rng.random() < twice:
            arrived.append((time + delay + rng.randrange(11, 40) * MILLISECOND, packet))
    return sorted(arrived, key=lambda packet: packet[0])


def orphan_media(rng):
    capture = Capture()
    for _ in range(rng.randrange(1, 4)):
        source, destination = endpoints(rng)
        codec = rng.choice([codec for codec in CODECS if codec[0] < 96])
        for time, packet in media(rng, codec, rng.randrange(20, 400), rng.randrange(1 << 32), rng.choice([None, 101])):
            capture.datagram(EPOCH + time, source, destination, packet)
    capture.in_order_of_time()
    return capture


def call_with_media(rng):
    capture = Capture()
    alice, bob = endpoints(rng, 5060)
    alice_media = Endpoint(alice.address, rng.randrange(5000, 30000) * 2)
    bob_media = Endpoint(bob.address, rng.randrange(5000, 30000) * 2)
    codec = rng.choice(CODECS)
    event = rng.choice([101, 96 if codec[0] != 96 else 98, 127])
    attributes = [f"rtpmap:{event} telephone-event/8000"]
    if codec[1]:
        attributes.insert(0, f"rtpmap:{codec[0]} {codec[1]}")
    kind = "video" if codec[0] in (34, 102) else "audio"
    formats = f"{codec[0]} {event}" if codec[0] >= 96 or rng.random() < 0.5 else f"{codec[0]} 13 {event}"
    offer = description(alice_media, alice.host, formats, attributes, kind)
    answer = description(bob_media, bob.host, formats, attributes, kind)
    signalling = list(dialog(f"{rng.randrange(1 << 48):x}@example.net", alice, bob, offer, answer))
    time = EPOCH
    for from_alice, text in signalling[:5]:
        capture.message(time, *((alice, bob) if from_alice else (bob, alice)), text)
        time += 20 * MILLISECOND
    last = 0
    for source, destination in ((alice_media, bob_media), (bob_media, alice_media)):
        for offset, packet in media(rng, codec, rng.randrange(20, 400), rng.randrange(1 << 32), event):
            capture.datagram(time + offset, source, destination, packet)
            last = max(last, offset)
    time += last + 20 * MILLISECOND
    for from_alice, text in signalling[5:]:
        capture.message(time, *((alice, bob) if from_alice else (bob, alice)), text)
        time += 20 * MILLISECOND
    capture.in_order_of_time()
    return capture


def changing_media(rng):
    """One call whose streams change: another payload type, another SSRC, a new numbering, CSRC, padding, extension."""
    capture = Capture()
    alice, bob = endpoints(rng, 5060)
    alice_media, bob_media = Endpoint(alice.address, 40000), Endpoint(bob.address, 50000)
    formats, attributes = "0 8 18 101", ["rtpmap:101 telephone-event/8000"]
    offer = description(alice_media, alice.host, formats, attributes)
    answer = description(bob_media, bob.host, formats, attributes)
    signalling = list(dialog(f"{rng.randrange(1 << 48):x}@example.net", alice, bob, offer, answer))
    for number, (from_alice, text) in enumerate(signalling[:5]):
        capture.message(EPOCH + number * MILLISECOND, *((alice, bob) if from_alice else (bob, alice)), text)
    time = EPOCH + SECOND
    for source, destination in ((alice_media, bob_media), (bob_media, alice_media)):
        at, ssrc = time, rng.randrange(1 << 32)
        sequence, timestamp = rng.randrange(65536), rng.randrange(1 << 31)
        for _ in range(rng.randrange(1, 5)):
            payload_type, shape = rng.choice([0, 8, 18]), rng.randrange(4)
            for index in range(rng.randrange(12, 120)):
                packet = rtp(sequence, timestamp, ssrc, payload_type, index == 0)
                capture.datagram(at + rng.randrange(3) * MILLISECOND, source, destination, shaped(packet, shape))
                at, sequence, timestamp = at + 20 * MILLISECOND, sequence + 1, timestamp + 160
            if rng.random() < 0.4:
                ssrc, sequence, timestamp = rng.randrange(1 << 32), rng.randrange(65536), rng.randrange(1 << 31)
    capture.in_order_of_time()
    last = capture.frames[-1][0]
    for number, (from_alice, text) in enumerate(signalling[5:], 1):
        capture.message(last + number * SECOND, *((alice, bob) if from_alice else (bob, alice)), text)
    return capture


def shaped(packet, shape):
    """The same packet plain, with CSRC, with a header extension, or with padding."""
    if shape == 1:
        return bytes([packet[0] | 2]) + packet[1:12] + b"\1\2\3\4\5\6\7\x08" + packet[12:]
    if shape == 2:
        return bytes([packet[0] | 0x10]) + packet[1:12] + b"\xbe\xde\0\1\x10\xff\0\0" + packet[12:]
    if shape == 3:
        return bytes([packet[0] | 0x20]) + packet[1:] + b"\0\0\0\x04"
    return packet


def early_media(rng):
    """Media before the 200 that names the callee's port: all of it counts."""
    capture = Capture()
    alice, bob = endpoints(rng, 5060)
    alice_media, bob_media = Endpoint(alice.address, 40000), Endpoint(bob.address, 50000)
    signalling = list(dialog(f"{rng.randrange(1 << 48):x}@example.net", alice, bob,
                             description(alice_media, alice.host, "8 0"), description(bob_media, bob.host, "8")))
    times = [0, 20, 100, 800, 850, 6000, 6020]
    for offset, (from_alice, text) in zip(times, signalling):
        capture.message(EPOCH + offset * MILLISECOND, *((alice, bob) if from_alice else (bob, alice)), text)
    for source, destination, start in ((bob_media, alice_media, 120), (alice_media, bob_media, rng.choice([500, 900]))):
        for time, packet in media(rng, (8, "", 8000, 160), 200, rng.randrange(1 << 32)):
            capture.datagram(EPOCH + start * MILLISECOND + time, source, destination, packet)
    capture.in_order_of_time()
    return capture


VARIANTS = (orphan_media, call_with_media, changing_media, early_media)
