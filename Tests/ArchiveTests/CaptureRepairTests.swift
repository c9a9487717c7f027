import TestSupport
import Testing

@testable import Archive

@Suite struct CaptureRepairTests {
    /// A classic capture, byte by byte.
    static func capture(
        records: Int, isBigEndian: Bool = false, isNanosecond: Bool = false, linkType: UInt32 = 1
    ) -> (bytes: [UInt8], starts: [Int]) {
        func word(_ value: UInt32) -> [UInt8] {
            let bytes = (0..<4).map { UInt8(truncatingIfNeeded: value >> (8 * UInt32($0))) }
            return isBigEndian ? bytes.reversed() : bytes
        }
        var bytes = word(isNanosecond ? 0xa1b2_3c4d : 0xa1b2_c3d4)
        bytes += isBigEndian ? [0, 2, 0, 4] : [2, 0, 4, 0]
        bytes += word(0) + word(0) + word(262_144) + word(linkType)
        var starts: [Int] = []
        var generator = SeededRandom(seed: 11)
        for number in 0..<records {
            starts.append(bytes.count)
            let packet = TestPacket(position: UInt64(number), length: Int.random(in: 60...400, using: &generator)).bytes
            bytes += word(1_700_000_000 + UInt32(number / 50)) + word(UInt32(number % 50) * 20_000)
            bytes += word(UInt32(packet.count)) + word(UInt32(packet.count)) + packet
        }
        return (bytes, starts)
    }

    private func repair(
        _ bytes: [UInt8], linkType: UInt32 = 1, pieces: Int = 1000
    ) throws -> (output: [UInt8], report: CaptureRepair.Report) {
        var rest = bytes[...]
        var output: [UInt8] = []
        let repair = CaptureRepair(linkType: linkType) { count in
            let piece = rest.prefix(min(pieces, count))
            rest = rest.dropFirst(piece.count)
            return Array(piece)
        }
        let report = try repair.run { output += $0 }
        return (output, report)
    }

    @Test(arguments: [(false, false), (false, true), (true, false), (true, true)])
    func aGoodFileStaysAsItIs(isBigEndian: Bool, isNanosecond: Bool) throws {
        let (bytes, _) = Self.capture(records: 200, isBigEndian: isBigEndian, isNanosecond: isNanosecond, linkType: 113)
        let (output, report) = try repair(bytes)
        #expect(!report.isDamaged && report.packets == 200 && !report.isCut)
        #expect(output == Self.capture(records: 200, isNanosecond: isNanosecond, linkType: 113).bytes)
    }

    /// Every length that a file can be cut to.
    @Test func everyCut() throws {
        let (bytes, starts) = Self.capture(records: 8)
        for length in 24..<bytes.count {
            let (output, report) = try repair(Array(bytes[..<length]))
            let whole = (starts + [bytes.count]).last { $0 <= length } ?? 24
            let packets = (starts + [bytes.count]).firstIndex(of: whole) ?? 0
            #expect(report.packets == UInt64(packets), "\(length)")
            #expect(report.bytesLost == UInt64(length - whole), "\(length)")
            #expect(report.isCut == (whole < length), "\(length)")
            #expect(output == (packets == 0 ? [] : Array(bytes[..<whole])), "\(length)")
        }
    }

