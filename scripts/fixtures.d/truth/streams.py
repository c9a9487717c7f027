"""RTP streams by `tshark -z rtp,streams`, checked against a count of the frames themselves."""

from truth.frames import endpoint, tshark


def decode_options(ports):
    """RTP on every port that an SDP named, so that media before its SDP counts too (tshark would skip it)."""
    return [word for port in sorted(ports) for word in ("-d", f"udp.port=={port},rtp")]


def read_streams(path, options):
    """[(source, destination, ssrc, packets, lost, jitter_max_ms)]; addresses without brackets, SSRC "0x...")."""
    found = []
    for line in tshark("-n", "-r", path, *options, "-q", "-z", "rtp,streams").splitlines():
        words = line.split()
        if len(words) < 16 or not words[6].startswith("0x"):
            continue
        # Columns from the right: the payload column may hold spaces, the end may hold an "X" for problems.
        if words[-1] == "X":
            words.pop()
        lost = next(i for i, word in enumerate(words) if word.startswith("(") and word.endswith("%)"))
        found.append({
            "ssrc": words[6].lower(), "source": (words[2], int(words[3])), "destination": (words[4], int(words[5])),
            "packets": int(words[lost - 2]), "rfc3550_lost": int(words[lost - 1]), "jitter_max_ms": float(words[-1]),
        })
    return found


def with_owner(streams, frames, owners):
    """Pairs every stream with the call of its frames; the frames must be as many as tshark counted."""
    counts = {}
    for frame in frames:
        if frame.rtp_ssrcs and frame.udp_ports and not frame.icmp_error:
            key = (frame.rtp_ssrcs[0], (frame.sources[0], frame.udp_ports[0]),
                   (frame.destinations[0], frame.udp_ports[1]))
            counts.setdefault(key, []).append(owners.get(frame.number))
    for stream in streams:
        calls = counts.get((stream["ssrc"], stream["source"], stream["destination"]), [])
        if len(calls) != stream["packets"] or len(set(calls)) != 1:
            raise SystemExit(f"stream {stream}: {len(calls)} frames, calls {set(calls)}")
        yield calls[0], {
            "ssrc": stream["ssrc"], "source": endpoint(*stream["source"]),
            "destination": endpoint(*stream["destination"]), "packets": stream["packets"],
            "rfc3550_lost": stream["rfc3550_lost"], "jitter_max_ms": stream["jitter_max_ms"],
        }
