import Traffic

/// One kind of call that can be asked for.
public struct ScenarioClass: Sendable {
    public let name: String
    public let summary: String
    let begin: @Sendable (ScenarioContext, UInt64) -> Void

    init(_ name: String, _ summary: String, _ begin: @escaping (ScenarioContext, UInt64) -> Void) {
        (self.name, self.summary) = (name, summary)
        // Every scenario is a pure function of the context it is given.
        nonisolated(unsafe) let begin = begin
        self.begin = { begin($0, $1) }
    }
}

/// All classes, in the order in which `lcgen --list-classes` shows them.
public enum Catalogue {
    public static let classes: [ScenarioClass] =
        answered + unanswered + endings + media + networks + overTCP + framed + tunnels

    public static func named(_ name: String) -> ScenarioClass? { classes.first { $0.name == name } }

    private static let answered = [
        ScenarioClass("plain", "UDP call, RTP both ways, RTCP", AnsweredCalls.plain),
        ScenarioClass("early-media", "183 with SDP, media before the answer", AnsweredCalls.earlyMedia),
        ScenarioClass("delayed-offer", "offer in the 200, answer in the ACK", AnsweredCalls.delayedOffer),
        ScenarioClass("reinvite-move", "re-INVITE moves the caller's media", AnsweredCalls.movedMedia),
        ScenarioClass("hold", "hold and resume by re-INVITE", AnsweredCalls.held),
        ScenarioClass("one-way", "the callee is not heard", AnsweredCalls.silent(caller: false, callee: true)),
        ScenarioClass("one-way-back", "the caller is not heard", AnsweredCalls.silent(caller: true, callee: false)),
        ScenarioClass("no-audio", "answered, and no media at all", AnsweredCalls.silent(caller: true, callee: true)),
        ScenarioClass("auth-401", "challenged by 401, then answered", AnsweredCalls.challenged(401)),
        ScenarioClass("auth-407", "challenged by 407, then answered", AnsweredCalls.challenged(407)),
        ScenarioClass("forked", "180 with several To tags", AnsweredCalls.forked),
        ScenarioClass("proxy", "one Call-ID over two hops", AnsweredCalls.proxied),
        ScenarioClass("retransmissions", "INVITE, 200, ACK and BYE repeated", AnsweredCalls.retransmitted),
    ]

    private static let unanswered = [
        ScenarioClass("not-found", "404", UnansweredCalls.rejected(404, state: "failed", rings: false)),
        ScenarioClass("busy", "486", UnansweredCalls.rejected(486, state: "busy", rings: true)),
        ScenarioClass("unavailable", "503", UnansweredCalls.rejected(503, state: "failed", rings: false)),
        ScenarioClass("redirected", "302", UnansweredCalls.rejected(302, state: "redirected", rings: false)),
        ScenarioClass(
            "lost-ack", "486 repeated for 32 s without ACK",
            UnansweredCalls.rejected(486, state: "busy", rings: true, acknowledges: false)),
        ScenarioClass("cancelled", "CANCEL and 487", UnansweredCalls.cancelled),
        ScenarioClass("no-answer", "rings until the ring timeout", UnansweredCalls.unanswered),
        ScenarioClass("cancel-crossing", "CANCEL crosses the 200 to INVITE", UnansweredCalls.cancelCrossing),
    ]

    private static let endings = [
        ScenarioClass("bye-refused", "BYE refused by 401, later accepted", Endings.refusedBye),
        ScenarioClass("lost-bye", "the BYE was not captured", Endings.lostBye),
        ScenarioClass("bye-unanswered", "BYE repeated for 32 s without answer", Endings.unansweredBye),
    ]

    private static let media = [
        ScenarioClass("b2bua", "two Call-IDs, one media pair (2 calls)", SharedMedia.backToBack),
        ScenarioClass("reused-ports", "a lost BYE, then its ports again (2 calls)", SharedMedia.reusedPorts),
        ScenarioClass("media-server", "one server port for all calls", SharedMedia.mediaServer),
        ScenarioClass("nat", "SDP names a private address", SharedMedia.behindNAT),
        ScenarioClass("late-sdp", "media up to 0.8 s before its SDP", SharedMedia.lateSession),
        ScenarioClass("ssrc-change", "the senders change their SSRC", StreamShapes.changedSSRC),
        ScenarioClass("sequence-wrap", "sequence and timestamp wrap", StreamShapes.sequenceWrap),
        ScenarioClass(
            "out-of-order-start", "the second packet overtakes the first", StreamShapes.beginningOutOfOrder),
        ScenarioClass("impaired", "loss, jitter, reordering, duplicates", StreamShapes.impaired),
        ScenarioClass("dtmf", "telephone events", StreamShapes.telephoneEvents),
        ScenarioClass("comfort-noise", "talk spurts with comfort noise", StreamShapes.comfortNoise),
    ]

