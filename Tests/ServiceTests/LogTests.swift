import Foundation
import Glibc
import Logging
import Testing

@testable import Service

@Suite struct LogTests {
    static let time: Int64 = 1_767_323_045_678_901_234

    @Test func aLineHasItsComponentAsTheFourthWord() {
        let line = LogLines.text(
            Self.time, .warning, "memory", "TCP reassembly at 75 %", [("bytes", "78643200"), ("note", "a b\"c")])
        #expect(
            line == "2026-01-02 03:04:05.678 warning memory: TCP reassembly at 75 % bytes=78643200 note=\"a b\\\"c\"")
        #expect(line.split(separator: " ")[3] == "memory:")
    }

    @Test func controlCharactersCannotForgeALine() {
        let line = LogLines.text(Self.time, .info, "a b\u{7}", "x\ny\u{1B}[2J\u{9B}1m", [("k\n", "v\r\n"), ("e", "")])
        #expect(line == "2026-01-02 03:04:05.678 info a_b\\x07: x\\ny\\x1b[2J\\u{9b}1m k\\n=v\\r\\n e=\"\"")
    }

    @Test func linesOfJSON() throws {
        let line = LogLines.json(Self.time, .error, "tcp", "x\n\"y\"", [("level", "7"), ("n", "1")])
        let object = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: String])
        #expect(
            object == [
                "time": "2026-01-02T03:04:05.678901234Z", "level": "error", "component": "tcp", "message": "x\n\"y\"",
                "level_": "7", "n": "1",
            ])
        #expect(!line.contains("\n"))
    }

    func options(_ path: String) -> LogOptions {
        var options = LogOptions()
        options.file = path
        return options
    }

    @Test func aLoggerWritesToTheFileFromItsLevelOn() throws {
        let directory = TemporaryDirectory()
        let sink = try LogSink(options(directory.path + "/lc.log"), isJournal: false)
        let logger = Logger(label: "calls") { LogLines(component: $0, sink: sink, level: .warning) }
        logger.info("not this")
        logger.error("this", metadata: ["b": "2", "a": "1"])
        let text = directory.read("lc.log")
        #expect(text.hasSuffix(" error calls: this a=1 b=2\n"))
        #expect(text.split(separator: "\n").count == 1)
    }

    @Test func theFileIsOpenedAnewAfterRotation() throws {
        let directory = TemporaryDirectory()
        let path = directory.path + "/lc.log"
        let sink = try LogSink(options(path), isJournal: false)
        sink.write("one", priority: 6)
        rename(path, path + ".1")
        sink.write("two", priority: 6)
        try sink.reopen()
        sink.write("three", priority: 6)
        #expect(directory.read("lc.log.1") == "one\ntwo\n")
        #expect(directory.read("lc.log") == "three\n")
        #expect(sink.lost == 0)
    }

    @Test func aFileThatCannotBeOpenedIsAnError() {
        #expect {
            try LogSink(options("/nonexistent/lc.log"))
        } throws: { ($0 as? CommandError)?.exitStatus == .cannotCreateOutput }
    }

    @Test func aLineThatIsLostIsCounted() throws {
        let sink = try LogSink(options("/dev/full"), isJournal: false)
        sink.write("x", priority: 6)
        #expect(sink.lost == 1)
    }

    @Test func prioritiesOfTheJournal() {
        #expect(Logger.Level.allCases.map(\.syslogPriority) == [7, 7, 6, 5, 4, 3, 2])
    }
}
