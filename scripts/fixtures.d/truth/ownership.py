"""Which call each UDP packet and ICMP error belongs to, by the endpoints that the calls' SDP named."""

from dataclasses import dataclass

from truth.endpoints import named_endpoints

# A call's endpoints stay its own this long after its last message, and media may precede its SDP by LOOK_BACK.
GRACE_SECONDS = 5.0
LOOK_BACK_SECONDS = 1.0


@dataclass
class Naming:
    """A call named these endpoints in the message that was complete with this frame."""
    call_id: str
    frame: int
    time: float
    endpoints: set


class Ownership:
    def __init__(self, calls):
        self.namings = [
            Naming(call_id, m.complete, m.time, named_endpoints(m.body)) for call_id, ms in calls.items() for m in ms
        ]
        self.lives = {i: (ms[0].first_time - LOOK_BACK_SECONDS, ms[-1].time + GRACE_SECONDS) for i, ms in calls.items()}
        self.sip_calls = set(calls)

    def owner(self, frame, source, destination):
        """The Call-ID, or None. `frame` is where the packet was seen, the endpoints are (address, port)."""
        alive = {i for i, (start, end) in self.lives.items() if start <= frame.time <= end}
        known = self._by_endpoint(alive, lambda n: n.frame < frame.number)
        if not (known.get(source) or known.get(destination)):
            known = self._by_endpoint(alive, lambda n: 0 <= n.time - frame.time <= LOOK_BACK_SECONDS)
        both = known.get(source, set()) & known.get(destination, set())
        for candidates in (both, known.get(destination, set()), known.get(source, set())):
            if len(candidates) == 1:
                return next(iter(candidates))
            if candidates:
                return None     # ambiguous: the cases are built so that this only happens where it is meant
        return None

    def _by_endpoint(self, alive, in_time):
        known = {}
        for naming in self.namings:
            if naming.call_id in alive and in_time(naming):
                for endpoint in naming.endpoints:
                    known.setdefault(endpoint, set()).add(naming.call_id)
        return known

    def of_frame(self, frame):
        """The owner of a frame that is not SIP itself."""
        if frame.udp_ports is None:
            return None
        # In an ICMP error the quoted packet's addresses come second; the error goes where the quoted packet went.
        at = 1 if frame.icmp_error else 0
        if len(frame.sources) <= at:
            return None
        if frame.icmp_error and frame.sip_call_ids:
            return frame.sip_call_ids[0] if frame.sip_call_ids[0] in self.sip_calls else None
        return self.owner(
            frame, (frame.sources[at], frame.udp_ports[0]), (frame.destinations[at], frame.udp_ports[1]))
