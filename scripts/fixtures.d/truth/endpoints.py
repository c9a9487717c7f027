"""The media endpoints that an SDP body names (RFC 8866, RFC 3605): RTP port and RTCP port of every m= line."""

import re


def named_endpoints(body):
    text = body.decode("utf-8", "replace")
    if not text.startswith("v=0"):
        return set()
    session, *media = re.split(r"(?m)^(?=m=)", text)
    found = set()
    for section in media:
        address = _connection(section) or _connection(session)
        port = int(re.match(r"m=\S+ (\d+)", section).group(1))
        # A disabled stream (RFC 3264 6), the discard port of a trickling offer, and "no address yet" are no endpoints.
        if address in (None, "0.0.0.0", "::") or port in (0, 9):
            continue
        found.add((address, port))
        rtcp = re.search(r"(?m)^a=rtcp:(\d+)(?: IN IP[46] (\S+))?", section)
        if rtcp:
            found.add((rtcp.group(2) or address, int(rtcp.group(1))))
        elif not re.search(r"(?m)^a=rtcp-mux", section):
            found.add((address, port + 1))
    return found


def _connection(section):
    match = re.search(r"(?m)^c=IN IP[46] ([^\s/]+)", section)
    return match.group(1) if match else None
