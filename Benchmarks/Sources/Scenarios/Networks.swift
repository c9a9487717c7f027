import Traffic

/// Ordinary calls over other networks.
enum Networks {
    static func ipv6(_ context: ScenarioContext, at time: UInt64) {
        let call = context.newCall(ipv6: true)
        call.converse(at: time)
        call.launch()
    }

    static func tagged(_ vlans: [UInt16]) -> (ScenarioContext, UInt64) -> Void {
        { context, time in
            let call = context.newCall()
            call.script.vlans = vlans
            call.converse(at: time)
            call.launch()
        }
    }

    static func fragmented(
        _ order: CallScript.Fragmentation, ipv6: Bool = false
    ) -> (ScenarioContext, UInt64) -> Void {
        { context, time in
            let call = context.newCall(ipv6: ipv6)
            call.script.fragmentation = order
            call.converse(at: time, SetUp(largeInvite: true))
            call.launch()
        }
    }

    /// Every SIP and RTP packet is seen twice within a millisecond.
    static func copied(_ context: ScenarioContext, at time: UInt64) {
        let call = context.newCall()
        call.script.copied = true
        call.converse(at: time)
        call.launch()
    }
}
