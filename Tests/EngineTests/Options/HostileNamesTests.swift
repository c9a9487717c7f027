import Foundation
import Testing

@testable import Engine

/// A Call-ID is untrusted: whatever it is, its file is in the output directory and nobody else's.
@Suite struct HostileNamesTests {
    static let hostile = [
        "../../etc/passwd", "..", ".", "/etc/passwd", "a/../b", "a%00b", "a\u{0}b", "-rf", ".hidden", "{callid}", "a b",
        String(repeating: "x", count: 2000), String(repeating: "x", count: 100) + "1",
        String(repeating: "x", count: 100) + "2", "\u{fc}\u{202e}", "con|<>:*?", "..\\..\\x",
    ]

    @Test(arguments: ["{timestamp}_{callid}.pcap", "{callid}.pcap", "{callid}/{kind}.pcap"])
    func namesStayInTheDirectoryAndDiffer(_ pattern: String) throws {
        var scenario = Scenario()
        for (index, callID) in Self.hostile.enumerated() {
            let message = Message.request("INVITE", callID)
            scenario.add(
                Double(index) / 100,
                Frame.udp(Peer("198.18.0.1", 5060), Peer("198.18.0.2", 5060), Array(message.text.utf8)))
        }
        let folder = TemporaryFolder()
        let inputs = TemporaryFolder()
        var options = EngineOptions()
        options.archive = ArchiveOptions(directory: folder.path + "/deep/out")
        options.archive?.pattern = pattern
        let outcome = try Outcome(folder, inputs: [try inputs.write("in.pcap", scenario.capture)], options)
        let names = outcome.records.flatMap(\.files)
        // A Call-ID with a space in it ends there or does not; either way each message has its file.
        #expect(outcome.records.count == Self.hostile.count)
        #expect(Set(names).count == Self.hostile.count)
        for name in names {
            let parts = name.split(separator: "/", omittingEmptySubsequences: false)
            #expect(parts.count == pattern.split(separator: "/").count)
            #expect(parts.allSatisfy { !$0.isEmpty && !$0.hasPrefix(".") && $0.utf8.count <= 255 })
            #expect(name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f })
        }
        // Nothing has been written anywhere else.
        let everything = FileManager.default.enumerator(atPath: folder.path)?.allObjects as? [String] ?? []
        let captures = everything.filter { $0.hasSuffix(".pcap") }.map { String($0.dropFirst("deep/out/".count)) }
        #expect(captures.sorted() == names.sorted())
        #expect(everything.allSatisfy { $0 == "deep" || $0.hasPrefix("deep/out") })
    }

    @Test func namesAreTheSameForAnyNumberOfWorkers() throws {
        var scenario = Scenario()
        for (index, callID) in Self.hostile.enumerated() {
            scenario.sip(
                Double(index) / 100, .request("INVITE", callID), Peer("198.18.0.1", 5060), Peer("198.18.0.2", 5060))
        }
        #expect(try scenario.runAllWays { $0.archive?.pattern = "{callid}.pcap" }.files.count == Self.hostile.count)
    }
}
