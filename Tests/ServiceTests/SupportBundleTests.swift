import Glibc
import Testing

@testable import Service

@Suite struct SupportBundleTests {
    private let mask = LineMask(mask: LogMask(key: 7))
    private func mark(_ text: String) -> String { mask.mask.value(text, of: "user") }

    /// A line that was written without `log_sanitize` becomes the one that would have been written with it.
    @Test func linesOfTheLog() {
        let call = "a84b4c76e66710@pc33.example"
        #expect(
            mask.line("2026-01-02 03:04:05.678 warning tcp: not put together call_id=\(call) count=12345678")
                == "2026-01-02 03:04:05.678 warning tcp: not put together call_id=\(mark(call)) count=12345678")
        #expect(
            mask.line("x call_id=plain from=\"Alice B\" to=bob n=1")
                == "x call_id=\(mark("plain")) from=\(mark("Alice B")) to=\(mark("bob")) n=1")
        #expect(
            mask.line("x file=/calls/20260102_030405_abc.pcap") == "x file=/calls/\(mark("20260102_030405_abc.pcap"))")
        #expect(
            mask.line("calls of +49 301234567 and bob@b.example:")
                == "calls of +49 \(mark("301234567")) and \(mark("bob@b.example:"))")
        #expect(mask.line("") == "" && mask.text("a\n\nb") == "a\n\nb")
    }

    @Test func theJournalsForm() {
        let line = "2026-01-02T03:04:05+0000 host lc[123]: 2026-01-02 03:04:05.678 info config: voip.sip_user changed"
        #expect(
            mask.line(line + " key=voip.sip_user new=alice old=none")
                == line + " key=voip.sip_user new=\(mark("alice")) old=\(mark("none"))")
    }

    @Test func linesOfJSON() {
        let start = #"{"time":"2026-01-02T03:04:05.000000000Z","level":"info","#
        #expect(
            mask.line(start + #""message":"to 03012345678 now","call_id":"plain","packets":123456789}"#)
                == start
                + #""message":"to \#(mark("03012345678")) now","call_id":"\#(mark("plain"))","packets":123456789}"#)
        // The audit log.
        let change =
            #"{"action":"change","key":"voip.sip_user","old":"alice","new":"bob","changed":["voip.a","voip.b"]}"#
        #expect(
            mask.line(change)
                == change.replacing("alice", with: mark("alice")).replacing("\"bob\"", with: "\"\(mark("bob"))\""))
        // A quote in a value does not end it, and what is torn stays a line.
        #expect(!mask.line(#"{"call_id":"a\"b,\"x\":\"secret@example"}"#).contains("secret"))
        #expect(!mask.line(#"{"call_id":"secret@exa"#).contains("secret"))
    }

    @Test(arguments: [
        ("2026-01-02", true), ("03:04:05", true), ("03:04:05.678", true), ("2026-01-02T03:04:05.0Z", true),
        ("20260102", false), ("030-1234567", false), ("99:99", false), ("", false),
    ])
    func timesAreNobodysNumbers(word: String, isTime: Bool) { #expect(LineMask.isTime(word) == isTime) }

    @Test func secretsOfUnits() {
        let text =
            "[Service]\nEnvironment=API_TOKEN=abc\n# a token=comment\nLoadCredential=archive.key:/x\nUser=lippycat"
        #expect(
            BundleSecrets.lines(text)
                == "[Service]\nEnvironment=********\n# a token=comment\nLoadCredential=archive.key:/x\nUser=lippycat")
    }

    @Test func settingsThatNameSomebody() throws {
        let resolved = try resolve(
            file: "voip:\n  sip_user: [alice, bob]\n  pcap_command: upload --to %pcap% hunter2\n")
        let text = ShowConfig.text(BundleSecrets.settings(resolved, mask.mask), sources: true)
        #expect(text.contains(mark("alice")) && text.contains("upload …"))
        for word in ["alice", "bob\"", "hunter2"] { #expect(!text.contains(word), "\(word)") }
    }

    @Test func argumentsThatNameSomebody() {
        let arguments = ["lc", "sniff", "voip", "-u", "alice", "--call-id=x", "-i", "eth0", "-r", "/a/b.pcap"]
        #expect(
            BundleSecrets.arguments(arguments, mask)
                == "lc sniff voip -u \(mark("alice")) --call-id=\(mark("x")) -i eth0 -r /a/\(mark("b.pcap"))")
    }

    @Test func programsAreBounded() async {
        func text(_ command: String..., seconds: Int = 60, limit: Int = 1 << 20) async -> String {
            await ProgramOutput.run(command, seconds, limit, nil)
        }
        #expect(await text("echo", "a", "b") == "a b\n")
        #expect(await text("nosuchprogram0") == "nosuchprogram0: not installed\n")
        #expect(await text("sh", "-c", "echo x; echo y >&2; exit 3").hasPrefix("x\ny\n("))
        let begin = ServiceNotifier.monotonic
        #expect(await !text("sleep", "100", seconds: 1).isEmpty)
        #expect(ServiceNotifier.monotonic - begin < 90_000_000_000)
        #expect(await text("head", "-c", "100000", "/dev/zero", limit: 1000).contains("head"))
    }

    @Test func theFolderIsBoundedAndGoes() throws {
        let folder = try BundleFolder(named: "b")
        folder.write("a.txt", String(repeating: "x", count: BundleFolder.mostBytes - 10))
        folder.write("b.txt", String(repeating: "y", count: 100))
        var status = stat()
        #expect(
            stat(folder.parent + "/b/b.txt", &status) == 0 && status.st_size == 10 && status.st_mode & 0o777 == 0o600)
        folder.remove()
        #expect(stat(folder.parent, &status) != 0)
    }
}
