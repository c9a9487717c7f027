import Foundation
import Testing

/// Commands for calls and files.
@Suite struct HookTests {
    private static let sample = Capture.path("sipp/udp/capture.pcap")

    /// A script that writes its arguments, one a line between brackets, behind those of others.
    private func recorder(_ more: String = "") throws -> (script: String, output: String) {
        let folder = try Command.folder()
        let output = folder + "/output"
        let script = folder + "/script"
        // One write for the line: several of them run at once.
        try
            "#!/bin/sh\nline=; for a in \"$@\"; do line=\"$line[$a]\"; done; printf '%s\\n' \"$line\" >> \(output)\n\(more)\n"
            .write(
                toFile: script, atomically: true, encoding: .utf8)
        chmod(script, 0o755)
        return (script, output)
    }

    private func lines(_ path: String) -> [String] {
        ((try? String(contentsOfFile: path, encoding: .utf8)) ?? "").split(separator: "\n").map(String.init)
    }

    @Test func everyFileAndEveryCall() throws {
        let folder = try Command.folder()
        let (script, output) = try recorder()
        let run = try Command.run(
            "sniff", "voip", "-r", Self.sample, "-o", folder, "--format", "json", "--pcap-command",
            "\(script) file %pcap%",
            "--voip-command", "\(script) call %callid% %dirname% %caller% '%called% at %calldate%'")
        #expect(run.status == 0 && run.error == "")
        #expect(run.output.contains("\"hooks_run\":6"))
        let lines = lines(output)
        let names = LiveCapture.files(in: folder).filter { $0.hasSuffix(".pcap") }
        #expect(names.count == 3)
        for name in names { #expect(lines.contains("[file][\(folder)/\(name)]")) }
        for number in 1...3 {
            #expect(
                lines.contains {
                    $0.hasPrefix("[call][\(number)-12159@198.18.10.1][\(folder)][") && $0.hasSuffix("Z]")
                        && $0.contains(" at 2026-")
                })
        }
        #expect(lines.count == 6)
    }

