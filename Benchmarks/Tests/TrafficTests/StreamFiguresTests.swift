import Testing

@testable import Traffic

@Suite struct StreamFiguresTests {
    private func figures(_ arrivals: [(milliseconds: Double, number: Int)]) -> JSONText {
        let endpoint = Endpoint(IPAddress(ipv4: 1), 4000)
        let stream = StreamFigures(ssrc: 0xAB, source: endpoint, destination: endpoint, codec: .pcmu)
        for (milliseconds, number) in arrivals {
            stream.arrive(
                .init(
                    time: UInt64(milliseconds * 1e6), number: number, timestamp: UInt32(number) * 160, payloadType: 0,
                    marker: false, udpPayloadLength: 172, isEvent: false, isComfortNoise: false))
        }
        var json = JSONText()
        stream.write(to: &json)
        return json
    }

    private func text(_ json: JSONText) -> String { String(decoding: json.bytes, as: UTF8.self) }

    @Test func perfectStream() {
        let line = text(figures((0..<10).map { (Double($0) * 20, $0) }))
        #expect(line.contains("\"packets\":10,\"bytes\":1720,\"expected_packets\":10,\"lost_packets\":0"))
        #expect(line.contains("\"jitter_mean_ms\":0.0,\"jitter_max_ms\":0.0,\"largest_gap_ms\":20.0"))
        #expect(line.contains("\"ssrc\":\"0x000000ab\""))
    }

    /// 0 1 . 3 3 5 4: one lost, one twice, one late.
    @Test func lossDuplicateAndReordering() {
        let line = text(figures([(0, 0), (20, 1), (60, 3), (61, 3), (100, 5), (101, 4)]))
        #expect(
            line.contains(
                "\"packets\":6,\"bytes\":1032,\"expected_packets\":6,\"lost_packets\":1,\"rfc3550_lost\":0,"
                    + "\"duplicates\":1,\"out_of_order\":1"))
    }

    /// The lowest number is where the stream begins, also when it comes second.
    @Test func beginningOutOfOrder() {
        let line = text(figures([(0, 1), (5, 0), (20, 2)]))
        #expect(line.contains("\"expected_packets\":3,\"lost_packets\":0,\"rfc3550_lost\":0"))
        #expect(line.contains("\"out_of_order\":1"))
    }

    /// One packet 16 ms late: J is 1 ms, then 0.9375 + 1 when the next is on time again.
    @Test func jitterOfOneLatePacket() {
        let line = text(figures([(0, 0), (36, 1), (40, 2)]))
        #expect(line.contains("\"jitter_mean_ms\":1.46875,\"jitter_max_ms\":1.9375"))
    }
}
