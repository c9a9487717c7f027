import PacketDecoding
import TestSupport
import Testing

@testable import Archive

/// Media records of a batch at once: the same files as one by one.
@Suite struct MediaRecordTests {
    let place: TemporaryDirectory
    let archive: ArchiveDirectory

    init() throws {
        place = try TemporaryDirectory()
        archive = try ArchiveDirectory(path: place.path, use: .live)
    }

    /// A batch as a reader makes it: each packet behind its record's header.
    private struct Batch {
        var bytes: [UInt8] = []
        var packets: [CapturedPacket] = []

        mutating func add(_ packet: TestPacket) {
            let (content, time) = (packet.bytes, packet.timestamp)
            for word in [
                time / 1_000_000_000, time % 1_000_000_000 / 1_000, Int64(content.count), Int64(content.count),
            ] {
                for shift in stride(from: 0, to: 32, by: 8) {
                    bytes.append(UInt8(truncatingIfNeeded: word >> Int64(shift)))
                }
            }
            packets.append(
                CapturedPacket(
                    timestamp: time, offset: UInt32(bytes.count), capturedLength: UInt32(content.count),
                    originalLength: UInt32(content.count), interface: 0))
            bytes += content
        }
    }

    /// 1,500 files are so many that their memory is asked for ahead; of 256 KiB and of 4 MiB they are written many times and
    /// seldom.
    @Test(arguments: [3, 1_500], [256 << 10, 4 << 20])
    func aBatchAtOnce(files: Int, budget: Int) throws {
        for headers in [RecordHeaders.microseconds, .none] {
            var random = SeededRandom(seed: UInt64(files + budget))
            var writer = CallFileWriter(directory: archive, options: CallFileOptions(), bufferBudget: budget)
            let sets = (0..<files).map { writer.open(stem: stem("\(headers)-call\($0)"), held: false) }
            for (position, set) in sets.enumerated() {
                writer.append(set, TestPacket(position: UInt64(position), kind: .media, length: 214))
            }
            var expected = (0..<files).map { [UInt64($0)] }
            var next = UInt64(files)
            for _ in 0..<200 {
                var batch = Batch()
                var records: [MediaRecord] = []
                let first = next
                for number in 0..<128 as Range<UInt32> {
                    let file = Int.random(in: 0..<files, using: &random)
                    // Now and then one that is larger than a block.
                    let length = number % 61 == 60 ? 5_000 : Int.random(in: 60..<300, using: &random)
                    batch.add(TestPacket(position: next, kind: .media, length: length))
                    records.append(MediaRecord(set: sets[file], packet: number))
                    expected[file].append(next)
                    next += 1
                }
                writer.append(
                    media: records.span, of: batch.packets.span, in: batch.bytes.span, recordHeaders: headers,
                    linkType: 1,
                    firstPosition: first, pendingFloor: next)
                #expect(writer.bufferBytes <= budget)
            }
            for (file, (_, finished)) in writer.finishAll().enumerated() {
                #expect(finished.error == nil)
                let capture = try #require(Capture(place.read(finished.names.first ?? "")))
                #expect(capture.positions == expected[file])
                #expect(capture.records.allSatisfy { Int($0.original) == $0.bytes.count })
                #expect(
                    capture.records.allSatisfy {
                        $0.timestamp == TestPacket(position: TestPacket.position(of: $0.bytes)).timestamp
                    })
            }
            #expect(writer.counters.recordsAppended == UInt64(files + 200 * 128))
        }
    }
}
