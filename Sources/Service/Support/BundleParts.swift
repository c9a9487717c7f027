import Glibc

/// What is in a support bundle.
struct BundleParts {
    struct Part {
        var name: String
        var content: () -> String

        init(_ name: String, _ content: @escaping () -> String) { (self.name, self.content) = (name, content) }
    }

    private let request: SupportBundle.Request
    private let settings: Settings
    private let configuration: String
    private let programs: [RunningPrograms.Program]
    private let mask = LineMask()

    init(_ request: SupportBundle.Request) {
        self.request = request
        programs = RunningPrograms.all()
        do throws(CommandError) {
            let resolved = try request.resolution.resolve(for: .voip)
            settings = resolved.settings
            configuration = ShowConfig.text(BundleSecrets.settings(resolved, mask.mask), sources: true)
        } catch {
            settings = Settings()
            configuration = error.description + "\n"
        }
    }

    var all: [Part] {
        askForCounters()
        var parts = [
            Part("version.txt", version), Part("configuration.json") { [configuration] in configuration },
            Part("doctor.txt") { [request] in Doctor.report(request.resolution).text },
            Part("doctor.json") { [request] in Doctor.report(request.resolution).json.text() + "\n" },
            Part("processes.txt", processes), Part("calls.txt", calls),
        ]
        parts += logs
        parts += service
        parts += system
        parts += network
        return parts
    }

    /// The running service writes its counters into the journal.
    private func askForCounters() {
        let asked = programs.filter { $0.isService && $0.arguments.contains("sniff") }
        for program in asked { kill(program.process, SIGUSR1) }
        if !asked.isEmpty { usleep(700_000) }
    }

    static func stamp(_ time: Int64) -> String {
        let text = InstantText.format(time)
        return text.prefix(19).filter { $0 != "-" && $0 != ":" }.replacing("T", with: "_")
    }

    // MARK: The program

    private func version() -> String {
        var text = Version.text + "\n"
        for file in ["/proc/version", "/etc/os-release", "/proc/uptime", "/proc/loadavg", "/proc/cmdline"] {
            text += "\n\(file):\n\(SystemFile.text(file) ?? "cannot be read")\n"
        }
        return text
    }

    private func processes() -> String {
        guard !programs.isEmpty else { return "no lc is running\n" }
        return programs.map { RunningPrograms.text($0, mask) }.joined(separator: "\n\n")
    }

    /// Of the last records only how many there are of each state and end.
    private func calls() -> String {
        guard let path = settings.archivePath.map({ $0 + "/calls.jsonl" }) else { return "no output_dir\n" }
        guard let bytes = FileTail.read(path, 2 << 20) else { return "\(path) cannot be read\n" }
        var counts: [String: Int] = [:]
        for line in bytes.split(separator: UInt8(ascii: "\n")) {
            let text = String(decoding: line, as: UTF8.self)
            for key in ["state", "end_reason"] {
                guard let range = text.firstRange(of: "\"\(key)\":\"") else { continue }
                counts["\(key) \(text[range.upperBound...].prefix { $0 != "\"" })", default: 0] += 1
            }
            if text.contains("\"file_packets_missing\":") { counts["packets missing in captures", default: 0] += 1 }
        }
        let lines = counts.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)\n" }.joined()
        return "the last \(bytes.count) bytes of \(path):\n" + lines
    }

    // MARK: Logs

    private var logs: [Part] {
        var parts: [Part] = []
        func add(_ name: String, _ path: String, _ bytes: Int) {
            guard access(path, F_OK) == 0 else { return }
            parts.append(Part(name) { [mask] in Self.tail(path, bytes, mask) })
        }
        if let file = settings.log.file {
            add("log.txt", file, 4 << 20)
            add("log.1.txt", file + ".1", 2 << 20)
        }
        if let file = settings.log.auditFile { add("audit.txt", file, 1 << 20) }
        return parts
    }

    private static func tail(_ path: String, _ bytes: Int, _ mask: LineMask) -> String {
        guard let found = FileTail.read(path, bytes) else { return "\(path) cannot be read\n" }
        return mask.text(String(decoding: found, as: UTF8.self))
    }

    private var service: [Part] {
        let (unit, mask) = (request.unit, mask)
        return [
            Part("journal.txt") {
                mask.text(
                    ProgramOutput.text([
                        "journalctl", "--unit", unit, "--lines", "5000", "--no-pager", "--output", "short-iso",
                    ]))
            },
            Part("unit.txt") {
                let status = mask.text(ProgramOutput.text(["systemctl", "status", unit, "--no-pager", "--lines", "0"]))
                let shown = ProgramOutput.text(["systemctl", "show", unit, "--no-pager"])
                let text = BundleSecrets.lines(ProgramOutput.text(["systemctl", "cat", unit, "--no-pager"]))
                return [status, text, BundleSecrets.lines(shown)].joined(separator: "\n")
            },
        ]
    }

    // MARK: The machine

    private var system: [Part] {
        let archive = settings.archivePath
        return [
            Part("disk.txt") {
                var text = ProgramOutput.text(["df", "-h"]) + "\n" + ProgramOutput.text(["df", "-i"])
                text += "\n" + (SystemFile.text("/proc/mounts") ?? "") + "\n\n"
                if let archive {
                    text += ProgramOutput.text(["du", "-sh", archive]) + ProgramOutput.text(["ls", "-ld", archive])
                }
                return text
            },
            Part("memory.txt") {
                (SystemFile.text("/proc/meminfo") ?? "") + "\n\n" + (SystemFile.text("/proc/pressure/memory") ?? "")
            },
            Part("clock.txt") {
                ProgramOutput.text(["timedatectl"]) + "\n" + ProgramOutput.text(["chronyc", "tracking"])
            },
            Part("kernel.txt") { ProgramOutput.text(["dmesg", "--level", "err,warn"], limit: 1 << 20) },
            Part("processors.txt") {
                ProgramOutput.text(["lscpu"]) + "\n" + (SystemFile.text("/proc/pressure/cpu") ?? "")
            },
        ]
    }

    private var network: [Part] {
        let devices = DeviceFacts.gather(promiscuous: []).filter { $0.isUp && $0.name != "lo" }.prefix(8).map(\.name)
        return [
            Part("interfaces.txt") {
                var text = ProgramOutput.text(["ip", "-s", "-s", "-d", "link", "show"])
                text += "\n" + ProgramOutput.text(["ip", "-br", "address"])
                for device in devices {
                    for option in ["-i", "-k", "-g", "-S"] {
                        text += "\nethtool \(option) \(device):\n" + ProgramOutput.text(["ethtool", option, device])
                    }
                }
                return text
            },
            Part("network.txt") {
                var text = ""
                for file in ["dev", "softnet_stat", "packet", "snmp"] {
                    text += "/proc/net/\(file):\n\(SystemFile.text("/proc/net/\(file)") ?? "")\n\n"
                }
                for name in ["rmem_max", "rmem_default", "netdev_max_backlog", "netdev_budget", "optmem_max"] {
                    text += "net.core.\(name) = \(SystemFile.text("/proc/sys/net/core/\(name)") ?? "")\n"
                }
                return text
            },
        ]
    }
}
