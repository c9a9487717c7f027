import Foundation
import Testing

/// Wrong input ends with the status that sysexits(3) has for it, and keeps what could be used.
@Suite struct BadInputTests {
    private let call = Capture.path("sipp/udp/capture.pcap")

    @Test func notACapture() throws {
        for text in ["", "hello", String(repeating: "no capture at all ", count: 1000)] {
            let file = try Command.file(text, named: "odd.pcap")
            for command in [["sniff", "voip"], ["sniff"]] {
                let run = try Command.run(list: command + [file])
                #expect(run.status == 65, "\(text.prefix(20)): \(run.error)")
                #expect(run.error.hasPrefix("lc: ") && run.error.contains(file))
                #expect(run.output.isEmpty)
            }
        }
    }

    @Test func aCutCaptureKeepsItsResults() throws {
        let cut = try Capture.cut("sipp/udp/capture.pcap", to: 60_000)
        let folder = try Command.folder()
        let run = try Command.run("sniff", "voip", cut, "-o", folder, "--format", "json")
        #expect(run.status == 65)
        #expect(run.error.contains("at byte") && run.error.contains("everything before it was read"), "\(run.error)")
        let lines = run.output.split(separator: "\n")
        #expect(lines.count == 4)
        #expect(lines.last?.contains("\"type\":\"summary\"") == true)
        let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".pcap") }
        #expect(names.count == 3)
        let records = try String(contentsOfFile: folder + "/calls.jsonl", encoding: .utf8)
        #expect(records == lines.dropLast().map { $0 + "\n" }.joined())
    }

    @Test func aCutCaptureIsCopiedUpToTheDamage() throws {
        let cut = try Capture.cut("sipp/udp/capture.pcap", to: 60_000)
        let copy = try Command.folder() + "/copy.pcap"
        let run = try Command.run("sniff", cut, "-w", copy)
        #expect(run.status == 65)
        let bytes = try Data(contentsOf: URL(fileURLWithPath: copy))
        // The header's snaplen is ours; every whole record is there.
        #expect(bytes.count > 59_000 && bytes.count <= 60_000)
        #expect(try bytes.dropFirst(24) == Capture.bytes("sipp/udp/capture.pcap").prefix(bytes.count).dropFirst(24))
    }

    @Test func aDirectoryIsNoCapture() throws {
        let run = try Command.run("sniff", "voip", Command.folder())
        #expect(run.status == 66, "\(run.error)")
    }

    @Test func aFileThatMustNotBeRead() throws {
        let file = try Command.file("x", named: "secret.pcap")
        chmod(file, 0)
        guard let run = try Nobody.run("sniff", "voip", file) else { return }
        // The folders above may keep nobody out even before the file does.
        #expect(run.status == 77, "\(run.error)")
        #expect(run.error.contains("permission denied"))
    }

    // MARK: The output directory

    @Test func aFileInThePlaceOfTheDirectory() throws {
        let file = try Command.file("x", named: "file")
        for path in [file, file + "/below"] {
            let run = try Command.run("sniff", "voip", call, "-o", path)
            #expect(run.status == 73, "\(run.error)")
            #expect(run.error.contains(path))
        }
    }

    @Test func aDirectoryThatMustNotBeWritten() throws {
        let folder = try Command.folder()
        chmod(folder, 0o500)
        guard let run = try Nobody.run("sniff", "voip", call, "-o", folder + "/calls") else { return }
        #expect(run.status == 73 || run.status == 77 && run.error.contains(call), "\(run.error)")
    }

    @Test func aDirectoryWithCapturesNeedsOverwrite() throws {
        let folder = try Command.folder()
        #expect(try Command.run("sniff", "voip", call, "-o", folder).status == 0)
        let again = try Command.run("sniff", "voip", call, "-o", folder)
        #expect(again.status == 73)
        #expect(again.error.contains("--overwrite"), "\(again.error)")
        #expect(try Command.run("sniff", "voip", call, "-o", folder, "--overwrite").status == 0)
    }

    @Test func aSecondWriter() throws {
        let folder = try Command.folder()
        let pipe = try NamedPipe()
        let first = try RunningCommand("sniff", "voip", pipe.path, "-o", folder)
        try pipe.write(Capture.bytes("sipp/udp/capture.pcap").prefix(20_000))
        #expect(RunningCommand.eventually { FileManager.default.fileExists(atPath: folder + "/calls.jsonl") })
        let second = try Command.run("sniff", "voip", call, "-o", folder, "--overwrite")
        #expect(second.status == 73, "\(second.error)")
        #expect(second.error.contains(folder))
        pipe.close()
        _ = first.wait()
    }

    @Test func aCaptureIsNotWrittenOverItsInput() throws {
        let copy = try Capture.cut("sipp/udp/capture.pcap", to: .max)
        let run = try Command.run("sniff", copy, "-w", copy)
        #expect(run.status == 73)
        #expect(try Data(contentsOf: URL(fileURLWithPath: copy)) == Capture.bytes("sipp/udp/capture.pcap"))
        #expect(try Command.run("sniff", call, "-w", copy + "/below").status == 73)
    }

    @Test(arguments: [["sniff", "voip"], ["sniff"], ["sniff", "-w", "/dev/full"]])
    func aFullDisk(command: [String]) throws {
        guard FileManager.default.fileExists(atPath: "/dev/full") else { return }
        let shell = "exec \"$0\" \"$@\" > /dev/full"
        let run = try Command.run(list: ["-c", shell, Command.path] + command + [call], program: "/bin/sh")
        #expect(run.status == 74, "\(run.error)")
    }

    // MARK: Filters and devices

    @Test(arguments: [["sniff", "voip"], ["sniff"]]) func aBadFilter(command: [String]) throws {
        for input in [[call], ["-i", "lo"]] {
            let run = try Command.run(list: command + ["-f", "udp prot 5060"] + input)
            #expect(run.status == 64)
            #expect(run.error.contains("syntax error") && run.error.contains("udp prot 5060"), "\(run.error)")
        }
    }

    @Test func aFilterThatCannotMatchFragmentsGetsOneWarning() throws {
        let run = try Command.run("sniff", "voip", "-f", "udp port 5060", call)
        #expect(run.status == 0)
        #expect(run.error.split(separator: "\n").filter { $0.contains(" warning capture: ") }.count == 1)
        #expect(run.error.contains("later IP fragments or VLAN-tagged frames"))
        let wide = try Command.run("sniff", "voip", "-f", "udp or vlan", call)
        #expect(!wide.error.contains("warning"))
    }

    @Test(arguments: [["sniff", "voip"], ["sniff"]]) func noSuchDevice(command: [String]) throws {
        let run = try Command.run(list: command + ["-i", "nosuchdevice0"])
        #expect(run.status == 66)
        #expect(run.error.contains("nosuchdevice0") && run.error.contains("any"), "\(run.error)")
    }

    @Test func noPermissionForLiveCapture() throws {
        for command in ["voip", "packets"] {
            guard let run = try Nobody.run("sniff", command, "-i", "lo") else { return }
            #expect(run.status == 77, "\(run.error)")
            #expect(run.error.contains("sudo setcap cap_net_raw,cap_net_admin=eip"))
        }
    }
}
