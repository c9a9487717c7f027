"""SIP messages and dialogs as text, for made-up captures."""
from packets import Endpoint

ALICE = ("192.0.2.1", "198.51.100.7")
BOB = ("203.0.113.9", "198.18.0.5")


def endpoints(rng, port=None):
    if rng.random() < 0.2:
        return Endpoint("2001:db8::1", port or rng.randrange(1025, 65000)), Endpoint(
            "2001:db8::2", port or rng.randrange(1025, 65000))
    return Endpoint(rng.choice(ALICE), port or rng.randrange(1025, 65000)), Endpoint(
        rng.choice(BOB), port or rng.randrange(1025, 65000))


def message(start, call_id, cseq, method, host, body=b"", headers=(), line=b"\r\n", length="Content-Length"):
    lines = [start, f"Via: SIP/2.0/UDP {host};branch=z9hG4bK{cseq}{method}", f"From: <sip:alice@{host}>;tag=a1",
             f"To: <sip:bob@{host}>" + (";tag=b2" if not start.endswith("INVITE") and method != "INVITE" else ""),
             f"Call-ID: {call_id}", f"CSeq: {cseq} {method}", f"Contact: <sip:c@{host}>", *headers]
    if body:
        lines.append("Content-Type: application/sdp")
    if length:
        lines.append(f"{length}: {len(body)}")
    return line.join(text.encode() for text in lines) + line + line + body


def description(media, host, formats="0 101", attributes=("rtpmap:101 telephone-event/8000",), kind="audio"):
    family = "IP6" if ":" in host else "IP4"
    lines = ["v=0", f"o=- 1 1 IN {family} {host}", "s=-", f"c=IN {family} {host}", "t=0 0",
             f"m={kind} {media.port} RTP/AVP {formats}", *(f"a={attribute}" for attribute in attributes)]
    return "".join(line + "\r\n" for line in lines).encode()


def dialog(call_id, alice, bob, offer=b"", answer=b"", **options):
    """(from Alice?, message) of a call that is answered and ended."""
    request = f"sip:bob@{bob.uri_host}"
    yield True, message(f"INVITE {request} SIP/2.0", call_id, 1, "INVITE", alice.uri_host, offer, **options)
    yield False, message("SIP/2.0 100 Trying", call_id, 1, "INVITE", alice.uri_host, **options)
    yield False, message("SIP/2.0 180 Ringing", call_id, 1, "INVITE", alice.uri_host, **options)
    yield False, message("SIP/2.0 200 OK", call_id, 1, "INVITE", alice.uri_host, answer, **options)
    yield True, message(f"ACK {request} SIP/2.0", call_id, 1, "ACK", alice.uri_host, **options)
    yield True, message(f"BYE {request} SIP/2.0", call_id, 2, "BYE", alice.uri_host, **options)
    yield False, message("SIP/2.0 200 OK", call_id, 2, "BYE", alice.uri_host, **options)
