import Foundation
import Testing

/// Signals during a replay that waits for its pipe.
@Suite struct SignalTests {
    /// `lc` with the beginning of a capture read, waiting for more.
    private struct Waiting {
        let folder: String
        let pipe: NamedPipe
        let command: RunningCommand

        init(_ workers: Int = 1) throws {
            let (folder, pipe) = (try Command.folder(), try NamedPipe())
            let command = try RunningCommand(
                "sniff", "voip", pipe.path, "-o", folder, "--format", "json", "--workers", "\(workers)")
            (self.folder, self.pipe, self.command) = (folder, pipe, command)
            try pipe.write(Capture.bytes("sipp/udp/capture.pcap").prefix(60_000))
            #expect(RunningCommand.eventually { FileManager.default.fileExists(atPath: folder + "/calls.jsonl") })
            // What was written has been read when the counters say so.
            #expect(
                RunningCommand.eventually {
                    command.signal(SIGUSR1)
                    usleep(100_000)
                    return command.error.contains("captured 250") || command.error.contains("captured 251")
                })
        }

        func checkFinished() throws {
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(names.filter { $0.hasSuffix(".pcap") }.count == 3)
            #expect(!names.contains { $0.hasSuffix(".partial") })
            let records = try String(contentsOfFile: folder + "/calls.jsonl", encoding: .utf8)
            #expect(records.split(separator: "\n").count == 3)
            #expect(command.output.split(separator: "\n").last?.contains("\"type\":\"summary\"") == true)
        }
    }

    @Test(arguments: [1, 2]) func terminationFinishesTheFiles(workers: Int) throws {
        let waiting = try Waiting(workers)
        waiting.command.signal(SIGTERM)
        #expect(waiting.command.wait() == 0)
        try waiting.checkFinished()
    }

    @Test func anInterruptFinishesTheFiles() throws {
        let waiting = try Waiting()
        waiting.command.signal(SIGINT)
        #expect(waiting.command.wait() == 0)
        try waiting.checkFinished()
    }

    @Test func aHangUpKillsNothing() throws {
        let waiting = try Waiting()
        waiting.command.signal(SIGHUP)
        usleep(200_000)
        #expect(waiting.command.isRunning)
        waiting.pipe.close()
        // The capture was cut in the middle of a packet.
        #expect(waiting.command.wait() == 65)
        try waiting.checkFinished()
    }

    @Test func aHangUpReopensTheLog() throws {
        let log = try Command.folder() + "/lc.log"
        let pipe = try NamedPipe()
        let command = try RunningCommand("sniff", "voip", pipe.path, "--log-file", log)
        try pipe.write(Capture.bytes("sipp/udp/capture.pcap").prefix(20_000))
        #expect(RunningCommand.eventually { FileManager.default.fileExists(atPath: log) })
        try FileManager.default.moveItem(atPath: log, toPath: log + ".1")
        #expect(
            RunningCommand.eventually {
                command.signal(SIGHUP)
                usleep(100_000)
                return FileManager.default.fileExists(atPath: log)
            })
        command.signal(SIGTERM)
        #expect(command.wait() == 0)
    }

    @Test func aStopBeforeThePipeHasAWriter() throws {
        let pipe = try NamedPipe()
        let command = try RunningCommand("sniff", "voip", pipe.path)
        usleep(1_500_000)
        command.signal(SIGTERM)
        #expect(command.wait() == 0)
    }
}
