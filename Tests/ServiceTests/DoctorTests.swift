import Glibc
import Testing

@testable import Service

/// The checks of `lc doctor`, each with the facts of a machine that is not this one.
@Suite struct DoctorTests {
    private func levels(_ findings: [Finding]) -> [Finding.Level] { findings.map(\.level) }

    private var eth0: DeviceFacts { DeviceFacts(name: "eth0", isUp: true, isRunning: true) }

    private func settings(_ change: (inout Settings) -> Void = { _ in }) throws -> Settings {
        var settings = try resolve().settings
        change(&settings)
        return settings
    }

    // MARK: Configuration

    @Test func aWrongConfigurationIsTheFirstProblem() {
        let error = CommandError(
            "unknown key", at: "/etc/x.yaml:3:5", remedy: "did you mean y?", exitStatus: .configuration)
        let findings = ConfigurationCheck.findings(error, [], ConfigurationFacts(), ProcessFacts())
        #expect(levels(findings) == [.problem, .note])
        #expect(findings[0].subject == "/etc/x.yaml:3:5" && findings[0].remedy == "did you mean y?")
        let later = Finding.problem("disk", nil, "full", remedy: "", .inputOutput)
        #expect(DoctorReport(findings: findings + [later]).exitStatus == .configuration)
    }

    /// It names commands that lc runs.
    @Test func aConfigurationThatOthersMayChange() {
        var facts = ConfigurationFacts(path: "/etc/lippycat/config.yaml", owner: 0, mode: 0o600, user: 999)
        #expect(levels(ConfigurationCheck.findings(nil, [], facts, ProcessFacts())) == [.ok])
        facts.mode = 0o664
        #expect(levels(ConfigurationCheck.findings(nil, [], facts, ProcessFacts())) == [.ok, .warning])
        facts.owner = 1000
        #expect(levels(ConfigurationCheck.findings(nil, [], facts, ProcessFacts())) == [.ok, .warning, .warning])
        facts = ConfigurationFacts(missingPrograms: ["announce"])
        #expect(levels(ConfigurationCheck.findings(nil, [], facts, ProcessFacts())) == [.ok, .problem])
    }

    // MARK: Privileges

