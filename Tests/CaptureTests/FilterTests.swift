import Testing

@testable import Capture

@Suite struct FilterTests {
    let scratch = Scratch()

    /// Ethernet, IPv4, UDP to the port, nothing more than a filter looks at.
    private func udp(port: UInt16) -> [UInt8] {
        var frame = [UInt8](repeating: 0, count: 60)
        frame.replaceSubrange(12..<15, with: [0x08, 0x00, 0x45])
        frame[23] = 17
        frame.replaceSubrange(36..<38, with: [UInt8(port >> 8), UInt8(port & 0xff)])
        return frame
    }

    private func matches(
        _ expression: String, _ packet: [UInt8], original: UInt32 = 60, linkType: UInt32 = 1
    ) throws -> Bool {
        try PacketFilter(expression, linkType: linkType).matches(packet.span, originalLength: original)
    }

    @Test func matchesBytesAndLengths() throws {
        let expression = "udp dst port 5060 and less 100"
        #expect(try matches(expression, udp(port: 5060)))
        #expect(try !matches(expression, udp(port: 5060), original: 200))
        #expect(try !matches(expression, udp(port: 5061)))
        #expect(try !matches(expression, []))
        #expect(try matches("", [], linkType: 101))
    }

    @Test func badExpression() {
        do throws(CaptureError) {
            _ = try PacketFilter("udp prt 5060", linkType: 1)
            Issue.record("it compiled")
        } catch {
            #expect(error.code == .invalidFilter && error.exitStatus == 64)
            #expect(error.detail.contains("syntax error"))
        }
    }

    static let expressions: [(String, UInt32, FilterBlindSpots)] = [
        ("", 1, FilterBlindSpots()),
        ("udp port 5060", 1, [.laterFragments, .taggedFrames]),
        ("udp port 5060", 113, [.laterFragments, .taggedFrames]),
        ("udp port 5060", 276, [.laterFragments, .taggedFrames]),
        ("udp port 5060", 101, [.laterFragments]),
        ("udp", 1, [.taggedFrames]),
        ("host 192.0.2.1", 1, [.taggedFrames]),
        ("ip6 host 2001:db8::1", 1, [.taggedFrames]),
        ("ether host 00:11:22:33:44:55", 1, []),
        ("udp port 5060 or (ip[6:2] & 0x1fff != 0)", 1, [.taggedFrames]),
        ("udp port 5060 or (vlan and udp port 5060)", 1, [.laterFragments]),
        ("udp or (vlan and udp)", 1, []),
        ("not port 22", 1, []),
        ("tcp portrange 5060-5061", 1, [.laterFragments, .taggedFrames]),
        ("len > 100", 1, []),
        ("ip6 protochain 17", 1, [.taggedFrames]),
        ("port 5060", 147, []),
    ]

    @Test(arguments: expressions)
    func blindSpots(expression: String, linkType: UInt32, expected: FilterBlindSpots) throws {
        guard let filter = try? PacketFilter(expression, linkType: linkType) else {
            #expect(linkType == 147, "\(expression)")
            return
        }
        #expect(FilterBlindSpots(of: filter) == expected)
    }

    @Test func filteredSource() throws {
        var file = CaptureBytes()
        file.section()
        file.interface(linkType: 1)
        for port in 5055..<5065 as Range<UInt16> { file.enhancedPacket(0, units: UInt64(port), udp(port: port)) }
        file.interface(linkType: 101)
        file.enhancedPacket(1, units: 9, Array(udp(port: 5060)[14...]))
        let path = scratch.write("a.pcapng", file.bytes)
        let source = try FilteredSource(MergedSource(paths: [path]), expression: "udp port 5060")
        #expect(source.blindSpots == [.laterFragments, .taggedFrames])
        let packets = try readAll(source, limit: 3)
        #expect(packets.map(\.time) == [5_060_000, 9000])
        #expect(packets.map(\.interface) == [0, 1])
        #expect(source.removedPackets == 9)
        #expect(throws: CaptureError.self) { try FilteredSource(FileSource(path: path), expression: "nonsense") }
    }

    /// `vlan` does not compile for cooked links: their packets do not match, and the source says why.
    @Test func expressionForSomeLinkTypesOnly() throws {
        var file = CaptureBytes()
        file.section()
        file.interface(linkType: 1)
        file.enhancedPacket(0, units: 1, udp(port: 1))
        file.interface(linkType: 113)
        file.enhancedPacket(1, units: 2, udp(port: 1))
        let path = scratch.write("a.pcapng", file.bytes)
        let source = try FilteredSource(FileSource(path: path), expression: "not vlan")
        #expect(try readAll(source).map(\.interface) == [0])
        #expect(source.problems.count == 1)
    }
}
