import RTP

extension JSONObject {
    /// What RTCP says of a stream; null where it says nothing.
    mutating func add(_ rtcp: RTCPFacts?) {
        guard let rtcp else { return key("rtcp", string: nil) }
        let reports = rtcp.reports
        key("rtcp") { object in
            object.key("cname", string: reports.cname)
            object.key("sender_reports", number: reports.senderReports)
            object.key("sender_packets", number: reports.sentPackets.map(UInt64.init))
            object.key("sender_octets", number: reports.sentOctets.map(UInt64.init))
            object.key("packets_at_sender_report", number: reports.seenAtSenderReport?.packets)
            object.key("receiver_reports", number: reports.receiverReports)
            object.key("receiver_lost_packets", integer: reports.lastBlock.map { Int64($0.cumulativeLost) })
            object.key("lost_beyond_capture", integer: rtcp.lostBeyond)
            object.key(
                "receiver_loss_percent_max",
                decimal: reports.receiverReports > 0 ? Double(reports.largestFraction) * 100 / 256 : nil)
            object.key("receiver_jitter_mean_ms", milliseconds: rtcp.meanJitter?.fixed(decimals: 0))
            object.key("receiver_jitter_max_ms", milliseconds: rtcp.largestJitter?.fixed(decimals: 0))
            object.add(
                reports.toReceiver, mean: "receiver_round_trip_ms", longest: "receiver_round_trip_max_ms",
                samples: "receiver_round_trip_samples")
            object.add(
                rtcp.toSender ?? RoundTrip(), mean: "sender_round_trip_ms", longest: "sender_round_trip_max_ms",
                samples: "sender_round_trip_samples")
            object.key("goodbye_time", time: reports.goodbyeTime)
            object.add(reports.voipMetrics)
        }
    }

    private mutating func add(_ trip: RoundTrip, mean: StaticString, longest: StaticString, samples: StaticString) {
        key(mean, milliseconds: trip.mean?.fixed(decimals: 0))
        key(longest, milliseconds: trip.samples > 0 ? trip.longestSeen : nil)
        key(samples, number: trip.samples)
    }

    private mutating func key(_ key: StaticString, integer: Int64?) {
        if let integer { self.key(key, signed: integer) } else { self.key(key, string: nil) }
    }

    /// RFC 3611 section 4.7, in the units of the rest.
    private mutating func add(_ metrics: VoIPMetrics?) {
        guard let metrics else { return key("voip_metrics", string: nil) }
        key("voip_metrics") { object in
            object.key("loss_percent", decimal: Double(metrics.lossRate) * 100 / 256)
            object.key("discard_percent", decimal: Double(metrics.discardRate) * 100 / 256)
            object.key("burst_density_percent", decimal: Double(metrics.burstDensity) * 100 / 256)
            object.key("gap_density_percent", decimal: Double(metrics.gapDensity) * 100 / 256)
            object.key("burst_duration_ms", number: UInt64(metrics.burstDuration))
            object.key("gap_duration_ms", number: UInt64(metrics.gapDuration))
            object.key("round_trip_ms", number: UInt64(metrics.roundTripDelay))
            object.key("end_system_delay_ms", number: UInt64(metrics.endSystemDelay))
            object.key("signal_level_dbm", integer: metrics.signalLevel.map(Int64.init))
            object.key("noise_level_dbm", integer: metrics.noiseLevel.map(Int64.init))
            object.key("residual_echo_return_loss_db", number: metrics.residualEchoReturnLoss.map(UInt64.init))
            object.key("gmin", number: UInt64(metrics.gapThreshold))
            object.key("r_factor", number: metrics.rFactor.map(UInt64.init))
            object.key("external_r_factor", number: metrics.externalRFactor.map(UInt64.init))
            object.key("mos_lq", decimal: metrics.listeningMOS.map { Double($0) / 10 })
            object.key("mos_cq", decimal: metrics.conversationalMOS.map { Double($0) / 10 })
            object.key("jitter_buffer_nominal_ms", number: UInt64(metrics.jitterBufferNominal))
            object.key("jitter_buffer_maximum_ms", number: UInt64(metrics.jitterBufferMaximum))
            object.key("jitter_buffer_absolute_maximum_ms", number: UInt64(metrics.jitterBufferAbsoluteMaximum))
        }
    }
}
