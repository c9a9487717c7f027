import Traffic

/// Ordinary calls, carried inside of something.
enum Tunnels {
    /// - Parameter ipv6: the call's own packets, not the tunnel's.
    static func carried(
        _ layers: [TunnelLayer], ipv6: Bool = false, _ change: @escaping @Sendable (inout TunnelPlan) -> Void = { _ in }
    ) -> (ScenarioContext, UInt64) -> Void {
        { context, time in
            let call = context.newCall(ipv6: ipv6)
            call.script.truth.tunnel = plan(layers, context, change)
            call.converse(at: time)
            call.launch()
        }
    }

    /// Each call in another carrier.
    static func each(_ context: ScenarioContext, at time: UInt64) {
        let layers = TunnelLayer.allCases
        carried([layers[context.callsMade % layers.count]])(context, time)
    }

    /// Two to four carriers in one another, whatever they are.
    static func nested(_ context: ScenarioContext, at time: UInt64) {
        let layers = TunnelLayer.allCases
        let count = 2 + context.random.below(3)
        // LISP and IP in IP carry IP, and so do MPLS and PPPoE: what names no type goes next to the call's own packet.
        let first = layers[context.random.below(layers.count)]
        let more = (1..<count).map { _ in ofAnything[context.random.below(ofAnything.count)] }
        carried([first] + more)(context, time)
    }

    /// Carriers of frames, or of packets with a type.
    private static let ofAnything: [TunnelLayer] = [
        .gre, .greWithKey, .bridging, .erspan2, .erspan3, .etherIP, .vxlan, .geneve, .tzsp, .pseudowire,
        .providerBackbone, .serviceHeader,
    ]

    /// The INVITE in fragments, and the tunnel's packets too where they are large.
    static func fragmented(
        _ layers: [TunnelLayer], inside: Bool, largestPayload: Int?, looksLikeInside: Bool = false
    ) -> (ScenarioContext, UInt64) -> Void {
        { context, time in
            let call = context.newCall()
            let isReversed = context.random.chance(0.3)
            call.script.truth.tunnel = plan(layers, context) {
                $0.largestPayload = largestPayload
                $0.looksLikeInside = looksLikeInside
                $0.isReversed = isReversed
            }
            if inside { call.script.fragmentation = isReversed ? .reversed : .inOrder }
            call.converse(at: time, SetUp(largeInvite: true))
            call.launch()
        }
    }

    /// SIP over TCP in a tunnel that fragments.
    static func overTCP(_ context: ScenarioContext, at time: UInt64) {
        let tunnel = plan([.gre], context) { $0.largestPayload = 304 }
        OverTCP.perCall(tunnel: tunnel) {
            $0.split = 0.3
            $0.retransmission = 0.1
        }(context, time)
    }

    /// Every packet is seen on the wire and, within a millisecond, through a mirror's tunnel.
    static func mirrored(_ context: ScenarioContext, at time: UInt64) {
        let call = context.newCall()
        call.script.copied = true
        call.script.truth.copyTunnel = plan([.erspan2], context) { _ in }
        call.converse(at: time)
        call.launch()
    }

    private static func plan(
        _ layers: [TunnelLayer], _ context: ScenarioContext, _ change: (inout TunnelPlan) -> Void
    ) -> TunnelPlan {
        var plan = TunnelPlan(layers)
        plan.number = 1 + UInt32(truncatingIfNeeded: context.callsMade)
        change(&plan)
        return plan
    }
}
