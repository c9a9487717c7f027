extension JSONObject {
    mutating func add(_ stream: StreamRecord) {
        key("ssrc", ssrc: stream.ssrc)
        key("source", endpoint: stream.source)
        key("destination", endpoint: stream.destination)
        key("payload_types", array: stream.payloadTypes) { $0.element(number: UInt64($1)) }
        key("codec", string: stream.codec)
        key("clock_rate_hz", number: stream.clockRate.map(UInt64.init))
        key("packets", number: stream.packets)
        key("bytes", number: stream.bytes)
        key("expected_packets", signed: stream.expectedPackets)
        key("lost_packets", signed: stream.lostPackets)
        key("rfc3550_lost", signed: stream.rfc3550LostPackets)
        key("loss_percent", decimal: stream.lossPercent)
        key("duplicates", number: stream.duplicates)
        key("out_of_order", number: stream.outOfOrder)
        key("copies", number: stream.copies)
        key("jitter_mean_ms", milliseconds: stream.jitterMean?.fixed(decimals: 0))
        key("jitter_max_ms", milliseconds: stream.jitterMaximum?.fixed(decimals: 0))
        key("largest_gap_ms", milliseconds: stream.largestGap)
        key("first_packet_time", time: stream.firstPacketTime)
        key("last_packet_time", time: stream.lastPacketTime)
        add(stream.media)
        addQuality(stream)
    }

    private mutating func addQuality(_ stream: StreamRecord) {
        key("mos", decimal: stream.mos, decimals: 2)
        key("mos_scale", string: stream.mosScale?.name)
        key("mos_null_reason", string: stream.mosNullReason?.rawValue)
        key("r_factor", decimal: stream.ratingFactor, decimals: 1)
        key("burst_ratio", decimal: stream.burstRatio, decimals: 3)
        key("one_way_delay_ms", decimal: stream.oneWayDelay, decimals: 3)
        guard let intervals = stream.intervals else { return key("intervals", string: nil) }
        key("intervals") { object in
            object.key("length_s", seconds: intervals.length)
            object.key("packets", array: intervals.figures) { $0.element(number: $1.packets) }
            object.key("lost", array: intervals.figures) { $0.element(number: $1.lost) }
            object.key("jitter_max_ms", array: intervals.figures) { $0.element(milliseconds: $1.jitterMaximum) }
            object.key("mos", array: intervals.mos) { $0.element(decimal: $1, decimals: 2) }
        }
    }
}