    @Test func whoMayCapture() throws {
        var process = ProcessFacts(user: 999, program: "/opt/lc", capabilities: [.netRaw])
        #expect(levels(PrivilegeCheck.findings(try settings(), process)) == [.ok])
        process = ProcessFacts(user: 999, program: "/opt/lc", packetSocketError: EPERM)
        let none = PrivilegeCheck.findings(try settings(), process)
        #expect(none[0].exitStatus == .permission)
        #expect(none[0].remedy?.contains("setcap cap_net_raw,cap_net_admin=eip /opt/lc") == true)
        process.hasNoNewPrivileges = true
        #expect(PrivilegeCheck.findings(try settings(), process)[0].remedy?.contains("do not count") == true)
        // A unit that leaves AF_PACKET out of its address families.
        process = ProcessFacts(capabilities: [.netRaw], packetSocketError: EAFNOSUPPORT)
        #expect(
            PrivilegeCheck.findings(try settings(), process)[0].remedy?.contains("RestrictAddressFamilies") == true)
        let hep = try settings { $0.capture.hepListen = ["udp:127.0.0.1:9060"] }
        #expect(levels(PrivilegeCheck.findings(hep, ProcessFacts(packetSocketError: EPERM))) == [.ok])
        let nflog = try settings { $0.capture.interfaces = ["nflog:5"] }
        #expect(levels(PrivilegeCheck.findings(nflog, ProcessFacts(capabilities: [.netRaw]))) == [.ok, .problem])
    }

    // MARK: Interfaces

    @Test func interfacesOneByOne() throws {
        let wanted = try settings { $0.capture.interfaces = ["eth0"] }
        #expect(levels(InterfaceCheck.findings(wanted, [eth0])) == [.ok])
        var device = eth0
        device.isUp = false
        #expect(InterfaceCheck.findings(wanted, [device])[0].exitStatus == .serviceUnavailable)
        device = eth0
        device.isRunning = false
        #expect(levels(InterfaceCheck.findings(wanted, [device])) == [.warning])
        device = eth0
        (device.mergesSegments, device.ring, device.dropped) = (true, (256, 4096), 0)
        #expect(levels(InterfaceCheck.findings(wanted, [device])) == [.ok, .note, .note])
        (device.mergesInHardware, device.dropped) = (true, 7)
        let findings = InterfaceCheck.findings(wanted, [device])
        #expect(levels(findings) == [.ok, .warning, .warning])
        #expect(findings[2].remedy?.contains("ethtool -G eth0 rx 4096") == true)
        #expect(findings[0].figures.map(\.value) == [1500, 7])
        device = eth0
        device.promiscuousError = EPERM
        #expect(InterfaceCheck.findings(wanted, [device]).last?.exitStatus == .permission)
    }

    @Test func anInterfaceThatIsNotThere() throws {
        let wanted = try settings { $0.capture.interfaces = ["eht0"] }
        let finding = InterfaceCheck.findings(wanted, [eth0])[0]
        #expect(finding.exitStatus == .cannotOpenInput && finding.remedy == "did you mean eth0?")
        let any = try settings()
        #expect(levels(InterfaceCheck.findings(any, [])) == [.problem])
        #expect(levels(InterfaceCheck.findings(any, [eth0])) == [.ok])
        #expect(levels(InterfaceCheck.findings(any, [eth0, DeviceFacts(name: "lo", isUp: true)])).contains(.note))
    }

    /// Lines of /proc/net/dev: receive bytes, packets, errs, drop, fifo.
    @Test func dropsOfDevices() {
        let text = """
            Inter-|   Receive                                                |  Transmit
             face |bytes    packets errs drop fifo frame compressed multicast|bytes
                lo:  100 2 0 0 0 0 0 0 100 2 0 0 0 0 0 0
              eth0: 900 9 1 3 4 0 0 0 0 0 0 0 0 0 0 0
            eth0:1: 900 9 1 5 0 0 0 0 0 0 0 0 0 0 0 0
            """
        #expect(DeviceFacts.drops(in: text) == ["lo": 0, "eth0": 7, "eth0:1": 5])
        // Two processors, 0x10 and 1.
        #expect(KernelFacts.drops(in: "0000ffff 00000010 00000000\n00000001 00000001 0\n") == 17)
    }

    // MARK: Buffers

    @Test func buffers() throws {
        let limits = LimitFacts(memory: 8 << 30, memoryAvailable: 4 << 30)
        let kernel = KernelFacts(mostReceiveBuffer: 212_992, backlogDrops: 0, backlogLimit: 1000)
        func found(_ change: (inout Settings) -> Void, _ kernel: KernelFacts = kernel) throws -> [Finding] {
            BufferCheck.findings(try settings(change), [], kernel, limits)
        }
        // 16 MiB / 304 bytes = 55188 packets, at 50 a millisecond.
        #expect(try found { _ in }[0].figures.map(\.value) == [16 << 20, 1103])
        #expect(try levels(found { $0.capture.bufferSize = 1 << 20 }) == [.warning])
        #expect(try levels(found { $0.capture.immediate = true }) == [.warning])
        #expect(
            try found {
                ($0.capture.interfaces, $0.capture.bufferSize) = (["a", "b"], (1 << 30) + 1)
            }[0].exitStatus == .serviceUnavailable)
        var dropping = kernel
        dropping.backlogDrops = 5
        #expect(try found({ _ in }, dropping).last?.remedy?.contains("netdev_max_backlog=4000") == true)
        let hep = try found { $0.capture.hepListen = ["udp:127.0.0.1:9060"] }
        #expect(levels(hep) == [.warning] && hep[0].remedy == "sudo sysctl -w net.core.rmem_max=16777216")
    }

    // MARK: Disk

    private func directory(free: Int, of size: Int = 1000) -> DirectoryFacts {
        DirectoryFacts(
            path: "/calls", existing: "/calls", size: size * 1_000_000_000, free: free * 1_000_000_000, files: 1000,
            freeFiles: 900)
    }

    @Test(arguments: [(900, Finding.Level.ok), (201, .ok), (200, .warning), (101, .warning), (100, .problem)])
    func space(free: Int, level: Finding.Level) throws {
        let findings = DiskCheck.findings(try settings(), directory(free: free))
        #expect(findings[1].level == level && findings[1].figures.map(\.key).contains("free_bytes"))
    }

    /// 1000 calls of 180 s, 100 packets a second of 230 bytes on the disk, 8024 bytes each beside that.
    @Test func callsAreEstimated() throws {
        #expect(CallVolume.assumed.perThousandCalls == 1000 * (180 * 100 * 230 + 8024))
        let assumed = DiskCheck.findings(try settings(), directory(free: 900))[2]
        #expect(
            assumed.what.hasPrefix("4.1 GB per 1,000 calls of 180 s") && assumed.what.contains("about 216970 calls"))
        var measured = directory(free: 900)
        measured.volume = CallVolume(calls: 2, packets: 1000, bytes: 200_000)
        // (200000 + 16000 + 48) / 2 each.
        let finding = DiskCheck.findings(try settings(), measured)[2]
        #expect(finding.figures.map(\.value) == [108_024_000] && finding.what.contains("as the last 2 took"))
    }

    @Test func callsAreMeasuredByTheirRecords() {
        let stream = #"{"ssrc":"0x1","packets":900,"bytes":800}"#
        let hostile = #"\"files\":[],\"packets\":999999,\"bytes\":999999"#
        let lines = """
            {"type":"call","call_id":"\(hostile)","files":["a.pcap"],"packets":10,"bytes":2000,"streams":[\(stream)]}
            {"type":"call","call_id":"b","files":[],"packets":0,"bytes":0,"streams":[]}
            {"type":"call","call_id":"c","files":["c","d"],"packets":5,"bytes":400}
            {"type":"call","call_id":"torn","files":["e"],"packets":12
            nonsense
            """
        #expect(CallVolume.measured(Array(lines.utf8)[...]) == CallVolume(calls: 2, packets: 15, bytes: 2400))
        let folder = TemporaryDirectory()
        #expect(CallVolume.measured(in: folder.path + "/none") == nil)
        #expect(CallVolume.measured(in: folder.write("", to: "calls.jsonl")) == nil)
        #expect(CallVolume.measured(in: folder.write(lines, to: "calls.jsonl"))?.calls == 2)
        // Only the end is read, from the beginning of a line on.
        #expect(CallVolume.measured(in: folder.path + "/calls.jsonl", tail: 180)?.calls == 1)
    }

    @Test func writingAndRetention() throws {
        func found(_ change: (inout Settings) -> Void, _ facts: (inout DirectoryFacts) -> Void) throws -> [Finding] {
            var directory = directory(free: 900)
            facts(&directory)
            return DiskCheck.findings(try settings(change), directory)
        }
        #expect(try levels(found({ _ in }, { _ in })) == [.ok, .ok, .note, .note])
        #expect(try found({ _ in }, { $0.writeError = EROFS })[0].exitStatus == .cannotCreateOutput)
        #expect(try found({ _ in }, { $0.writeError = EROFS })[0].remedy?.contains("remount") == true)
        #expect(try found({ _ in }, { $0.freeFiles = 100 })[2].what.contains("inodes"))
        #expect(try found({ $0.keeping.retentionAge = 1 }, { _ in }).last?.level == .ok)
        #expect(try found({ $0.keeping.retentionAge = 1 }, { $0.isOurs = false }).last?.exitStatus == .configuration)
        #expect(try found({ $0.keeping.retentionFreeSpace = 2 << 40 }, { _ in }).last?.level == .warning)
        #expect(levels(DiskCheck.findings(try settings(), nil)) == [.note])
    }

    @Test func directoriesOfThisMachine() {
        let folder = TemporaryDirectory()
        var facts = DirectoryFacts.gather(folder.path)
        #expect(facts.exists && facts.isOurs && facts.writeError == nil && facts.size > 0)
        folder.write("x", to: "other.pcap")
        #expect(!DirectoryFacts.gather(folder.path).isOurs)
        folder.write("lippycat archive\n", to: ".lippycat.lock")
        #expect(DirectoryFacts.gather(folder.path).isOurs)
        facts = DirectoryFacts.gather(folder.path + "/a/b")
        #expect(!facts.exists && facts.existing == folder.path)
        facts = DirectoryFacts.gather(folder.path + "/other.pcap")
        #expect(facts.writeError == ENOTDIR)
    }

    @Test func theLog() throws {
        let wanted = try settings { $0.log.file = "/var/log/lc/lc.log" }
        var facts = directory(free: 900)
        #expect(levels(LogCheck.findings(wanted, facts)) == [.ok])
        facts.exists = false
        #expect(LogCheck.findings(wanted, facts)[0].exitStatus == .cannotCreateOutput)
        #expect(levels(LogCheck.findings(wanted, directory(free: 50))) == [.warning])
        #expect(levels(LogCheck.findings(try settings(), nil)) == [.ok])
    }

    // MARK: Clock and limits

    @Test func theClock() {
        let now: Int64 = 1_800_000_000_000_000_000
        func found(_ clock: ClockFacts) -> [Finding.Level] { levels(ClockCheck.findings(clock)) }
        #expect(found(ClockFacts(isSynchronised: true, mostError: 3000, now: now)) == [.ok])
        #expect(found(ClockFacts(isSynchronised: true, mostError: 300_000, now: now)) == [.warning])
        #expect(found(ClockFacts(isSynchronised: false, now: now, source: "tsc")) == [.warning])
        #expect(found(ClockFacts(isSynchronised: nil, now: now, source: "hpet")) == [.note, .warning])
        #expect(found(ClockFacts(isSynchronised: true, now: 1000)) == [.problem])
    }

    @Test func limits() throws {
        func found(_ limits: LimitFacts, _ change: (inout Settings) -> Void = { _ in }) throws -> [Finding.Level] {
            levels(LimitCheck.findings(try settings(change), limits))
        }
        let good = LimitFacts(files: 1024, memory: 8 << 30, memoryAvailable: 4 << 30, processors: 2)
        #expect(try found(good) == [.ok, .ok])
        var bad = good
        bad.files = 200
        #expect(try found(bad) == [.warning, .ok])
        bad.files = 20
        #expect(try found(bad) == [.problem, .ok])
        bad = good
        (bad.fileSize, bad.addressSpace, bad.processors) = (1 << 20, 1 << 30, 1)
        #expect(try found(bad) == [.ok, .warning, .warning, .ok, .note])
        bad = good
        bad.groupMemory = 256 << 20
        #expect(try found(bad) == [.ok, .warning])
        bad = good
        bad.memoryAvailable = 100 << 20
        #expect(try found(bad) == [.ok, .warning])
        #expect(try found(good) { $0.memoryBudget = 100 << 20 } == [.ok, .ok, .warning])
    }

    @Test func limitsOfControlGroups() {
        let files = [
            "/sys/fs/cgroup/system.slice/lippycat.service/memory.max": "max",
            "/sys/fs/cgroup/system.slice/memory.max": "1048576",
            "/sys/fs/cgroup/memory/a/memory.limit_in_bytes": "9223372036854771712",
            "/sys/fs/cgroup/memory/b/memory.limit_in_bytes": "4096",
        ]
        #expect(LimitFacts.groupMemoryLimit("0::/system.slice/lippycat.service\n") { files[$0] } == 1 << 20)
        #expect(LimitFacts.groupMemoryLimit("4:cpu,memory:/a\n0::/\n") { files[$0] } == nil)
        #expect(LimitFacts.groupMemoryLimit("4:memory:/b\n") { files[$0] } == 4096)
        #expect(LimitFacts.groupMemoryLimit("") { files[$0] } == nil)
    }

    // MARK: The report

    @Test func textAndJSON() {
        let report = DoctorReport(findings: [
            .ok("clock", nil, "synchronised"),
            .warning("disk", "/a\u{1B}b", "85 % used", remedy: "make room").with((key: "used_percent", value: 85)),
        ])
        #expect(report.exitStatus == .ok)
        #expect(
            report.text == """
                ok       clock: synchronised
                warning  disk /a\\x1bb: 85 % used
                         -> make room
                ready: 1 warning

                """)
        #expect(
            report.json.text().hasSuffix(
                #"{"check":"disk","subject":"/a\u001bb","level":"warning","what":"85 % used","remedy":"make room","#
                    + #""figures":{"used_percent":85}}]}"#))
        let not = DoctorReport(findings: [.problem("limits", nil, "x", remedy: "y", .serviceUnavailable)])
        #expect(not.text.hasSuffix("not ready: 1 problem\n") && not.exitStatus == .serviceUnavailable)
    }
}
