import Glibc
import Testing

@testable import Archive

@Suite struct CallFileWriterTests {
    let place: TemporaryDirectory
    let archive: ArchiveDirectory

    init() throws {
        place = try TemporaryDirectory()
        archive = try ArchiveDirectory(path: place.path, use: .live)
    }

    @Test func aCallBecomesOneReadableFile() throws {
        var writer = CallFileWriter(directory: archive, options: CallFileOptions(), bufferBudget: 1 << 20)
        let set = writer.open(stem: stem("call"), held: false)
        for position in 0..<1_000 as Range<UInt64> { writer.append(set, TestPacket(position: position, length: 200)) }
        #expect(place.files() == ["call.pcap.partial"])
        let finished = writer.finish(set)
        #expect(finished.names == ["call.pcap"])
        #expect(finished.packets == 1_000)
        #expect(finished.bytes == 200_000)
        #expect(finished.error == nil)
        #expect(place.files() == ["call.pcap"])
        let capture = try #require(Capture(place.read("call.pcap")))
        #expect(capture.positions == Array(0..<1_000))
        #expect(capture.records[7].timestamp == TestPacket(position: 7).timestamp)
        #expect(writer.bufferBytes == 0)
        var status = stat()
        #expect(stat("\(place.path)/call.pcap", &status) == 0)
        #expect(status.st_mode & 0o777 == 0o600)
    }

    @Test func aShortCallIsOneWrite() {
        var writer = CallFileWriter(directory: archive, options: CallFileOptions(), bufferBudget: 1 << 20)
        let set = writer.open(stem: stem("call"), held: false)
        for position in 0..<7 as Range<UInt64> { writer.append(set, TestPacket(position: position, length: 600)) }
        #expect(place.files().isEmpty)
        #expect(writer.finish(set).names == ["call.pcap"])
        #expect(writer.counters.writes == 1)
    }

