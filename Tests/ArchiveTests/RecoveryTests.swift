import Glibc
import Testing

@testable import Archive

@Suite struct RecoveryTests {
    let place: TemporaryDirectory

    init() throws { place = try TemporaryDirectory() }

    private func recover() throws -> RecoveryReport {
        try ArchiveDirectory(path: place.path, use: .live).recover()
    }

    @Test func aKilledRunIsFinishedByTheNext() async throws {
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = place.path as String] in
            let archive = try ArchiveDirectory(path: path, use: .live)
            var writer = CallFileWriter(directory: archive, options: CallFileOptions(), bufferBudget: 1 << 20)
            let sets = (0..<20).map { writer.open(stem: stem("d/call\($0)"), held: false) }
            for position in 0..<4_000 as Range<UInt64> {
                writer.append(sets[Int(position % 20)], TestPacket(position: position, length: 200))
                if position == 2_999 { writer.flushAll(olderThan: .max) }
            }
            kill(getpid(), SIGKILL)
        }
        let report = try recover()
        #expect(report.files.count == 20)
        #expect(report.removed == 0 && report.skipped == 0)
        let first = try #require(report.files.first)
        #expect(first.path == "d/call0.pcap")
        #expect(first.packets == 150)
        #expect(first.bytes == 150 * 200)
        #expect(first.firstTimestamp == TestPacket(position: 0).timestamp)
        #expect(first.lastTimestamp == TestPacket(position: 2_980).timestamp)
        #expect(try #require(Capture(place.read("d/call0.pcap"))).records.count == 150)
        #expect(place.files().allSatisfy { $0.hasSuffix(".pcap") })
        #expect(try recover() == RecoveryReport())
    }

    @Test func everyTruncationEndsAtAWholeRecord() throws {
        let whole = PcapFile(lengths: [0, 1, 40, 17, 262_144, 3]).bytes
        let ends = PcapFile(lengths: [0, 1, 40, 17, 262_144, 3]).ends
        var cuts = Array(0...160)
        cuts += [whole.count - 262_000, whole.count - 20, whole.count - 19, whole.count - 1, whole.count]
        for cut in cuts {
            place.write("call.pcap.partial", Array(whole[..<cut]))
            let report = try recover()
            let end = ends.last { $0 <= cut }
            #expect(place.exists("call.pcap.partial") == false)
            if let end, end > 24 {
                #expect(report.files.map(\.path) == ["call.pcap"], "cut at \(cut)")
                #expect(report.files.first?.bytesCut == UInt64(cut - end))
                #expect(place.read("call.pcap") == Array(whole[..<end]))
                remove("\(place.path)/call.pcap")
            } else {
                #expect(report.removed == 1, "cut at \(cut)")
                #expect(place.files().isEmpty)
            }
        }
    }

    @Test func damageEndsTheFileInFrontOfIt() throws {
        let file = PcapFile(lengths: [50, 50, 50])
        var damaged: [(String, [UInt8])] = [
            ("zeros", Array(file.bytes[..<file.ends[2]]) + [UInt8](repeating: 0, count: 4_096))
        ]
        for (name, offset, value) in [("caplen", 11, UInt8(0x7f)), ("ticks", 7, 0xff), ("longer", 8, 51)] {
            var bytes = file.bytes
            bytes[file.ends[2] + offset] = value
            damaged.append((name, bytes))
        }
        for (name, bytes) in damaged { place.write("\(name).pcap.partial", bytes) }
        place.write("allzero.pcap.partial", [UInt8](repeating: 0, count: 8_192))
        let report = try recover()
        #expect(report.files.map(\.packets) == [2, 2, 2, 2])
        #expect(report.removed == 1)
        for (name, _) in damaged { #expect(place.read("\(name).pcap") == Array(file.bytes[..<file.ends[2]])) }
    }

    @Test func nothingElseIsTouched() throws {
        let file = PcapFile(lengths: [50]).bytes
        let outside = try TemporaryDirectory()
        outside.write("out.pcap.partial", file)
        place.write("call.pcap", file)
        place.write("call.pcap.partial", file)
        place.write("download.partial", file)
        place.write("text.pcap.partial", Array("this is not a capture file at all".utf8))
        TemporaryDirectory.run(
            """
            cd '\(place.path)' && ln -s '\(outside.path)' folder && ln -s '\(outside.path)/out.pcap.partial' l.pcap.partial \
            && mkfifo pipe.pcap.partial && mkdir dir.pcap.partial theirs
            """)
        place.write("theirs/other.pcap.partial", file)
        let theirs = try ArchiveDirectory(path: place.path + "/theirs", use: .live)
        let report = try recover()
        #expect(report.files.map(\.path) == ["call-2.pcap"])
        #expect(report.skipped == 1)
        #expect(report.foldersLocked == 1)
        #expect(
            place.files() == [
                "call-2.pcap", "call.pcap", "download.partial", "folder", "l.pcap.partial", "pipe.pcap.partial",
                "text.pcap.partial", "theirs/other.pcap.partial",
            ])
        #expect(outside.files() == ["out.pcap.partial"])
        _ = theirs.path
    }

    @Test func unfinishedCopiesNeverDoubleACall() throws {
        let file = PcapFile(lengths: [50, 60]).bytes
        place.write("call.pcap.partial", file)
        place.write("call.pcap.order.partial", Array(file[..<60]))
        place.write("late.pcap.order.partial", file)
        let report = try recover()
        #expect(report.files.map(\.path) == ["call.pcap", "late.pcap"])
        #expect(report.removed == 1)
        #expect(place.read("call.pcap") == file)
    }

    @Test(.enabled(if: TemporaryDirectory.run("command -v capinfos tshark >/dev/null") == 0))
    func othersReadTheFilesToTheEnd() throws {
        let archive = try ArchiveDirectory(path: place.path, use: .live)
        var options = CallFileOptions()
        options.maxFileSize = 5_000
        var writer = CallFileWriter(directory: archive, options: options, bufferBudget: 4 << 10)
        let set = writer.open(stem: stem("call"), held: false)
        for position in [1, 4, 2, 3, 9, 8, 7, 6, 5] as [UInt64] {
            for linkType in [1, 276] as [UInt32] {
                writer.append(set, TestPacket(position: position, linkType: linkType, length: 900), floor: 0)
                writer.flushAll(olderThan: .max)
            }
        }
        let names = writer.finish(set).names
        #expect(names.count == 4)
        for name in names {
            #expect(TemporaryDirectory.run("capinfos '\(place.path)/\(name)' >/dev/null 2>&1") == 0)
            #expect(TemporaryDirectory.run("tshark -n -r '\(place.path)/\(name)' >/dev/null 2>&1") == 0)
        }
    }
}

/// A file as the writer makes it, and where its records end (the header's end first).
struct PcapFile {
    var bytes = PcapFormat.fileHeaderBytes(nanoseconds: false, snapLength: 262_144, linkType: 1)
    var ends: [Int]

    init(lengths: [Int]) {
        ends = [bytes.count]
        for (index, length) in lengths.enumerated() {
            for word in [1_700_000_000 + UInt32(index), 5, UInt32(length), UInt32(length)] {
                bytes += (0..<4).map { UInt8(truncatingIfNeeded: word >> (8 * UInt32($0))) }
            }
            bytes += [UInt8](repeating: UInt8(index), count: length)
            ends.append(bytes.count)
        }
    }
}