    @Test func garbageInTheMiddle() throws {
        let (bytes, starts) = Self.capture(records: 300)
        var generator = SeededRandom(seed: 5)
        for count in [1, 15, 16, 17, 1000, 600_000] {
            let garbage = (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
            let place = starts[150]
            let damaged = bytes[..<place] + garbage + bytes[place...]
            let (output, report) = try repair(Array(damaged), pieces: 70_000)
            #expect(report.packets == 300, "\(count)")
            #expect(report.losses == [CaptureRepair.Loss(offset: UInt64(place), bytes: UInt64(count))], "\(count)")
            #expect(output == bytes && !report.isCut, "\(count)")
        }
    }

    /// A block of the disk that reads as zeros: the record it begins in is cut by it, those inside are gone.
    @Test func aBlockOfZeros() throws {
        let (bytes, starts) = Self.capture(records: 300)
        var damaged = bytes
        let (from, to) = (8192, 16_384)
        for index in from..<to { damaged[index] = 0 }
        let (_, report) = try repair(damaged)
        let inside = starts.filter { $0 + 16 > from && $0 < to }.count
        // The one that the block begins in has a good header; its bytes are partly zeros, which nobody can know.
        #expect(report.packets == UInt64(300 - inside))
        #expect(report.lossCount == 1)
    }

    /// Each field of a record's header destroyed, for a record in the middle.
    @Test(arguments: [0, 4, 8, 12]) func aDamagedHeader(field: Int) throws {
        let (bytes, starts) = Self.capture(records: 20)
        var damaged = bytes
        let place = starts[9]
        for index in 0..<4 { damaged[place + field + index] = 0xff }
        let (output, report) = try repair(damaged)
        #expect(report.packets == 19)
        #expect(output == Array(bytes[..<place] + bytes[starts[10]...]))
        #expect(report.losses == [CaptureRepair.Loss(offset: UInt64(place), bytes: UInt64(starts[10] - place))])
    }

    /// A length that could be one and is not: what follows tells.
    @Test(arguments: [-40, -1, 1, 30, 200]) func aLengthThatLies(by difference: Int) throws {
        let (bytes, starts) = Self.capture(records: 20)
        var damaged = bytes
        let place = starts[9]
        let length = starts[10] - place - 16 + difference
        for offset in [8, 12] {
            damaged[place + offset] = UInt8(length & 255)
            damaged[place + offset + 1] = UInt8(length >> 8)
        }
        let (output, report) = try repair(damaged)
        let positions = try #require(Capture(output)).records
        // All others are there, and none of them twice.
        #expect(positions.count >= 19 && positions.count <= 20)
        let good = try #require(Capture(bytes)).records
        for (index, record) in good.enumerated() where index != 9 { #expect(positions.contains(record), "\(index)") }
        #expect(report.isDamaged)
    }

    @Test(arguments: [(false, false), (true, true)]) func aLostFileHeader(isBigEndian: Bool, isNanosecond: Bool) throws
    {
        let (bytes, _) = Self.capture(records: 50, isBigEndian: isBigEndian, isNanosecond: isNanosecond, linkType: 101)
        var damaged = bytes
        for index in 0..<24 { damaged[index] = 0x5a }
        let (output, report) = try repair(damaged, linkType: 101)
        #expect(report.headerWasLost && report.packets == 50)
        // Microseconds below a million are nanoseconds too: the clock is the one thing that cannot be known.
        let plain = Self.capture(records: 50, linkType: 101).bytes
        #expect(output[24...] == plain[24...])
    }

    @Test func nothingReadable() throws {
        var generator = SeededRandom(seed: 1)
        let (output, report) = try repair((0..<100_000).map { _ in UInt8.random(in: 0...255, using: &generator) })
        #expect(output.isEmpty && report.packets == 0 && report.isDamaged)
        let (none, empty) = try repair([])
        #expect(none.isEmpty && empty.packets == 0)
    }

    /// Whatever is destroyed, what comes out is a capture, of records that were there.
    @Test func randomDamage() throws {
        let (bytes, _) = Self.capture(records: 100)
        let good = try #require(Capture(bytes)).records
        var generator = SeededRandom(seed: 77)
        for _ in 0..<100 {
            var damaged = bytes
            for _ in 0..<Int.random(in: 1...4, using: &generator) {
                let place = Int.random(in: 24..<damaged.count, using: &generator)
                let end = min(place + Int.random(in: 1...300, using: &generator), damaged.count)
                switch Int.random(in: 0..<3, using: &generator) {
                case 0: damaged.removeSubrange(place..<end)
                case 1: for index in place..<end { damaged[index] = UInt8.random(in: 0...255, using: &generator) }
                default: damaged.insert(contentsOf: (place..<end).map { _ in 0 }, at: place)
                }
            }
            let (output, report) = try repair(damaged)
            let found = try #require(Capture(output)).records
            #expect(UInt64(found.count) == report.packets)
            // Four damages of 300 bytes touch twenty records at the most.
            #expect(found.count(where: good.contains) >= 75)
        }
    }
}
