import Foundation
import Testing

/// `lc` as a service: told to systemd, reloaded, stopped in time. HEP stands for a device, because it needs no privileges.
@Suite struct RunningServiceTests {
    /// A running `lc` with a configuration of its own.
    private final class Service {
        let configuration: String
        let log: String
        let notify: NotifySocket
        let command: RunningCommand
        private let base: String

        init(_ text: String = "", environment: [String: String] = [:]) throws {
            let folder = try Command.folder()
            log = folder + "/lc.log"
            // Lines that are indented go on below `voip:`, which stands last.
            let port = try FreePort.next()
            base = "log_file: \(log)\nvoip:\n  hep_listen: udp:127.0.0.1:\(port)\n"
            configuration = try Command.file(base + text)
            notify = try NotifySocket()
            command = try RunningCommand(
                list: ["sniff", "voip", "--config", configuration, "--format", "json"],
                environment: environment.merging(["NOTIFY_SOCKET": notify.path]) { $1 })
            try #require(RunningCommand.eventually { self.notify.count("READY=1") == 1 }, "\(command.error)")
        }

        func configure(_ text: String, whole: Bool = false) throws {
            try ((whole ? "" : base) + text).write(toFile: configuration, atomically: true, encoding: .utf8)
        }

        var lines: String { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }

        func reload() -> Bool {
            let before = notify.count("READY=1")
            command.signal(SIGHUP)
            return RunningCommand.eventually { notify.count("READY=1") == before + 1 }
        }
    }

