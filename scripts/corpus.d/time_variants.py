"""Captures whose times are odd: one behind the other in the wrong order, long silences, a packet from another century."""
from dialogs import description, dialog, endpoints
from packets import EPOCH, MILLISECOND, SECOND, Capture, Endpoint, rtp

HOUR = 3600 * SECOND


def call(rng, capture, start):
    """One answered call with five seconds of media."""
    alice, bob = endpoints(rng, 5060)
    alice_media = Endpoint(alice.address, rng.randrange(5000, 30000) * 2)
    bob_media = Endpoint(bob.address, rng.randrange(5000, 30000) * 2)
    signalling = list(dialog(f"{rng.randrange(1 << 48):x}@time", alice, bob, description(alice_media, alice.host, "8"),
                             description(bob_media, bob.host, "8")))
    parts = []
    for offset, (from_alice, text) in zip([0, 50, 100, 3000, 3100, 8200, 8250], signalling):
        parts.append((offset * MILLISECOND, (alice, bob) if from_alice else (bob, alice), text, True))
    for source, destination in ((alice_media, bob_media), (bob_media, alice_media)):
        ssrc = rng.randrange(1 << 32)
        for index in range(250):
            parts.append((3150 * MILLISECOND + index * 20 * MILLISECOND, (source, destination),
                          rtp(index, index * 160, ssrc, 8), False))
    for offset, pair, payload, is_sip in sorted(parts, key=lambda part: part[0]):
        (capture.message if is_sip else capture.datagram)(start + offset, *pair, payload)


def captures_in_a_row(rng):
    """Calls one behind the other, each at any time: hours later, or days earlier, as when captures are joined."""
    capture = Capture()
    for _ in range(rng.randrange(2, 5)):
        call(rng, capture, EPOCH + rng.choice([-48, -1, 0, 1, 2, 30]) * HOUR + rng.randrange(HOUR))
    return capture


def packets_of_another_time(rng):
    """Calls among whose packets some have times that cannot be: a time is one packet's, not the capture's."""
    capture = Capture()
    for number in range(rng.randrange(1, 4)):
        call(rng, capture, EPOCH + number * rng.choice([5, 20, 100]) * SECOND)
    capture.in_order_of_time()
    for _ in range(rng.randrange(1, 4)):
        place = rng.randrange(len(capture.frames))
        source, destination = endpoints(rng)
        other = Capture()
        other.datagram(rng.choice([1, EPOCH + 10 * 365 * 24 * HOUR, EPOCH + HOUR, EPOCH - HOUR]), source, destination,
                       b"neither SIP nor RTP")
        capture.frames.insert(place, other.frames[0])
    return capture


VARIANTS = (captures_in_a_row, packets_of_another_time)
