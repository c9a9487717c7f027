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
        key("mos", decimal: stream.mos)
    }
}