    @Test func aReloadChangesWhatCanChange() throws {
        let service = try Service("log_level: info\n")
        try service.configure("  workers: 3\n  ring_timeout: 50s\nlog_level: debug\n")
        #expect(service.reload())
        #expect(
            service.lines.contains(" notice config: voip.ring_timeout changed key=voip.ring_timeout new=50s old=200s\n")
        )
        #expect(
            service.lines.contains(" warning config: voip.workers cannot change while lc runs; the old value stays"))
        #expect(service.lines.contains("configuration reloaded changed=2 refused=1"))
        service.command.signal(SIGTERM)
        #expect(service.command.wait() == 0)
        let order = service.notify.messages.map { String($0.prefix { $0 != "\n" && $0 != "=" }) }.filter {
            $0 != "STATUS"
        }
        service.notify.receive()
        #expect(order.prefix(3) == ["READY", "RELOADING", "READY"])
        #expect(service.notify.count("STOPPING=1") == 1)
        #expect(service.command.output.split(separator: "\n").last?.contains("\"type\":\"summary\"") == true)
    }

    @Test func anInvalidConfigurationIsRefusedAndTheOldOneStays() throws {
        let service = try Service()
        for text in ["voip: {nonsense: 1}\n", "voip:\n\tx", "voip: {workers: many}\n", "- 1\n"] {
            try service.configure(text, whole: true)
            #expect(service.reload())
        }
        try FileManager.default.removeItem(atPath: service.configuration)
        #expect(service.reload())
        let refused = service.lines.split(separator: "\n").count {
            $0.contains("configuration refused; the old one stays")
        }
        #expect(refused == 5, "\(service.lines)")
        #expect(service.lines.contains("unknown key 'voip.nonsense'"))
        try service.configure("  ring_timeout: 7s\n")
        #expect(service.reload())
        #expect(service.lines.contains("voip.ring_timeout changed"))
        service.command.signal(SIGTERM)
        #expect(service.command.wait() == 0)
    }

    @Test func aHundredReloads() throws {
        let service = try Service()
        for round in 1...100 {
            try service.configure("  ring_timeout: \(round)s\n")
            service.command.signal(SIGHUP)
            usleep(UInt32.random(in: 0...20_000))
        }
        #expect(service.reload())
        #expect(service.lines.contains("new=100s"))
        service.command.signal(SIGTERM)
        #expect(service.command.wait() == 0)
    }

    @Test func theWatchdogIsFedWhileRoundsGoOn() throws {
        let service = try Service(environment: ["WATCHDOG_USEC": "1000000"])
        #expect(RunningCommand.eventually { service.notify.count("WATCHDOG=1") >= 4 })
        service.command.signal(SIGTERM)
        #expect(service.command.wait() == 0)
    }

    /// A reader of our output that does not read: the watchdog hears nothing, and a stop still ends in time.
    @Test func aRunThatIsStuckIsNotFedAndEndsInTime() throws {
        let pipe = try Command.folder() + "/stdout"
        #expect(mkfifo(pipe, 0o600) == 0)
        let end = open(pipe, O_RDWR | O_NONBLOCK)
        defer { close(end) }
        let block = [UInt8](repeating: 32, count: 4096)
        while write(end, block, block.count) > 0 {}
        let notify = try NotifySocket()
        let input = try NamedPipe()
        let command = try RunningCommand(
            list: [
                "-c",
                "exec \"$0\" sniff voip \"$1\" --workers 1 --stop-timeout 1s --pcap-grace-period 0s --format json >\"$2\"",
                Command.path, input.path, pipe,
            ], environment: ["NOTIFY_SOCKET": notify.path, "WATCHDOG_USEC": "400000"], program: "/bin/bash")
        try input.write(Capture.bytes("sipp/udp/capture.pcap"))
        #expect(RunningCommand.eventually { notify.count("READY=1") == 1 })
        // The input ends, and the first record has nowhere to go.
        input.close()
        usleep(1_000_000)
        let fed = notify.count("WATCHDOG=1")
        usleep(1_000_000)
        #expect(notify.count("WATCHDOG=1") == fed)
        command.signal(SIGTERM)
        #expect(command.wait() == 74)
        #expect(command.error.contains("finishing the files took too long"))
    }

    @Test func theAuditLogHasTheWholeRun() throws {
        let audit = try Command.folder() + "/audit.log"
        let service = try Service("audit_log: \(audit)\n")
        try service.configure("  ring_timeout: 50s\naudit_log: \(audit)\n")
        #expect(service.reload())
        service.command.signal(SIGTERM)
        #expect(service.command.wait() == 0)
        let actions = try String(contentsOfFile: audit, encoding: .utf8).split(separator: "\n").map { line in
            let object = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            if let by = object?["by_process_id"] as? Int { #expect(by == Int(getpid())) }
            return object?["action"] as? String
        }
        #expect(actions == ["start", "reload", "change", "stop", "end"])
    }

    @Test func memoryIsWarnedOf() throws {
        let service = try Service("  memory_budget: 16MiB\n")
        #expect(RunningCommand.eventually { service.lines.contains(" memory: resident memory is above ") })
        service.command.signal(SIGTERM)
        #expect(service.command.wait() == 0)
    }

    /// journalctl --priority=err
    @Test func theJournalGetsPriorities() throws {
        let file = try Command.folder() + "/journal"
        let script =
            "exec 2>\"$2\"; export JOURNAL_STREAM=$(stat -L -c %d:%i /dev/fd/2); exec \"$0\" sniff voip -r \"$1\" -f \"$3\""
        let capture = Capture.path("sipp/udp/capture.pcap")
        _ = try Command.run(list: ["-c", script, Command.path, capture, file, "udp"], program: "/bin/bash")
        #expect(try String(contentsOfFile: file, encoding: .utf8).hasPrefix("<4>"))
        _ = try Command.run(list: ["-c", script, Command.path, capture, file, "no filter"], program: "/bin/bash")
        #expect(try String(contentsOfFile: file, encoding: .utf8).hasPrefix("<3>lc: "))
    }

    @Test func logRotationOfOurOwn() throws {
        let service = try Service("log_rotate: true\nlog_rotate_size: 4KiB\nlog_rotate_keep: 2\n")
        let isRotated = RunningCommand.eventually {
            service.command.signal(SIGHUP)
            return FileManager.default.fileExists(atPath: service.log + ".2")
        }
        #expect(isRotated)
        service.command.signal(SIGTERM)
        #expect(service.command.wait() == 0)
        #expect(!FileManager.default.fileExists(atPath: service.log + ".3"))
        let size = try FileManager.default.attributesOfItem(atPath: service.log + ".1")[.size] as? Int
        #expect((size ?? 0) > 3000 && (size ?? 0) <= 4096)
    }
}