    /// The file has its final name and form when the command sees it, also when it is compressed first.
    @Test func theFileIsFinal() throws {
        let folder = try Command.folder()
        let (script, output) = try recorder("gzip -t \"$1\" && echo good >> $(dirname $0)/output")
        #expect(
            try Command.run(
                "sniff", "voip", "-r", Self.sample, "-o", folder, "-q", "--compress", "gzip", "--pcap-command",
                "\(script) %pcap%"
            ).status == 0)
        #expect(lines(output).count { $0 == "good" } == 3)
    }

    @Test func withoutAnOutputDirectory() throws {
        let (script, output) = try recorder()
        #expect(
            try Command.run(
                "sniff", "voip", "-r", Self.sample, "-q", "--voip-command", "\(script) '<%dirname%>' %callid%"
            ).status == 0)
        #expect(lines(output).sorted().first == "[<>][1-12159@198.18.10.1]")
    }

    /// The same length as the capture's own, so that it can be put in its place.
    @Test(arguments: [
        "$(touch HERE/pwned)", "`touch HERE/pwned`;", "';touch HERE/pwn;'x", "--exec=HERE/x12345", "@HERE/etc/passwdxx",
        "\";id;\"|sh -c id>xx", "a\tb$IFS;reboot;;12",
    ]) func hostileCallIDs(callID: String) throws {
        let folder = try Command.folder()
        let original = "2-12159@198.18.10.1"
        let text = String(callID.replacingOccurrences(of: "HERE", with: ".").prefix(original.count))
        let hostile = text + String(repeating: "x", count: original.count - text.count)
        var bytes = try Capture.bytes("sipp/udp/capture.pcap")
        while let range = bytes.range(of: Data(original.utf8)) {
            bytes.replaceSubrange(range, with: Data(hostile.utf8))
        }
        let capture = folder + "/capture.pcap"
        try bytes.write(to: URL(fileURLWithPath: capture))
        let (script, output) = try recorder()
        // Also where a shell does stand in the command.
        let run = try Command.run(
            "sniff", "voip", "-r", capture, "--format", "json", "--voip-command", "sh -c '\(script) %callid% %caller%'")
        #expect(run.status == 0 && run.error == "")
        #expect(run.output.contains("\"hooks_run\":3"))
        let found = lines(output)
        #expect(found.count == 3)
        #expect(found.allSatisfy { $0.hasPrefix("[") && !$0.hasPrefix("[-") && !$0.hasPrefix("[@") })
        #expect(!FileManager.default.fileExists(atPath: "pwned") && !FileManager.default.fileExists(atPath: "pwn"))
        // Each is one argument, of characters that mean nothing to anybody.
        let harmless = CharacterSet(charactersIn: "[]._@+=-~").union(.alphanumerics)
        #expect(found.allSatisfy { $0.unicodeScalars.allSatisfy { harmless.contains($0) } })
    }

    /// What takes too long is ended with everything that it has started.
    @Test func aTimeLimit() throws {
        let (script, output) = try recorder("(sleep 6; echo survived >> $(dirname $0)/output) & sleep 60")
        let begin = Date()
        let run = try Command.run(
            "sniff", "voip", "-r", Self.sample, "--format", "json", "--voip-command", "\(script) %callid%",
            "--command-timeout", "3s")
        #expect(run.status == 0)
        #expect(Date().timeIntervalSince(begin) < 30)
        #expect(run.output.contains("\"hooks_run\":3,\"hooks_timed_out\":3"))
        #expect(run.error.contains("hooks: a command took too long and was ended"))
        sleep(6)
        #expect(lines(output).count == 3 && !lines(output).contains("survived"))
    }

    @Test(arguments: [1, 3]) func soManyAtOnce(concurrency: Int) throws {
        // A directory can be made once: whoever fails to was not alone.
        let (script, output) = try recorder(
            "d=$(dirname $0)/alone; mkdir $d 2>/dev/null || echo together >> $(dirname $0)/output; sleep 0.4; rmdir $d 2>/dev/null"
        )
        #expect(
            try Command.run(
                "sniff", "voip", "-r", Self.sample, "-q", "--voip-command", "\(script) x", "--command-concurrency",
                "\(concurrency)"
            ).status == 0)
        #expect(lines(output).contains("together") == (concurrency > 1))
        #expect(lines(output).count { $0 == "[x]" } == 3)
    }

    /// A replay waits for room in the queue: every command runs.
    @Test func aReplayRunsAll() throws {
        let (script, output) = try recorder()
        #expect(
            try Command.run(
                "sniff", "voip", "-r", Self.sample, "-q", "--voip-command", "\(script) x", "--command-concurrency", "1",
                "--command-queue", "1"
            ).status == 0)
        #expect(lines(output).count == 3)
    }

    /// One command runs, two wait, and the others are refused.
    @Test func liveTheExcessIsCounted() throws {
        let (script, output) = try recorder("until [ -e $(dirname $0)/go ]; do sleep 0.1; done")
        let live = try LiveCapture([
            "--voip-command", "\(script) x", "--command-concurrency", "1", "--command-queue", "2", "--command-timeout",
            "60s",
        ])
        live.call("first@x")
        #expect(RunningCommand.eventually { lines(output).count == 1 })
        for number in 0..<9 { live.call("call-\(number)@x") }
        #expect(RunningCommand.eventually { live.records.count == 10 })
        #expect(RunningCommand.eventually { live.command.error.contains("hooks: too many commands wait") })
        try Data().write(to: URL(fileURLWithPath: output).deletingLastPathComponent().appendingPathComponent("go"))
        let (status, summary) = try live.stop()
        #expect(status == 0)
        #expect(summary.contains("\"hooks_refused\":7"), "\(summary)")
        #expect(lines(output).count == 3)
    }

    /// The library that runs commands has a thread that blocks no signal. What a signal does there must not end lc.
    @Test func signalsOnceCommandsRun() throws {
        let folder = try Command.folder()
        let live = try LiveCapture([
            "--voip-command", "touch \(folder)/ran", "--audit-log", "\(folder)/audit", "--log-file", "\(folder)/log",
        ])
        live.call("first@x")
        #expect(RunningCommand.eventually { FileManager.default.fileExists(atPath: folder + "/ran") })
        for _ in 0..<50 {
            for signal in [SIGHUP, SIGUSR1, SIGUSR2] { live.command.signal(signal) }
            usleep(2000)
        }
        #expect(live.command.isRunning)
        live.call("second@x")
        #expect(RunningCommand.eventually { live.records.count == 2 })
        let (status, summary) = try live.stop()
        #expect(status == 0)
        #expect(summary.contains("\"calls\":2") && summary.contains("\"hooks_run\":2"))
        let audit = try lines(folder + "/audit").map {
            try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
        let told = audit.filter { ["reload", "stop"].contains($0?["action"] as? String) }
        #expect(told.count > 1 && told.allSatisfy { $0?["by_process_id"] as? Int == Int(getpid()) })
    }

    @Test func commandsThatFail() throws {
        let run = try Command.run(
            "sniff", "voip", "-r", Self.sample, "--format", "json", "--voip-command", "false")
        #expect(run.status == 0 && run.output.contains("\"hooks_failed\":3"))
        #expect(run.error.contains("hooks: a command failed"))
        let missing = try Command.run(
            "sniff", "voip", "-r", Self.sample, "--format", "json", "--voip-command", "/nonexistent/program")
        #expect(missing.status == 0 && missing.output.contains("\"hooks_failed\":3"))
        #expect(missing.error.contains("a command could not be run"))
    }

    @Test func aShellsSignsAreAUsageError() throws {
        let run = try Command.run("sniff", "voip", "-r", Self.sample, "--voip-command", "notify %callid% | mail root")
        #expect(run.status == 64 && run.error.contains("without one"))
    }

    /// Our signal mask is not theirs, and neither are our descriptors.
    @Test func theCommandsSurroundings() throws {
        let folder = try Command.folder()
        let output = folder + "/status"
        let script = folder + "/script"
        try "#!/bin/sh\ngrep -E 'SigBlk|SigIgn' /proc/self/status > \(output)\nls -l /proc/self/fd >> \(output)\n"
            .write(
                toFile: script, atomically: true, encoding: .utf8)
        chmod(script, 0o755)
        #expect(
            try Command.run(
                "sniff", "voip", "-r", Self.sample, "-o", folder + "/calls", "-q", "--voip-command", script,
                "--command-concurrency", "1"
            ).status == 0)
        let text = try String(contentsOfFile: output, encoding: .utf8)
        // Of the signals that are ignored only the C library's own two, 32 and 33, may be left.
        #expect(text.contains("SigBlk:\t0000000000000000"))
        #expect(text.contains("SigIgn:\t0000000000000000") || text.contains("SigIgn:\t0000000180000000"))
        #expect(!text.contains(folder + "/calls"))
    }
}
