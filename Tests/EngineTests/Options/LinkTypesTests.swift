import Testing

@testable import Engine

/// Packets of another link type go to `NAME.<linktype>.pcap` of the same call.
@Suite struct LinkTypesTests {
    private let call = Call(id: "c")

    /// SIP on Ethernet, media on the `any` device.
    private var sides: (ethernet: Scenario, cooked: Scenario) {
        var (ethernet, cooked) = (Scenario(), Scenario())
        call.setUp(&ethernet, at: 0)
        call.talk(&cooked, from: 1, packets: 10)
        call.hangUp(&ethernet, at: 3)
        return (ethernet, cooked)
    }

    private func check(_ outcome: Outcome) throws {
        let (ethernet, cooked) = sides
        let stem = "20260102_030405_c"
        #expect(outcome.record("c")?.files == ["\(stem).pcap", "\(stem).linux_sll2.pcap"])
        let first = try #require(outcome.files["\(stem).pcap"])
        let second = try #require(outcome.files["\(stem).linux_sll2.pcap"])
        #expect(Array(first[20..<24]) == CaptureText.little32(1))
        #expect(Array(second[20..<24]) == CaptureText.little32(276))
        #expect(CaptureText.packets(of: first) == ethernet.packets.map(\.bytes))
        #expect(CaptureText.packets(of: second) == cooked.packets.map { Frame.sll2($0.bytes) })
        #expect(outcome.record("c")?.streams.map(\.packets) == [10, 10])
        #expect(outcome.summary.ledger.check() == nil)
    }

    @Test func twoInterfacesOfOneFile() throws {
        let (ethernet, cooked) = sides
        let packets =
            ethernet.packets.map { (time: $0.time, interface: 0, bytes: $0.bytes) }
            + cooked.packets.map { (time: $0.time, interface: 1, bytes: Frame.sll2($0.bytes)) }
        let file = CaptureText.pcapng(packets.sorted { $0.time < $1.time }, linkTypes: [1, CaptureText.sll2])
        try check(try ethernet.runAllWays(inputs: [file]))
    }

    @Test func twoFiles() throws {
        let (ethernet, cooked) = sides
        let second = cooked.packets.map { (time: $0.time, bytes: Frame.sll2($0.bytes)) }
        try check(
            try ethernet.runAllWays(inputs: [ethernet.capture, CaptureText.file(second, linkType: 276)]))
    }

    /// With `{kind}` each kind has its own first link type.
    @Test func splitByKindToo() throws {
        let (ethernet, cooked) = sides
        let second = cooked.packets.map { (time: $0.time, bytes: Frame.sll2($0.bytes)) }
        let outcome = try ethernet.runAllWays(
            inputs: [ethernet.capture, CaptureText.file(second, linkType: 276)]
        ) { $0.archive?.pattern = "{kind}_{callid}.pcap" }
        #expect(outcome.record("c")?.files.count == 2)
        #expect(outcome.packetsByCall["c"]?.count == 26)
    }
}
