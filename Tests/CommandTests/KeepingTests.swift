import Foundation
import Testing

/// What becomes of files after their calls, by the command line.
@Suite struct KeepingTests {
    private static let sample = Capture.path("sipp/udp/capture.pcap")

    private func key(_ text: String = String(repeating: "00ff", count: 16)) throws -> String {
        let path = try Command.file(text, named: "key")
        chmod(path, 0o600)
        return path
    }

    private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    private func plain() throws -> String {
        let folder = try Command.folder()
        #expect(try Command.run("sniff", "voip", "-r", Self.sample, "-o", folder, "-q").status == 0)
        return folder
    }

    // MARK: Form

    /// Names, records and contents, for one worker and for four.
    @Test(arguments: ["1", "4"]) func compressedAndEncrypted(workers: String) throws {
        let plain = try plain()
        let key = try key()
        for (options, suffix) in [
            (["--compress", "gzip"], ".gz"), (["--encrypt-key-file", key], ".enc"), (["--fsync", "finish"], ""),
            (["--compress", "gzip", "--compress-level", "1", "--encrypt-key-file", key], ".gz.enc"),
        ] {
            let folder = try Command.folder()
            let run = try Command.run(
                list: ["sniff", "voip", "-r", Self.sample, "-o", folder, "--workers", workers, "--format", "json"]
                    + options)
            #expect(run.status == 0 && run.error == "")
            #expect(run.output.contains("\"files_sealed\":3"))
            let names = LiveCapture.files(in: plain).filter { $0.hasSuffix(".pcap") }
            #expect(LiveCapture.files(in: folder) == (names.map { $0 + suffix } + ["calls.jsonl"]).sorted())
            let records = try String(contentsOfFile: plain + "/calls.jsonl", encoding: .utf8)
            #expect(
                try String(contentsOfFile: folder + "/calls.jsonl", encoding: .utf8)
                    == records.replacingOccurrences(of: ".pcap\"", with: ".pcap\(suffix)\""))
            for name in names {
                var path = folder + "/" + name + suffix
                if suffix.hasSuffix(".enc") {
                    let decrypted = try Command.run("decrypt", "--key-file", key, path)
                    #expect(decrypted.status == 0)
                    path = String(path.dropLast(4))
                    #expect(decrypted.output == path + "\n")
                }
                if path.hasSuffix(".gz") {
                    let gunzipped = try Command.run(list: ["-dk", path], program: "/usr/bin/gzip")
                    #expect(gunzipped.status == 0)
                    path = String(path.dropLast(3))
                }
                #expect(try bytes(path) == bytes(plain + "/" + name))
            }
        }
    }

    @Test func decryptionThatFails() throws {
        let folder = try Command.folder()
        let key = try key()
        #expect(
            try Command.run("sniff", "voip", "-r", Self.sample, "-o", folder, "-q", "--encrypt-key-file", key).status
                == 0)
        let name = try #require(LiveCapture.files(in: folder).first { $0.hasSuffix(".enc") })
        let path = folder + "/" + name
        let wrong = try Command.run("decrypt", "--key-file", try self.key(String(repeating: "11", count: 32)), path)
        #expect(wrong.status == 65 && wrong.error.contains("another key"))
        var changed = try bytes(path)
        changed[changed.count / 2] ^= 1
        try changed.write(to: URL(fileURLWithPath: path))
        let damaged = try Command.run("decrypt", "--key-file", key, path)
        #expect(damaged.status == 65 && damaged.error.contains("was changed or is cut off"))
        let other = try Command.run("decrypt", "--key-file", key, Self.sample, "-o", folder)
        #expect(other.status == 65 && other.error.contains("no file that lc has encrypted"))
        // Nothing was left of these attempts.
        #expect(LiveCapture.files(in: folder).allSatisfy { $0.hasSuffix(".enc") || $0 == "calls.jsonl" })
        #expect(try Command.run("decrypt", "--key-file", "/nonexistent", path).status == 78)
    }

    @Test func aKeyThatOthersMayRead() throws {
        let key = try key()
        chmod(key, 0o640)
        let folder = try Command.folder()
        let run = try Command.run("sniff", "voip", "-r", Self.sample, "-o", folder, "--encrypt-key-file", key)
        #expect(run.status == 78 && run.error.contains("others may read"))
        #expect(LiveCapture.files(in: folder).isEmpty)
    }

    /// The file is on the disk before it has its name, and its directory and the records are as well.
    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/strace")))
    func fsyncComesBeforeTheName() throws {
        let folder = try Command.folder()
        let run = try Command.run(
            list: [
                "-f", "-qq", "-y", "-e", "trace=fsync,renameat2", Command.path, "sniff", "voip", "-r", Self.sample,
                "-o",
                folder, "-q", "--fsync", "finish",
            ], program: "/usr/bin/strace")
        #expect(run.status == 0)
        let lines = run.error.split(separator: "\n")
        for name in LiveCapture.files(in: folder) where name.hasSuffix(".pcap") {
            let synced = lines.firstIndex { $0.contains("fsync(") && $0.contains(name + ".pending") }
            let named = lines.firstIndex { $0.contains("renameat2(") && $0.contains("\"\(name)\"") }
            #expect(try #require(synced) < #require(named))
        }
        #expect(lines.contains { $0.contains("fsync(") && $0.contains("calls.jsonl") })
        let never = try Command.run(
            list: ["-f", "-qq", "-e", "trace=fsync", Command.path, "sniff", "voip", "-r", Self.sample, "-q"],
            program: "/usr/bin/strace")
        #expect(never.status == 0 && !never.error.contains("fsync("))
    }

    @Test(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/strace")))
    func fsyncAtIntervals() throws {
        let folder = try Command.folder()
        let log = folder + "/trace"
        let port = try FreePort.next()
        let run = try Command.run(
            list: [
                "-f", "-qq", "-o", log, "-e", "trace=syncfs", Command.path, "sniff", "voip", "--hep-listen",
                "udp:127.0.0.1:\(port)", "-o", folder + "/calls", "-q", "--duration", "2s", "--fsync", "interval",
                "--fsync-interval", "200ms",
            ], program: "/usr/bin/strace")
        #expect(run.status == 0)
        let count = try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").count {
            $0.contains("syncfs(")
        }
        #expect(count >= 4)
    }

    /// A kill between the call's end and the sealing of its file.
    @Test func theNextStartFinishesWhatIsPending() throws {
        let folder = try plain()
        let names = LiveCapture.files(in: folder).filter { $0.hasSuffix(".pcap") }
        for name in names {
            try FileManager.default.moveItem(atPath: folder + "/" + name, toPath: folder + "/" + name + ".pending")
        }
        try Data("half".utf8).write(
            to: URL(fileURLWithPath: folder + "/" + names[0].dropLast(5) + ".pcap.seal.partial"))
        let live = try LiveCapture(["--compress", "gzip"], folder: folder)
        #expect(RunningCommand.eventually { live.files.count { $0.hasSuffix(".gz") } == names.count })
        #expect(try live.stop().status == 0)
        #expect(live.files == (names.map { $0 + ".gz" } + ["calls.jsonl"]).sorted())
    }

    /// Without compression a pending file only needs its name.
    @Test func pendingFilesOfOtherSettings() throws {
        let folder = try plain()
        let name = try #require(LiveCapture.files(in: folder).first { $0.hasSuffix(".pcap") })
        try FileManager.default.moveItem(atPath: folder + "/" + name, toPath: folder + "/" + name + ".pending")
        let live = try LiveCapture([], folder: folder)
        #expect(RunningCommand.eventually { live.files.contains(name) && !live.files.contains(name + ".pending") })
        #expect(try live.stop().status == 0)
    }

    // MARK: How long

    private func makeOld(_ path: String) throws {
        try FileManager.default.setAttributes(
            [.modificationDate: Date(timeIntervalSinceNow: -10_000)], ofItemAtPath: path)
    }

    @Test func oldCapturesAreDeleted() throws {
        let folder = try plain()
        let names = LiveCapture.files(in: folder).filter { $0.hasSuffix(".pcap") }
        for name in names.dropLast() { try makeOld(folder + "/" + name) }
        let live = try LiveCapture(["--retention-age", "1h", "--retention-interval", "100ms"], folder: folder)
        #expect(RunningCommand.eventually { live.files.count { $0.hasSuffix(".pcap") } == 1 })
        let (status, summary) = try live.stop()
        #expect(status == 0)
        #expect(live.files == [names.last, "calls.jsonl"].compactMap(\.self).sorted())
        #expect(summary.contains("\"captures_deleted\":\(names.count - 1)"))
        #expect(summary.contains("\"capture_bytes_deleted\":"))
        for name in names.dropLast() {
            #expect(live.command.error.contains("retention: file deleted bytes="))
            #expect(live.command.error.contains("file=\(name) reason=age"))
        }
    }

    /// The oldest go, the call that is going on stays.
    @Test func tooMuchIsDeletedButNoOpenCall() throws {
        let live = try LiveCapture(["--retention-size", "1MiB", "--retention-interval", "100ms"])
        live.begin("open@call", body: 1000)
        for number in 0..<25 {
            live.begin("call-\(number)@x", body: 50_000)
            live.end("call-\(number)@x")
            usleep(60_000)
        }
        #expect(RunningCommand.eventually { live.command.error.contains("reason=size") })
        #expect(RunningCommand.eventually { live.records.count == 25 })
        usleep(500_000)
        #expect(live.files.contains { $0.contains("open@call") && $0.hasSuffix(".partial") })
        #expect(!live.files.contains { $0.contains("call-0@x") })
        #expect(live.files.contains { $0.contains("call-24@x") })
        #expect(live.files.count < 20)
        #expect(try live.stop().status == 0)
        #expect(live.files.contains { $0.contains("open@call") && $0.hasSuffix(".pcap") })
    }

    @Test func retentionInADirectoryOfSomebodyElse() throws {
        let folder = try Command.folder()
        try Data([1]).write(to: URL(fileURLWithPath: folder + "/holiday.pcap"))
        try makeOld(folder + "/holiday.pcap")
        let port = try FreePort.next()
        let run = try Command.run(
            "sniff", "voip", "--hep-listen", "udp:127.0.0.1:\(port)", "-o", folder, "--retention-age", "1s",
            "--duration", "1s")
        #expect(run.status == 78 && run.error.contains("lc has not made"))
        #expect(LiveCapture.files(in: folder) == ["holiday.pcap"])
    }

    @Test func aReplayDeletesNothing() throws {
        let folder = try plain()
        let names = LiveCapture.files(in: folder)
        for name in names { try makeOld(folder + "/" + name) }
        #expect(
            try Command.run(
                "sniff", "voip", "-r", Capture.path("sipp/ipv6/capture.pcap"), "-o", folder, "--overwrite", "-q",
                "--retention-age", "1s", "--retention-size", "1MiB"
            ).status == 0)
        #expect(names.allSatisfy { LiveCapture.files(in: folder).contains($0) })
    }

    @Test func theRecordsBeginANewFile() throws {
        let live = try LiveCapture(["--record-log-size", "4k"])
        for number in 0..<8 { live.call("call-\(number)@x") }
        #expect(RunningCommand.eventually { live.files.contains { $0.hasPrefix("calls-") } })
        let (status, summary) = try live.stop()
        #expect(status == 0 && summary.contains("\"record_log_rotations\":"))
        let lines = live.files.filter { $0.hasSuffix(".jsonl") }.flatMap { name in
            ((try? String(contentsOfFile: live.folder + "/" + name, encoding: .utf8)) ?? "").split(separator: "\n")
        }
        #expect(lines.count == 8)
    }

    // MARK: Disks that fail

    static let canMount = geteuid() == 0 && FileManager.default.isExecutableFile(atPath: "/usr/bin/mount")

    private func mount(_ folder: String, _ options: String) throws -> Bool {
        try Command.run(list: ["-t", "tmpfs", "-o", options, "none", folder], program: "/usr/bin/mount").status == 0
    }

    @Test(.enabled(if: canMount)) func aFullDiskLive() throws {
        let folder = try Command.folder()
        guard try mount(folder, "size=1m") else { return }
        defer { _ = try? Command.run(list: ["-l", folder], program: "/usr/bin/umount") }
        let ballast = URL(fileURLWithPath: folder + "/ballast")
        let live = try LiveCapture(["--write-buffer-size", "64k", "--workers", "1"], folder: folder)
        live.begin("long@call", body: 1000)
        usleep(200_000)
        try Data(count: 1_000_000).write(to: ballast)
        for number in 2..<40 {
            live.go(on: "long@call", number: number, body: 20_000)
            // A socket's buffer may hold no more than ten of them.
            usleep(10_000)
        }
        #expect(
            RunningCommand.eventually { live.command.error.contains("archive: writing has stopped, capturing goes on") }
        )
        live.call("short@call")
        try FileManager.default.removeItem(at: ballast)
        #expect(RunningCommand.eventually { live.command.error.contains("archive: writing goes on") })
        live.go(on: "long@call", number: 50, body: 100)
        live.end("long@call")
        #expect(RunningCommand.eventually { live.records.count == 2 })
        live.call("after@call")
        #expect(RunningCommand.eventually { live.records.count == 3 })
        let (status, summary) = try live.stop()
        #expect(status == 74)
        #expect(summary.contains("\"archive_stops\":1") && summary.contains("\"file_records_lost\":"))
        #expect(summary.contains("\"calls\":3"))
        // Every packet was seen; the record tells how many of them are not in the file.
        let long = try #require(live.records.first { $0.contains("long@call") })
        #expect(long.contains("\"packets\":83,") && long.contains("\"file_packets_missing\":"))
        #expect(long.contains("\"state\":\"ended\""))
        let after = try #require(live.records.first { $0.contains("after@call") })
        #expect(!after.contains("file_packets_missing") && after.contains("after@call.pcap\""))
        for name in live.files where name.hasSuffix(".pcap") {
            #expect(
                try Command.run("repair", folder + "/" + name, "--format", "json").output.contains("\"damaged\":false"))
        }
        #expect(!live.files.contains { $0.hasSuffix(".partial") })
    }

    /// Retention makes room on a full disk, although its floor is lower than what writing needs to go on.
    @Test(.enabled(if: canMount)) func retentionMakesRoom() throws {
        let folder = try Command.folder()
        guard try mount(folder, "size=2m") else { return }
        defer { _ = try? Command.run(list: ["-l", folder], program: "/usr/bin/umount") }
        let live = try LiveCapture(
            ["--retention-free-space", "64k", "--retention-interval", "1h", "--workers", "1"], folder: folder)
        for number in 0..<60 {
            live.begin("call-\(number)@x", body: 30_000)
            live.end("call-\(number)@x")
            usleep(20_000)
        }
        #expect(RunningCommand.eventually { live.command.error.contains("archive: writing has stopped") })
        #expect(RunningCommand.eventually { live.command.error.contains("reason=free_space") })
        #expect(RunningCommand.eventually { live.command.error.contains("archive: writing goes on") })
        live.call("after@call")
        #expect(RunningCommand.eventually { live.files.contains { $0.hasSuffix("after@call.pcap") } })
        // The oldest are gone.
        #expect(!live.files.contains { $0.hasSuffix("_call-0@x.pcap") })
        _ = try live.stop()
    }

    @Test func aDirectoryThatIsRemovedLive() throws {
        let live = try LiveCapture(["--workers", "2"])
        live.call("first@call")
        #expect(RunningCommand.eventually { live.records.count == 1 })
        try FileManager.default.removeItem(atPath: live.folder)
        #expect(RunningCommand.eventually { live.command.error.contains("archive: writing goes on") })
        live.call("second@call")
        #expect(RunningCommand.eventually { live.records.count == 1 && live.records[0].contains("second@call") })
        #expect(try live.stop().summary.contains("\"calls\":2"))
        #expect(live.files.contains { $0.contains("second@call") && $0.hasSuffix(".pcap") })
    }
}
