import Foundation
import Scenarios
import Testing
import Traffic

@testable import Checking

@Suite struct GenerationTests {
    @Test func sameSeedSameBytes() throws {
        let files = try GeneratedFiles()
        let one = try files.generate("one")
        let same = try files.generate("same")
        let other = try files.generate("other", seed: 6)
        #expect(try files.bytes(one.capture) == files.bytes(same.capture))
        #expect(try files.bytes(one.truth) == files.bytes(same.truth))
        #expect(try files.bytes(one.capture) != files.bytes(other.capture))
    }

    @Test(arguments: LinkType.allCases, [false, true])
    func timesNeverGoBack(link: LinkType, nanoseconds: Bool) throws {
        let files = try GeneratedFiles()
        let made = try files.generate("times", settings: { ($0.link, $0.nanoseconds) = (link, nanoseconds) })
        let file = FileBytes()
        try file.load(made.capture)
        var pcap = try #require(PcapFile(file.bytes))
        #expect(pcap.link == link.number && pcap.nanoseconds == nanoseconds)
        var (last, count) = (UInt64(0), 0)
        while let record = pcap.next() {
            #expect(record.nanoseconds >= last)
            last = record.nanoseconds
            count += 1
        }
        #expect(!pcap.isTruncated && count == made.summary.captured)
    }

    @Test func asManyCallsAsAskedFor() throws {
        let files = try GeneratedFiles()
        let made = try files.generate("calls", calls: 50) { $0.classes = [("plain", 1), ("tcp-trunk", 1)] }
        #expect(made.summary.calls == 50)
    }

    /// Every class makes calls whose ends are known, and whose Call-IDs are their own.
    @Test func everyClassIsInTheMixedCapture() throws {
        let files = try GeneratedFiles()
        let made = try files.generate("classes")
        let calls = try String(decoding: files.bytes(made.truth), as: UTF8.self).split(separator: "\n")
            .map { try JSONReader.value(ofText: String($0)) }
            .filter { $0["type"]?.string == "call" }
        #expect(Set(calls.compactMap { $0["class"]?.string }) == Set(Catalogue.classes.map(\.name)))
        #expect(Set(calls.compactMap { $0["call_id"]?.string }).count == calls.count)
        for call in calls {
            #expect(call["state"]?.string != nil && call["end_reason"]?.string != nil)
            #expect(call["packets"]?.integer ?? 0 > 0)
        }
    }

    @Test func splitFilesAreTheCapture() throws {
        let files = try GeneratedFiles()
        let made = try files.generate("whole", calls: 20)
        try CaptureSplitter.split(made.capture, into: 3)
        var together = try files.bytes(made.capture)[..<24]
        for part in 1...3 { together += try files.bytes("\(files.folder)/whole-\(part).pcap")[24...] }
        #expect(together == (try files.bytes(made.capture)))
    }
}
