import Testing

@testable import Capture

@Suite struct PcapngTests {
    let scratch = Scratch()

    /// Two sections in different byte orders, several interfaces, every packet block, and blocks we do not know.
    static func mixed() -> CaptureBytes {
        var file = CaptureBytes()
        file.section()
        file.block(0x0bad) { $0.bytes += packet(9, count: 33) }
        file.interface(linkType: 1, snapLength: 50, name: "eth0")
        file.interface(linkType: 113, name: "any", resolution: 0x80 | 20, offset: 1000)
        file.simplePacket(packet(1, count: 50), original: 70)
        file.enhancedPacket(0, units: 1_700_000_000_000_001, packet(2, count: 45), original: 46)
        file.simplePacket(packet(3, count: 13), original: 13)
        file.enhancedPacket(1, units: 5 << 20 | 1 << 19, packet(4, count: 7))
        file.section(bigEndian: true)
        file.interface(linkType: 101, resolution: 9, offset: -1)
        file.block(5) { $0.add(UInt64(0)) }
        file.oldPacket(0, units: 2_000_000_001, packet(5, count: 3))
        file.simplePacket(packet(6, count: 9), original: 9)
        return file
    }

    static let mixedPackets = [
        ReadPacket(time: 0, original: 70, bytes: packet(1, count: 50)),
        ReadPacket(time: 1_700_000_000_000_001_000, original: 46, bytes: packet(2, count: 45)),
        ReadPacket(time: 1_700_000_000_000_001_000, original: 13, bytes: packet(3, count: 13)),
        ReadPacket(time: 1_005_500_000_000, original: 7, bytes: packet(4, count: 7), interface: 1),
        ReadPacket(time: 1_000_000_001, original: 3, bytes: packet(5, count: 3), interface: 2),
        ReadPacket(time: 1_000_000_001, original: 9, bytes: packet(6, count: 9), interface: 2),
    ]

    @Test func everyBlock() throws {
        let source = try FileSource(path: scratch.write("a.pcapng", PcapngTests.mixed().bytes))
        #expect(source.isNanosecond)
        #expect(source.linkTypes == [1, 113])
        #expect(try readAll(source) == PcapngTests.mixedPackets)
        #expect(source.damages.isEmpty)
        #expect(source.interfaces.map(\.linkType) == [1, 113, 101])
        #expect(source.interfaces.map(\.name) == ["eth0", "any", nil])
        #expect(source.interfaces.map(\.isFinerThanMicrosecond) == [false, true, true])
    }

    struct Resolution: Sendable {
        var option: UInt8
        var units: UInt64
        var expected: Int64
        init(_ option: UInt8, _ units: UInt64, _ expected: Int64) {
            (self.option, self.units, self.expected) = (option, units, expected)
        }
    }

    static let resolutions: [Resolution] = [
        Resolution(0, 3, 3_000_000_000), Resolution(6, 3, 3000), Resolution(9, 3, 3), Resolution(12, 3999, 3),
        Resolution(28, .max, 1), Resolution(29, .max, 0), Resolution(127, .max, 0), Resolution(3, .max, .max),
        Resolution(0x80, 3, 3_000_000_000), Resolution(0x8a, 1536, 1_500_000_000),
        Resolution(0xbf, 1 << 62, 500_000_000), Resolution(0xc0, .max, 999_999_999), Resolution(0xff, .max, 0),
        Resolution(0x80, .max, .max),
    ]

    @Test(arguments: resolutions) func resolution(_ each: Resolution) {
        var time = PcapngTime()
        time.setResolution(each.option)
        #expect(time.nanoseconds(each.units) == each.expected)
    }

    @Test func offsets() {
        var time = PcapngTime()
        time.offset = .max
        #expect(time.nanoseconds(3) == .max)
        time.offset = .min
        #expect(time.nanoseconds(3) == .min)
        time.offset = 9_223_372_036
        #expect(time.nanoseconds(1_000_000) == .max)
        time.offset = -1
        #expect(time.nanoseconds(3) == -999_997_000)
        time.offset = -9_223_372_036
        #expect(time.nanoseconds(0) == -9_223_372_036_000_000_000)
    }

    @Test func damage() throws {
        var head = CaptureBytes()
        head.section()
        head.interface()
        head.enhancedPacket(0, units: 1, packet(1, count: 20))
        let good = head.bytes.count
        var cases: [(String, [UInt8])] = []
        var file = head
        file.enhancedPacket(1, units: 1, packet(1, count: 20))
        cases.append(("interface", file.bytes))
        file = head
        file.enhancedPacket(0, units: 1, packet(1, count: 20))
        file.bytes[file.bytes.count - 4] ^= 4
        cases.append(("trailer", file.bytes))
        file = head
        file.block(6) { body in
            for value in [UInt32(0), 0, 1, 100, 100] { body.add(value) }
            body.bytes += packet(1, count: 20)
        }
        cases.append(("longer than block", file.bytes))
        file = head
        file.add(UInt32(6))
        file.add(UInt32.max - 3)
        file.add(UInt32(0))
        cases.append(("endless block", file.bytes))
        file = head
        file.add(UInt32(99))
        file.add(UInt32(8))
        file.add(UInt32(8))
        cases.append(("tiny block", file.bytes))
        file = head
        file.add(UInt32(99))
        file.add(UInt32.max - 3)
        file.bytes += packet(0, count: 500_000)
        cases.append(("unknown block that does not end", file.bytes))
        file = head
        file.block(99) { $0.bytes += packet(0, count: 40) }
        file.bytes[file.bytes.count - 1] ^= 1
        cases.append(("unknown block's trailer", file.bytes))
        file = head
        file.section()
        file.bytes[good + 8] ^= 1
        cases.append(("byte order", file.bytes))
        for (what, bytes) in cases {
            let source = try FileSource(path: scratch.write("a.pcapng", bytes))
            #expect(try readAll(source).count == 1, "\(what)")
            #expect(source.damages.count == 1, "\(what)")
            #expect((source.damages.first?.byteOffset ?? 0) >= UInt64(good), "\(what)")
        }
    }

    @Test func longUnknownBlocksAreNotHeld() throws {
        var file = CaptureBytes()
        file.section()
        file.interface()
        file.block(77) { $0.bytes += packet(0, count: 3_000_000) }
        file.enhancedPacket(0, units: 9, packet(1, count: 20))
        let source = try FileSource(path: scratch.write("a.pcapng", file.bytes))
        var batch = PacketBatch(arenaBytes: 4096)
        #expect(try source.read(into: &batch, limit: 10) == .packets)
        let (count, arena) = (batch.count, batch.bytes.count)
        #expect(count == 1)
        #expect(arena < 100_000)
    }

    @Test func tooManyInterfaces() throws {
        var file = CaptureBytes()
        file.section()
        for _ in 0..<65_536 { file.interface() }
        file.enhancedPacket(0, units: 9, packet(1, count: 20))
        let source = try FileSource(path: scratch.write("a.pcapng", file.bytes))
        #expect(try readAll(source).isEmpty)
        #expect(source.damages.count == 1)
        #expect(source.interfaces.count == 65_535)
    }
}
