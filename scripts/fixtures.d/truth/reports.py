"""What RTCP and telephone events say of each stream, as tshark reads them."""

from truth.frames import SEPARATOR, endpoint, tshark

# RFC 4733 section 3.2.
DIGITS = "0123456789*#ABCD!"


def rows(path, options, condition, names):
    fields = [word for name in names for word in ("-e", name)]
    text = tshark("-n", "-r", path, *options, "-o", "rtcp.show_roundtrip_calculation:TRUE", "-Y", condition, "-T",
                  "fields", "-E", "separator=/t", "-E", "occurrence=a", "-E", "aggregator=" + SEPARATOR, *fields)
    for line in text.splitlines():
        yield [value.split(SEPARATOR) if value else [] for value in line.split("\t")]


def read_key_presses(path, options):
    """{(ssrc, source, destination): digits}, one for each timestamp of telephone-event."""
    names = ["rtp.ssrc", "ip.src", "udp.srcport", "ip.dst", "udp.dstport", "rtp.timestamp", "rtpevent.event_id"]
    presses = {}
    for row in rows(path, options, "rtpevent && ip && !icmp", names):
        ssrc, source, source_port, destination, destination_port, timestamp, event = (value[0] for value in row)
        key = (ssrc.lower(), endpoint(source, source_port), endpoint(destination, destination_port))
        known = presses.setdefault(key, {})
        if int(event) < len(DIGITS):
            known.setdefault(timestamp, DIGITS[int(event)])
    return {key: "".join(digits.values()) for key, digits in presses.items()}


def read_reports(path, options):
    """{(ssrc, sending host, receiving host): figures} of the last reports on each stream."""
    names = ["ip.src", "ip.dst", "rtcp.pt", "rtcp.senderssrc", "rtcp.sender.packetcount", "rtcp.ssrc.identifier",
             "rtcp.ssrc.cum_nr", "rtcp.ssrc.jitter", "rtcp.roundtrip-delay"]
    found = {}
    for row in rows(path, options, "(rtcp.pt == 200 || rtcp.pt == 201) && ip && !icmp", names):
        source, destination, types, sender, sent, about, lost, jitter, trips = row
        source, destination = source[0], destination[0]
        if types[0] not in ("200", "201"):
            continue
        if sent:
            found.setdefault((sender[0].lower(), source, destination), {})["sender_packets"] = int(sent[0])
        # A block is about what flows the other way. Blocks come before the chunks of SDES, which have SSRCs as well.
        for number, value in enumerate(lost):
            figures = found.setdefault((about[number].lower(), destination, source), {})
            figures["receiver_lost_packets"] = int(value)
            figures.setdefault("receiver_jitter_units", []).append(int(jitter[number]))
            # tshark leaves out what would be less than a millisecond.
            if len(lost) == 1 and trips:
                figures.setdefault("receiver_round_trips_ms", []).append(int(trips[0]))
    return found


def add(path, options, records):
    """Adds `dtmf` and `rtcp` to the streams of the calls, where there are any."""
    presses, reports = read_key_presses(path, options), read_reports(path, options)
    for record in records:
        for stream in record["streams"]:
            key = (stream["ssrc"], stream["source"], stream["destination"])
            if key in presses:
                stream["dtmf"] = presses[key]
            figures = _of_stream(key, reports, [other["ssrc"] for other in record["streams"]])
            if figures:
                stream["rtcp"] = figures


def _of_stream(key, reports, ssrcs):
    """Reports between the stream's hosts; all on its SSRC when no other stream of the call has it (NAT)."""
    ssrc, *ends = key
    hosts = [text.rsplit(":", 1)[0] for text in ends]
    figures = {}
    for (about, source, destination), found in reports.items():
        if about == ssrc and ([source, destination] == hosts or ssrcs.count(ssrc) == 1):
            figures.update(found)
    return figures
