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

    // MARK: Rotation

    @Test func aLogRotatesBeforeTheLineThatIsTooMuch() throws {
        let directory = TemporaryDirectory()
        var options = options(directory.path + "/lc.log")
        options.rotate = true
        options.rotateSize = 10
        options.rotateKeep = 2
        let sink = try LogSink(options, isJournal: false)
        for line in ["one", "two", "three", "four is long enough for itself", "five", "six"] {
            sink.write(line, priority: 6)
        }
        // "one\ntwo\n" are 8 bytes, "three\n" would make 14; of the older files two are kept.
        #expect(directory.read("lc.log") == "five\nsix\n")
        #expect(directory.read("lc.log.1") == "four is long enough for itself\n")
        #expect(directory.read("lc.log.2") == "three\n")
        #expect(directory.read("lc.log.3").isEmpty)
        #expect(sink.lost == 0)
    }

    @Test func aLogThatWasThereCountsItsBytes() throws {
        let directory = TemporaryDirectory()
        let path = directory.write("12345678\n", to: "lc.log")
        var options = options(path)
        options.rotate = true
        options.rotateSize = 10
        try LogSink(options, isJournal: false).write("x", priority: 6)
        #expect(directory.read("lc.log") == "x\n" && directory.read("lc.log.1") == "12345678\n")
    }

    @Test func aLogThatCannotRotateGoesOn() throws {
        let directory = TemporaryDirectory()
        let path = directory.path + "/lc.log"
        directory.write("in the way", to: "lc.log.1/file")
        var options = options(path)
        options.rotate = true
        options.rotateSize = 4
        options.rotateKeep = 1
        let sink = try LogSink(options, isJournal: false)
        for line in ["one", "two", "three"] { sink.write(line, priority: 6) }
        #expect(directory.read("lc.log") == "one\ntwo\nthree\n" && sink.lost == 0)
    }

    // MARK: Who called whom

    @Test func marksStandForCallsAndNumbers() {
        let mask = LogMask(key: 7)
        let id = mask.value("abc", of: "call_id")
        #expect(id.hasPrefix("~") && id.utf8.count == 9 && id == mask.value("abc", of: "from"))
        #expect(id != LogMask(key: 8).value("abc", of: "call_id"))
        #expect(mask.value("12345678", of: "packets") == "12345678")
        #expect(mask.value("12345678", of: "number") != "12345678")
        let text = mask.text(
            "call of sip:alice@example.com to +49-30-1234567 in 12 packets at calls/20260102_a@b.pcap.")
        for secret in ["alice", "1234567", "a@b", "20260102"] { #expect(!text.contains(secret), "\(text)") }
        #expect(text.hasPrefix("call of ~") && text.contains(" in 12 packets at calls/~"))
    }

    @Test func aSanitisedLogHasNoCallID() throws {
        let directory = TemporaryDirectory()
        var options = options(directory.path + "/lc.log")
        options.sanitize = true
        let sink = try LogSink(options, isJournal: false)
        let logger = Logger(label: "recovery") { LogLines(component: $0, sink: sink, level: .info) }
        logger.notice("file recovered", metadata: ["call_id": "secret", "file": "d/20260102_030405_secret.pcap"])
        #expect(!directory.read("lc.log").contains("secret"))
    }

    // MARK: Audit

    @Test func theAuditLogSaysWho() throws {
        let directory = TemporaryDirectory()
        var options = LogOptions()
        #expect(try AuditLog(options) == nil)
        options.auditFile = directory.path + "/audit.log"
        let audit = try #require(try AuditLog(options))
        audit.write("reload", by: SignalSender(process: 12, user: 1000), [("changed", .array([.string("log_level")]))])
        let line = directory.read("audit.log")
        let object = try #require(JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        #expect(object["action"] as? String == "reload" && object["by_user_id"] as? Int == 1000)
        #expect(object["changed"] as? [String] == ["log_level"] && object["process_id"] as? Int == Int(getpid()))
    }
}
