import Testing

@testable import Capture

@Suite struct ClassicTests {
    let scratch = Scratch()

    @Test(arguments: [false, true], [UInt32(0xa1b2_c3d4), 0xa1b2_3c4d, 0xa1b2_cd34])
    func magicsAndByteOrders(bigEndian: Bool, magic: UInt32) throws {
        var file = CaptureBytes.classic(magic: magic, snapLength: 96, linkType: 113, bigEndian: bigEndian)
        let extra = magic == 0xa1b2_cd34 ? 8 : 0
        file.record(1_700_000_000, 999_999, packet(1, count: 60), original: 1500, extra: extra)
        file.record(UInt32.max, 5, packet(2, count: 0), extra: extra)
        let source = try FileSource(path: scratch.write("a.pcap", file.bytes))
        let isNano = magic == 0xa1b2_3c4d
        #expect(source.isNanosecond == isNano)
        #expect(
            source.interfaces == [
                CaptureInterface(linkType: 113, name: nil, snapLength: 96, isFinerThanMicrosecond: isNano)
            ])
        let unit: Int64 = isNano ? 1 : 1000
        let first = 1_700_000_000_000_000_000 + 999_999 * unit
        #expect(
            try readAll(source) == [
                ReadPacket(time: first, original: 1500, bytes: packet(1, count: 60)),
                ReadPacket(time: Int64(UInt32.max) * 1_000_000_000 + 5 * unit, original: 0, bytes: []),
            ])
        #expect(source.damages.isEmpty)
    }

    /// The upper bits of the link type tell the length of the frame check sequence.
    @Test func linkTypeWithFCS() throws {
        let file = CaptureBytes.classic(linkType: 0x4400_0001)
        #expect(try FileSource(path: scratch.write("a.pcap", file.bytes)).linkTypes == [1])
    }

    /// Before version 2.3 the original length stood first; in 2.3 nobody knows (libpcap, sf-pcap.c).
    @Test(arguments: [(UInt16(2), UInt16(2)), (2, 3), (543, 0)])
    func oldVersions(version: (UInt16, UInt16)) throws {
        var file = CaptureBytes.classic(version: version)
        file.add(UInt32(7))
        file.add(UInt32(0))
        file.add(UInt32(90))
        file.add(UInt32(40))
        file.bytes += packet(3, count: 40)
        let path = scratch.write("a.pcap", file.bytes)
        #expect(try readFile(path) == [ReadPacket(time: 7_000_000_000, original: 90, bytes: packet(3, count: 40))])
        #expect(LibpcapReading(path).packets.first?.bytes == packet(3, count: 40))
    }

    @Test func hostileLengths() throws {
        var file = CaptureBytes.classic(snapLength: 100)
        file.record(1, 0, packet(1, count: 200))
        let good = file.bytes.count
        file.add(UInt64(0))
        file.add(UInt32(262_145))
        file.add(UInt32(262_145))
        file.bytes += [UInt8](repeating: 0, count: 300_000)
        let source = try FileSource(path: scratch.write("a.pcap", file.bytes))
        #expect(try readAll(source).count == 1)
        #expect(source.damages.first?.kind == .corrupt)
        #expect(source.damages.first?.byteOffset == UInt64(good))
        #expect(source.damages.first?.needed == 262_145)

        // A snaplen of 4 GiB does not make a record of 2 GiB acceptable.
        var huge = CaptureBytes.classic(snapLength: .max)
        huge.add(UInt64(0))
        huge.add(UInt32(1) << 31)
        huge.add(UInt32(1) << 31)
        let other = try FileSource(path: scratch.write("b.pcap", huge.bytes))
        #expect(try readAll(other).isEmpty)
        #expect(other.damages.count == 1)
    }
}
