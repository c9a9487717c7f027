import Testing

@testable import Calls

@Suite("Call table")
struct CallTableTests {
    func lines(_ calls: [CallRecord], width: Int) -> [String] {
        let table = CallTable(width: width)
        let all = text {
            table.appendHeader(to: &$0)
            for call in calls { table.append(call, to: &$0) }
        }
        #expect(all.hasSuffix("\n"))
        return all.dropLast().split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    @Test func atEightyColumns() {
        #expect(
            lines([.sample, CallRecord()], width: 80) == [
                "START    DURATION STATE      FROM      TO        PACKETS LOSS% JIT(ms) CALL-ID",
                "03:04:05    12.3s ended      alice     bob          1234   0.6     0.3 a84b4c76…",
                "-               - trying     -         -               0     -       - ",
            ])
    }

    @Test func fileFromOneHundredAndTwenty() {
        let line = lines([.sample], width: 200)[1]
        #expect(line.hasPrefix("2026-01-02 03:04:05     12.3s ended"))
        #expect(line.hasSuffix("20260102_030405_abc.pcap"))
        #expect(line.contains("a84b4c76e66710@a.example"))
        #expect(!lines([.sample], width: 119)[0].contains("FILE"))
        #expect(lines([.sample], width: 120)[0].contains("FILE"))
    }

    @Test func noLineIsWiderThanAsked() {
        var long = CallRecord.sample
        long.callID = String(repeating: "0123456789", count: 60)
        long.files = [long.callID]
        long.from.user = long.callID
        for width in 0...500 {
            for line in lines([long, .sample, CallRecord()], width: width) {
                #expect(line.unicodeScalars.count <= min(max(width, 80), CallTable.unlimitedWidth))
            }
        }
        #expect(lines([long], width: 120)[1].unicodeScalars.count == 120)
    }

    @Test func durations() {
        func shown(_ seconds: Double) -> Substring? {
            var call = CallRecord.sample
            call.duration = Int64(seconds * 1e9)
            return lines([call], width: 80)[1].split(separator: " ")[1...].first
        }
        #expect(shown(0) == "0.0s" && shown(59.94) == "59.9s" && shown(60) == "1:00")
        #expect(shown(3599) == "59:59" && shown(3600) == "1:00:00" && shown(360_000) == "100:00:00")
    }

    /// Nothing but printable characters reaches the terminal, and the columns stay where they are.
    @Test(arguments: hostileTexts)
    func hostileText(_ hostile: String) {
        var call = CallRecord.sample
        call.from.user = hostile
        call.callID = hostile
        call.files = [hostile]
        for width in [80, 120, 200] {
            let lines = lines([call], width: width)
            #expect(lines.count == 2)
            let categories = lines.joined().unicodeScalars.map(\.properties.generalCategory)
            #expect(!categories.contains(.control) && !categories.contains(.format))
            #expect(!categories.contains(.nonspacingMark))
        }
    }

    @Test func wideCharactersTakeTwoColumns() {
        let cut = TerminalText("東京都", limit: 5)
        #expect(String(decoding: cut.bytes, as: UTF8.self) == "東京…" && cut.width == 5)
        let narrow = TerminalText("東京都", limit: 4)
        #expect(String(decoding: narrow.bytes, as: UTF8.self) == "東…" && narrow.width == 3)
        #expect(TerminalText("東京", limit: 4).width == 4)
        #expect(TerminalText("abc", limit: 0).bytes.isEmpty && TerminalText("", limit: 0).width == 0)
        #expect(String(decoding: TerminalText("abc", limit: 1).bytes, as: UTF8.self) == "…")
    }
}
