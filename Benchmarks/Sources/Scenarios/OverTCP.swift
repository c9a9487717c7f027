import Traffic

/// SIP over TCP: a connection per call, and trunks that carry many.
enum OverTCP {
    static func perCall(
        webSocket: WebSocketPlan? = nil, tunnel: TunnelPlan? = nil,
        _ change: @escaping @Sendable (inout SegmentationPlan) -> Void = { _ in }
    ) -> (ScenarioContext, UInt64) -> Void {
        { context, time in
            var segmentation = SegmentationPlan()
            change(&segmentation)
            let client = Endpoint(context.newHost(), 32768 + UInt16(context.random.below(28000)))
            let server = Endpoint(context.newHost(), webSocket == nil ? 5060 : 80)
            let call = context.newCall(transport: webSocket == nil ? .tcp : .ws, hosts: [client, server])
            call.script.truth.tunnel = tunnel
            // The connection is opened first.
            call.converse(at: time + 100 * millisecond)
            launch([call], client: client, server: server, segmentation, webSocket, context)
        }
    }

    static func trunk(
        webSocket: WebSocketPlan? = nil, _ change: @escaping @Sendable (inout SegmentationPlan) -> Void = { _ in }
    ) -> (ScenarioContext, UInt64) -> Void {
        { context, time in
            var segmentation = SegmentationPlan()
            change(&segmentation)
            let client = Endpoint(context.newHost(), 32768 + UInt16(context.random.below(28000)))
            let server = Endpoint(context.newHost(), webSocket == nil ? 5060 : 80)
            var calls: [CallBuilder] = []
            var start = time + 100 * millisecond
            var twinRandom: SplitMix64?
            for _ in 0..<min(context.options.trunkCalls, max(1, context.callsLeft)) {
                let fromClient = context.random.chance(0.6)
                let call = context.newCall(
                    transport: webSocket == nil ? .tcp : .ws, hosts: fromClient ? [client, server] : [server, client])
                call.callerMedia.address = context.newHost()
                call.calleeMedia.address = context.newHost()
                // Twins keep step with the call before, so their messages meet in one segment.
                let isTwin = !calls.isEmpty && context.random.chance(0.3)
                let random = context.random
                if isTwin, let twin = twinRandom { context.random = twin }
                twinRandom = context.random
                call.converse(at: start + (isTwin ? millisecond : 0))
                context.random = random
                _ = context.random.next()
                calls.append(call)
                start += context.random.chance(0.3) ? 0 : call.delay(5, 150)
            }
            launch(calls, client: client, server: server, segmentation, webSocket, context)
        }
    }

    private static func launch(
        _ calls: [CallBuilder], client: Endpoint, server: Endpoint, _ segmentation: SegmentationPlan,
        _ webSocket: WebSocketPlan?, _ context: ScenarioContext
    ) {
        context.run.add(
            SIPConnection(
                client: client, server: server, scripts: calls.map(\.script), segmentation: segmentation,
                webSocket: webSocket, random: &context.random, settings: context.settings))
        for call in calls { call.launch(sendsMessages: false) }
    }
}
