extension SettingTable {
    static let calls: [Setting] = [
        .flag(
            "all_dialogs", \.engine.calls.allDialogs, .calls,
            "Record REGISTER, OPTIONS, MESSAGE, SUBSCRIBE and PUBLISH too."
        ).live(),
        .flag("orphan_rtp", \.engine.calls.orphanRTP, .calls, "Report media streams of no call."),
        .optionalText(
            "correlation_header", \.engine.calls.correlationHeader, .text(placeholder: "name"), .calls,
            "A header that the legs of one call have in common, or in which one names the other's Call-ID."),
        .flag(
            "loss_concealment", \.engine.calls.concealsLoss, standard: true, .calls,
            "MOS: receivers of G.711 conceal lost packets (G.113: Bpl 25.1, otherwise 4.3)."),
        .duration(
            "pcap_grace_period", \.engine.calls.gracePeriod, .seconds(5), in: 0...(.hours(1)), .calls,
            "How long after its end a call still takes packets (packet time)."
        ).live(),
        .duration(
            "ring_timeout", \.engine.calls.ringTimeout, .seconds(200), in: .seconds(1)...(.hours(24)), .calls,
            "A call not answered for this long is timed out (packet time)."
        ).live(),
        .duration(
            "call_idle_timeout", \.engine.calls.idleTimeout, .seconds(3600), in: .seconds(1)...(.hours(24 * 30)),
            .calls,
            "A call without any packet for this long is ended (packet time)."
        ).live(),
    ]
}