    private static let networks = [
        ScenarioClass("ipv6", "over IPv6", Networks.ipv6),
        ScenarioClass("vlan", "in a VLAN", Networks.tagged([100])),
        ScenarioClass("qinq", "in a VLAN of a provider's VLAN", Networks.tagged([200, 101])),
        ScenarioClass("fragments", "INVITE in IPv4 fragments", Networks.fragmented(.inOrder)),
        ScenarioClass("fragments-reversed", "the last fragment first", Networks.fragmented(.reversed)),
        ScenarioClass("fragments-duplicated", "a fragment twice", Networks.fragmented(.duplicated)),
        ScenarioClass("ipv6-fragments", "INVITE in IPv6 fragments", Networks.fragmented(.inOrder, ipv6: true)),
        ScenarioClass("copies", "every packet seen twice within 1 ms", Networks.copied),
    ]

    private static let tunnels = [
        ScenarioClass("tunnels", "each call in another carrier", Tunnels.each),
        ScenarioClass("tunnels-nested", "two to four carriers in one another", Tunnels.nested),
        ScenarioClass("tunnels-ipv6", "IPv6 in IPv4 (6in4)", Tunnels.carried([.ipInIP], ipv6: true)),
        ScenarioClass(
            "tunnels-inner-fragments", "INVITE in fragments, each in VXLAN",
            Tunnels.fragmented([.vxlan], inside: true, largestPayload: nil)),
        ScenarioClass(
            "tunnels-outer-fragments", "GTP packets in fragments, RTP's too",
            Tunnels.fragmented([.gtp], inside: false, largestPayload: 120)),
        ScenarioClass(
            "tunnels-all-fragments", "fragments in fragments in fragments of the same addresses and identification",
            Tunnels.fragmented([.ipInIP, .ipInIP], inside: true, largestPayload: 256, looksLikeInside: true)),
        ScenarioClass("tunnels-tcp", "SIP over TCP in GRE, in fragments", Tunnels.overTCP),
        ScenarioClass("tunnels-mirrored", "on the wire and through ERSPAN", Tunnels.mirrored),
    ]

    private static let overTCP = [
        ScenarioClass("tcp", "a TCP connection per call", OverTCP.perCall()),
        ScenarioClass("tcp-split", "messages in several segments", OverTCP.perCall { $0.split = 1 }),
        ScenarioClass("tcp-bytewise", "messages byte by byte", OverTCP.perCall { $0.bytewise = 0.5 }),
        ScenarioClass(
            "tcp-reordered", "segments out of order",
            OverTCP.perCall {
                $0.split = 1
                $0.reordering = 0.5
            }),
        ScenarioClass(
            "tcp-retransmitted", "segments seen again after delivery",
            OverTCP.perCall {
                $0.split = 0.5
                $0.retransmission = 0.4
            }),
        ScenarioClass(
            "tcp-overlapping", "segments that repeat bytes",
            OverTCP.perCall {
                $0.split = 0.7
                $0.overlap = 0.5
            }),
        ScenarioClass("tcp-wrap", "TCP sequence numbers wrap", OverTCP.perCall { $0.wraps = true }),
        ScenarioClass(
            "tcp-keepalive", "CRLF keepalives between messages",
            OverTCP.perCall { $0.keepaliveInterval = 700 * millisecond }),
        ScenarioClass(
            "tcp-trunk", "one connection for many calls, messages coalesced",
            OverTCP.trunk { $0.coalesces = true }),
        ScenarioClass(
            "tcp-trunk-rough", "a trunk with all of the above",
            OverTCP.trunk {
                $0 = SegmentationPlan()
                $0.coalesces = true
                $0.split = 0.3
                $0.bytewise = 0.02
                $0.reordering = 0.2
                $0.retransmission = 0.1
                $0.overlap = 0.2
                $0.keepaliveInterval = 500 * millisecond
                $0.wraps = true
            }),
    ]
    private static let framed = [
        ScenarioClass("websocket", "a WebSocket connection per call", OverTCP.perCall(webSocket: WebSocketPlan())),
        ScenarioClass(
            "websocket-bytewise", "WebSocket frames byte by byte",
            OverTCP.perCall(webSocket: WebSocketPlan()) { $0.bytewise = 0.5 }),
        ScenarioClass(
            "websocket-rough", "WebSocket in segments split, reordered, repeated and overlapping",
            OverTCP.perCall(webSocket: WebSocketPlan()) {
                $0.split = 0.7
                $0.reordering = 0.3
                $0.retransmission = 0.3
                $0.overlap = 0.3
                $0.wraps = true
            }),
        ScenarioClass(
            "websocket-trunk", "one WebSocket connection for many calls, messages coalesced",
            OverTCP.trunk(webSocket: WebSocketPlan()) {
                $0.coalesces = true
                $0.split = 0.3
            }),
        ScenarioClass("sctp", "an SCTP association per call", OverSCTP.perCall()),
        ScenarioClass(
            "sctp-fragmented", "messages in several DATA chunks, out of order, sent again",
            OverSCTP.perCall {
                $0.fragmentation = 0.7
                $0.reordering = 0.4
                $0.retransmission = 0.3
                $0.wraps = true
            }),
    ]
}
