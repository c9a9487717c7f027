import Foundation
import Testing

/// `lc sniff` without `voip`: any packets, as lines or as one capture.
@Suite struct SniffPacketsTests {
    static let captures = [
        "sipp/udp/capture.pcap", "sll/any/capture.pcap", "sll2/any/capture.pcap", "vlan/qinq/capture.pcap",
        "fragments/ipv6/capture.pcap", "tcp/offload/capture.pcap", "formats/nanosecond/capture.pcap",
        "formats/gzip/capture.pcap.gz", "formats/pcapng/capture.pcapng", "test-sip-tcp.pcap",
    ]

    /// Everything of a classic little-endian capture that has to survive.
    private struct Classic: Equatable {
        var magic: UInt32 = 0
        var linkType: UInt32 = 0
        var records: [Data] = []

        init(_ bytes: Data) {
            let bytes = Data(bytes)
            func word(_ offset: Int) -> UInt32 {
                (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << (8 * UInt32($1)) }
            }
            guard bytes.count >= 24 else { return }
            magic = word(0)
            linkType = word(20)
            var offset = 24
            while offset + 16 <= bytes.count {
                let end = offset + 16 + Int(word(offset + 8))
                guard end <= bytes.count else { return }
                records.append(bytes[offset..<end])
                offset = end
            }
        }
    }

    private func objects(_ text: String) throws -> [[String: Any]] {
        try text.split(separator: "\n").map {
            try #require(try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any])
        }
    }

    @Test(arguments: captures) func linesAreJSONAndAsManyAsPackets(name: String) throws {
        let run = try Command.run("sniff", Capture.path(name), "--format", "json")
        #expect(run.status == 0, "\(run.error)")
        let lines = try objects(run.output)
        #expect(lines.map { $0["number"] as? Int } == Array(1...lines.count))
        #expect(lines.allSatisfy { $0["type"] as? String == "packet" && $0["time"] is String && $0["length"] is Int })
        #expect(run.error.hasPrefix("\(lines.count) packets, "))
        let copy = try Command.folder() + "/copy.pcap"
        #expect(try Command.run("sniff", Capture.path(name), "-w", copy).status == 0)
        #expect(try Classic(Data(contentsOf: URL(fileURLWithPath: copy))).records.count == lines.count)
    }

    @Test(arguments: captures.filter { $0.hasSuffix(".pcap") }) func aCopyEqualsTheInput(name: String) throws {
        let copy = try Command.folder() + "/copy.pcap"
        let run = try Command.run("sniff", Capture.path(name), "-w", copy)
        #expect(run.status == 0 && run.output.isEmpty)
        #expect(try Classic(Data(contentsOf: URL(fileURLWithPath: copy))) == Classic(Capture.bytes(name)))
    }

    @Test func aCopyThroughPipes() throws {
        let name = "sipp/udp/capture.pcap"
        let copy = try Command.folder() + "/copy.pcap"
        let shell = "cat \"$1\" | \"$0\" sniff -r - -w - | cat > \"$2\""
        let run = try Command.run(
            list: ["-c", shell, Command.path, Capture.path(name), copy], program: "/bin/sh")
        #expect(run.status == 0)
        #expect(try Classic(Data(contentsOf: URL(fileURLWithPath: copy))) == Classic(Capture.bytes(name)))
    }

    @Test func aWindow() throws {
        let name = Capture.path("sipp/udp/capture.pcap")
        let all = try objects(Command.run("sniff", name, "--format", "json").output)
        let times = all.compactMap { $0["time"] as? String }
        func window(_ options: String...) throws -> [String] {
            let run = try Command.run(list: ["sniff", name, "--format", "json"] + options)
            return try objects(run.output).compactMap { $0["time"] as? String }
        }
        #expect(try window("--count", "7") == Array(times.prefix(7)))
        let (from, to) = (times[100], times[300])
        #expect(try window("--from-time", from, "--to-time", to) == times.filter { $0 >= from && $0 < to })
        #expect(try window("--from-time", from, "--count", "150") == times.prefix(150).filter { $0 >= from })
        let second = try window("--duration", "1s")
        #expect(second == Array(times.prefix(second.count)))
        #expect(second.count > 10 && second.count < times.count)
    }

    @Test func aFilter() throws {
        let name = Capture.path("sipp/udp/capture.pcap")
        let run = try Command.run("sniff", name, "--format", "json", "-f", "udp port 5060")
        let lines = try objects(run.output)
        #expect(lines.count == 21)
        #expect(lines.allSatisfy { ($0["source"] as? String)?.hasSuffix(":5060") == true })
        #expect(lines.allSatisfy { $0["protocol"] as? String == "udp" })
    }

    @Test func severalFilesAreMergedByTime() throws {
        let names = ["sipp/rejected/capture.pcap", "sipp/udp/capture.pcap"].map(Capture.path)
        let run = try Command.run(list: ["sniff", "--format", "json"] + names)
        let times = try objects(run.output).compactMap { $0["time"] as? String }
        #expect(times == times.sorted())
        #expect(times.count == 714)
    }

    @Test func textAndCSV() throws {
        let name = Capture.path("sipp/udp/capture.pcap")
        let text = try Command.run("sniff", name, "-f", "udp port 5060", "--count", "1", "--format", "text")
        #expect(text.output.hasPrefix("2026-") && text.output.contains(":5060 > "))
        let csv = try Command.run("sniff", name, "--count", "3", "--format", "csv")
        let lines = csv.output.split(separator: "\n")
        #expect(lines.count == 4)
        #expect(Set(lines.map { $0.filter { $0 == "," }.count }) == [8])
    }

    @Test func twoLinkTypesGiveTwoFiles() throws {
        let copy = try Command.folder() + "/copy.pcap"
        let names = ["sipp/udp/capture.pcap", "sll2/any/capture.pcap"]
        #expect(try Command.run(list: ["sniff", "-w", copy] + names.map(Capture.path)).status == 0)
        let files = try [copy, copy.dropLast(5) + ".linux_sll2.pcap"].map {
            try Classic(Data(contentsOf: URL(fileURLWithPath: String($0))))
        }
        let inputs = try names.map { try Classic(Capture.bytes($0)) }
        #expect(files.map(\.linkType).sorted() == [1, 276])
        #expect(Set(files.flatMap(\.records)) == Set(inputs.flatMap(\.records)))
    }

    @Test func anInterruptEndsAWaitingCopy() throws {
        let copy = try Command.folder() + "/copy.pcap"
        let pipe = try NamedPipe()
        let command = try RunningCommand("sniff", pipe.path, "-w", copy)
        let bytes = try Capture.bytes("sipp/udp/capture.pcap")
        try pipe.write(bytes.prefix(60_000))
        #expect(
            RunningCommand.eventually {
                command.signal(SIGUSR1)
                usleep(100_000)
                return command.error.contains("25") && command.error.contains(" packets, ")
            })
        command.signal(SIGINT)
        #expect(command.wait() == 0)
        let written = try Data(contentsOf: URL(fileURLWithPath: copy))
        #expect(Classic(written).records == Classic(bytes.prefix(60_000)).records)
    }
}