    @Test(arguments: [true, false]) func timestampsHaveTheRunsPrecision(nanoseconds: Bool) throws {
        var options = CallFileOptions()
        options.nanoseconds = nanoseconds
        var writer = CallFileWriter(directory: archive, options: options, bufferBudget: 1 << 20)
        let set = writer.open(stem: stem("call"), held: false)
        let bytes: [UInt8] = [1, 2, 3]
        for time in [1_700_000_000_123_456_789, 0, -5] as [Int64] {
            writer.append(
                set, kind: .media, linkType: 276, timestamp: time, originalLength: 1_500, position: 9,
                bytes: bytes.span, pendingFloor: 9)
        }
        _ = writer.finish(set)
        let capture = try #require(Capture(place.read("call.pcap")))
        #expect(capture.linkType == 276)
        #expect(
            capture.records.map(\.timestamp) == [
                nanoseconds ? 1_700_000_000_123_456_789 : 1_700_000_000_123_456_000, 0, 0,
            ])
        #expect(capture.records[0].original == 1_500)
        #expect(capture.records[0].bytes == bytes)
    }

    @Test func oddLengthsAreKeptOrCut() throws {
        var writer = CallFileWriter(directory: archive, options: CallFileOptions(), bufferBudget: 1 << 20)
        let set = writer.open(stem: stem("call"), held: false)
        for length in [0, 1, 65_512, 65_536, 70_000, 262_144, 262_145, 1_000_000] {
            let bytes = [UInt8](repeating: 7, count: length)
            writer.append(
                set, kind: .media, linkType: 1, timestamp: 0, originalLength: UInt32(length), position: 1,
                bytes: bytes.span, pendingFloor: 1)
        }
        let finished = writer.finish(set)
        let capture = try #require(Capture(place.read("call.pcap")))
        #expect(capture.records.map(\.bytes.count) == [0, 1, 65_512, 65_536, 70_000, 262_144, 262_144, 262_144])
        #expect(capture.records.last?.original == 1_000_000)
        #expect(writer.counters.cutToSnapLength == 2)
        #expect(finished.bytes == capture.records.reduce(0) { $0 + UInt64($1.bytes.count) })
    }

    @Test func linkTypesAndKindsGoToFilesOfTheirOwn() throws {
        var writer = CallFileWriter(directory: archive, options: CallFileOptions(), bufferBudget: 1 << 20)
        let plain = writer.open(stem: stem("plain"), held: false)
        let split = writer.open(stem: stem("s_\u{0}_x"), held: false)
        let linkTypes: [UInt32] = [276, 1, 101, 276, 4_000_000_000, 1]
        for (position, linkType) in linkTypes.enumerated() {
            for kind in [RecordKind.media, .signalling] {
                let packet = TestPacket(position: UInt64(position), kind: kind, linkType: linkType)
                writer.append(plain, packet)
                writer.append(split, packet)
            }
        }
        #expect(
            writer.finish(plain).names == [
                "plain.pcap", "plain.en10mb.pcap", "plain.raw.pcap", "plain.dlt4000000000.pcap",
            ])
        #expect(
            writer.finish(split).names == [
                "s_rtp_x.pcap", "s_sip_x.pcap", "s_rtp_x.en10mb.pcap", "s_sip_x.en10mb.pcap", "s_rtp_x.raw.pcap",
                "s_sip_x.raw.pcap", "s_rtp_x.dlt4000000000.pcap", "s_sip_x.dlt4000000000.pcap",
            ])
        #expect(try #require(Capture(place.read("plain.en10mb.pcap"))).positions == [1, 1, 5, 5])
        #expect(try #require(Capture(place.read("s_rtp_x.pcap"))).positions == [0, 3])
    }

    @Test func aLongCallGoesOnInTheNextFile() throws {
        var options = CallFileOptions()
        options.maxFileSize = 1_000
        var writer = CallFileWriter(directory: archive, options: options, bufferBudget: 1 << 20)
        let set = writer.open(stem: stem("long"), held: false)
        for position in 0..<40 as Range<UInt64> { writer.append(set, TestPacket(position: position, length: 84)) }
        writer.append(set, TestPacket(position: 40, length: 5_000))
        writer.append(set, TestPacket(position: 41, length: 84))
        let finished = writer.finish(set)
        #expect(
            finished.names == [
                "long.pcap", "long_1.pcap", "long_2.pcap", "long_3.pcap", "long_4.pcap", "long_5.pcap", "long_6.pcap",
            ])
        #expect(finished.packets == 42)
        var positions: [UInt64] = []
        for name in finished.names {
            let bytes = place.read(name)
            let capture = try #require(Capture(bytes))
            #expect(bytes.count <= 1_000 || capture.records.count == 1)
            positions += capture.positions
        }
        #expect(positions == Array(0..<42))
    }

    @Test func aTakenNameIsNeverOverwritten() throws {
        place.write("call.pcap", [1])
        place.write("call.pcap.partial", [2])
        TemporaryDirectory.run("ln -s /etc/passwd '\(place.path)/call-2.pcap.partial'")
        var writer = CallFileWriter(directory: archive, options: CallFileOptions(), bufferBudget: 1 << 20)
        let first = writer.open(stem: stem("call"), held: false)
        let second = writer.open(stem: stem("call"), held: false)
        writer.append(first, TestPacket(position: 1))
        writer.append(second, TestPacket(position: 2))
        writer.flushAll(olderThan: .max)
        writer.append(first, TestPacket(position: 3))
        writer.append(second, TestPacket(position: 4))
        #expect(writer.finish(second).names == ["call-2.pcap"])
        #expect(writer.finish(first).names == ["call-3.pcap"])
        #expect(place.read("call.pcap") == [1])
        #expect(place.read("call.pcap.partial") == [2])
        #expect(try #require(Capture(place.read("call-2.pcap"))).positions == [2, 4])
        #expect(try #require(Capture(place.read("call-3.pcap"))).positions == [1, 3])
    }

    @Test func foldersAreMadeAndSurviveRemoval() throws {
        var writer = CallFileWriter(directory: archive, options: CallFileOptions(), bufferBudget: 1 << 20)
        for round in 0..<3 {
            for folder in 0..<10 {
                let set = writer.open(stem: stem("d\(folder)/h/call\(round)"), held: false)
                writer.append(set, TestPacket(position: 1))
                #expect(writer.finish(set).names == ["d\(folder)/h/call\(round).pcap"])
            }
            TemporaryDirectory.run("rm -rf '\(place.path)/d'[89]")
        }
        var status = stat()
        #expect(stat("\(place.path)/d1/h", &status) == 0)
        #expect(status.st_mode & 0o777 == 0o750)
        // A folder that is a symbolic link would lead out of the archive.
        TemporaryDirectory.run("ln -s /tmp '\(place.path)/evil'")
        let set = writer.open(stem: stem("evil/lippycat-test"), held: false)
        writer.append(set, TestPacket(position: 1))
        let finished = writer.finish(set)
        #expect(finished.names.isEmpty)
        #expect(finished.error?.reason == .create)
        #expect(finished.packetsLost == 1)
    }

    @Test func finishedSetsAreNoticed() {
        var writer = CallFileWriter(directory: archive, options: CallFileOptions(), bufferBudget: 1 << 20)
        let set = writer.open(stem: stem("call"), held: false)
        #expect(writer.finish(set) == FinishedFiles())
        let next = writer.open(stem: stem("next"), held: false)
        writer.append(set, TestPacket(position: 1))
        #expect(writer.finish(set) == FinishedFiles())
        writer.release(set)
        writer.discard(set)
        #expect(writer.counters.staleSets == 4)
        writer.discard(next)
        #expect(writer.openSets == 0)
        #expect(place.files().isEmpty)
    }
}
