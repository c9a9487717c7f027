import Foundation
import Testing

/// What `lc` may still do once it captures, asked of the kernel for every thread.
@Suite(.serialized) struct PrivilegeTests {
    // Masks of capabilities(7): CAP_DAC_OVERRIDE is 1, CAP_NET_RAW 13.
    private static let netRaw = "0000000000002000"
    private static let netRawAndFiles = "0000000000002002"
    private static let setpriv = "/usr/bin/setpriv"

    /// The values of a key of /proc/PID/status over all threads.
    private func threads(_ command: RunningCommand, _ key: String) throws -> Set<String> {
        let folder = "/proc/\(command.processIdentifier)/task"
        return try Set(
            FileManager.default.contentsOfDirectory(atPath: folder).compactMap { thread in
                let text = try String(contentsOfFile: "\(folder)/\(thread)/status", encoding: .utf8)
                let line = text.split(separator: "\n").first { $0.hasPrefix(key + ":") }
                return line.map {
                    $0.dropFirst(key.count + 1).split(whereSeparator: \.isWhitespace).joined(separator: " ")
                }
            })
    }

    private func isCapturing(_ folder: String) -> Bool {
        RunningCommand.eventually { FileManager.default.fileExists(atPath: folder + "/calls.jsonl") }
    }

    @Test func rootKeepsPacketsAndFiles() throws {
        guard let network = Network() else { return }
        let folder = try Command.folder()
        let command = try network.lc("sniff", "voip", "-i", "eth0", "-o", folder)
        #expect(isCapturing(folder), "\(command.error)")
        for set in ["CapPrm", "CapEff", "CapBnd"] { #expect(try threads(command, set) == [Self.netRawAndFiles]) }
        #expect(try threads(command, "NoNewPrivs") == ["1"])
        command.signal(SIGTERM)
        #expect(command.wait() == 0)
    }

    /// Another user keeps what opening a device again takes, and nothing else; its files are that user's.
    @Test func anotherUserOpensTheDeviceAgain() throws {
        guard let network = Network() else { return }
        let folder = try Command.folder()
        chown(folder, 65534, 65534)
        guard try network.canEnter(folder) else { return }
        let log = folder + "/lc.log"
        let command = try network.lc(
            "sniff", "voip", "-i", "eth0", "-f", "udp", "-o", folder, "--user", "nobody", "--log-file", log)
        #expect(isCapturing(folder), "\(command.error)")
        #expect(try threads(command, "Uid") == ["65534 65534 65534 65534"])
        #expect(try threads(command, "CapEff") == [Self.netRaw] || threads(command, "CapEff").contains(Self.netRaw))
        #expect(try threads(command, "CapPrm").isSubset(of: [Self.netRaw, "0000000000000000"]))
        network.unplug()
        network.plug()
        let text = { (try? String(contentsOfFile: log, encoding: .utf8)) ?? "" }
        #expect(RunningCommand.eventually { text().contains("interface returned") }, "\(text())")
        try network.send(invite: true, rtp: 1...10)
        command.signal(SIGTERM)
        #expect(command.wait() == 0)
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let owner = try FileManager.default.attributesOfItem(atPath: folder + "/" + name)[.ownerAccountID] as? Int
            #expect(owner == 65534, "\(name)")
        }
    }

    @Test func ambientCapabilitiesUnderNoNewPrivileges() throws {
        guard let network = Network() else { return }
        let folder = try Command.folder()
        chown(folder, 65534, 65534)
        guard try network.canEnter(folder) else { return }
        let command = try RunningCommand(
            list: [
                "netns", "exec", network.host("b"), Self.setpriv, "--reuid=65534", "--regid=65534", "--clear-groups",
                "--inh-caps=-all,+net_raw,+net_admin,+sys_ptrace",
                "--ambient-caps=-all,+net_raw,+net_admin,+sys_ptrace",
                "--no-new-privs", Command.path, "sniff", "voip", "-i", "eth0", "-o", folder,
            ], program: "/sbin/ip")
        #expect(isCapturing(folder), "\(command.error)")
        for set in ["CapPrm", "CapEff"] { #expect(try threads(command, set) == [Self.netRaw]) }
        for set in ["CapInh", "CapAmb"] { #expect(try threads(command, set) == ["0000000000000000"]) }
        command.signal(SIGTERM)
        #expect(command.wait() == 0)
    }

    /// As the runbook sets them, and permitted only.
    @Test(arguments: ["cap_net_raw,cap_net_admin=eip", "cap_net_raw=p"]) func fileCapabilities(text: String) throws {
        guard let network = Network() else { return }
        let folder = try Command.folder()
        let copy = folder + "/lc"
        try FileManager.default.copyItem(atPath: Command.path, toPath: copy)
        guard try Command.run(list: [text, copy], program: "/sbin/setcap").status == 0 else {
            print("no file capabilities in this file system: skipped")
            return
        }
        chown(folder, 65534, 65534)
        guard try network.canEnter(folder) else { return }
        let command = try RunningCommand(
            list: [
                "netns", "exec", network.host("b"), Self.setpriv, "--reuid=65534", "--regid=65534", "--clear-groups",
                "--inh-caps=-all", copy, "sniff", "voip", "-i", "eth0", "-o", folder,
            ], program: "/sbin/ip")
        #expect(isCapturing(folder), "\(command.error)")
        for set in ["CapPrm", "CapEff"] { #expect(try threads(command, set) == [Self.netRaw]) }
        #expect(try threads(command, "NoNewPrivs") == ["1"])
        command.signal(SIGTERM)
        #expect(command.wait() == 0)
    }

    /// A replay needs no privileges, whoever runs it.
    @Test func aReplayKeepsNone() throws {
        guard geteuid() == 0 else { return }
        let pipe = try NamedPipe()
        let command = try RunningCommand("sniff", "voip", pipe.path)
        #expect(try RunningCommand.eventually { try threads(command, "NoNewPrivs") == ["1"] })
        #expect(try threads(command, "CapEff") == ["0000000000000002"])
        command.signal(SIGTERM)
        #expect(command.wait() == 0)
    }

    @Test func aUserThatIsNot() throws {
        let run = try Command.run("sniff", "voip", Capture.path("sipp/udp/capture.pcap"), "--user", "nosuchuser")
        #expect(run.status == 78 && run.error.contains("there is no such user"), "\(run.error)")
    }
}

extension Network {
    /// Whether nobody gets into the folder and at the program; the place of the build may keep others out.
    fileprivate func canEnter(_ folder: String) throws -> Bool {
        let run = try Command.run(
            list: [
                "--reuid=65534", "--clear-groups", "/bin/sh", "-c", "ls \"$0\" && test -x \"$1\"", folder, Command.path,
            ],
            program: "/usr/bin/setpriv")
        if run.status != 0 { print("nobody cannot run lc here: skipped") }
        return run.status == 0
    }
}
