import Traffic

/// SIP over SCTP: an association per call.
enum OverSCTP {
    static func perCall(
        _ change: @escaping @Sendable (inout SCTPPlan) -> Void = { _ in }
    ) -> (ScenarioContext, UInt64) -> Void {
        { context, time in
            var plan = SCTPPlan()
            change(&plan)
            let client = Endpoint(context.newHost(), 32768 + UInt16(context.random.below(28000)))
            let server = Endpoint(context.newHost(), 5060)
            let call = context.newCall(transport: .sctp, hosts: [client, server])
            // The association begins first.
            call.converse(at: time + 100 * millisecond)
            context.run.add(
                SCTPMessages(
                    client: client, server: server, script: call.script, plan: plan, random: &context.random,
                    settings: context.settings))
            call.launch(sendsMessages: false)
        }
    }
}
