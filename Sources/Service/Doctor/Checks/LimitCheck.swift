/// Whether the process may use what it needs.
enum LimitCheck {
    private static let name = "limits"
    /// Enough for 50,000 open calls: none has a descriptor of its own.
    private static let enoughFiles = 256
    private static let fewestFiles = 64

    static func findings(_ settings: Settings, _ limits: LimitFacts) -> [Finding] {
        var findings = [files(limits)] + sizes(limits)
        findings += memory(settings, limits)
        if limits.processors < 2 {
            findings.append(
                .note(name, "processors", "one processor: lc captures and writes by turns").with(
                    (key: "processors", value: 1)))
        }
        return findings
    }

    private static func files(_ limits: LimitFacts) -> Finding {
        guard let files = limits.files else { return .ok(name, "open files", "no limit") }
        if files < fewestFiles {
            return .problem(
                name, "open files", "\(files) are too few", remedy: "ulimit -n 1024, or LimitNOFILE=1024 in the unit",
                .serviceUnavailable)
        }
        if files < enoughFiles {
            return .warning(
                name, "open files", "\(files); files of calls are opened and closed more often than need be",
                remedy: "ulimit -n 1024, or LimitNOFILE=1024 in the unit")
        }
        return .ok(name, "open files", "\(files)").with((key: "open_files", value: Int64(files)))
    }

    private static func sizes(_ limits: LimitFacts) -> [Finding] {
        var findings: [Finding] = []
        if let size = limits.fileSize {
            findings.append(
                .warning(
                    name, "file size", "a file can have \(SizeText.format(size)) at most: long calls are cut off",
                    remedy: "ulimit -f unlimited, or LimitFSIZE=infinity in the unit; or max_file_size below that"))
        }
        if let space = limits.addressSpace {
            findings.append(
                .warning(
                    name, "address space", "\(SizeText.format(space)): lc ends when it has used that up",
                    remedy: "ulimit -v unlimited; MemoryMax= in the unit counts what is really used"))
        }
        return findings
    }

    private static func memory(_ settings: Settings, _ limits: LimitFacts) -> [Finding] {
        let engine = settings.engine.limits
        let rings =
            settings.capture.hepListen.isEmpty ? settings.capture.bufferSize * settings.capture.interfaces.count : 0
        let held = engine.writeBufferBytes + engine.lookBackBytes + engine.tcpMemoryLimit
        let budget = settings.memoryBudget
        var findings: [Finding] = []
        if let group = limits.groupMemory, budget > 0, group < budget + rings {
            findings.append(
                .warning(
                    name, "memory",
                    "the control group may have \(SizeText.format(group)), memory_budget and rings are "
                        + SizeText.format(budget + rings),
                    remedy: "lower memory_budget, or use tcp_performance_mode: memory; or raise MemoryMax= in the unit")
            )
        } else if budget > 0, limits.memoryAvailable > 0, budget + rings > limits.memoryAvailable {
            findings.append(
                .warning(
                    name, "memory",
                    "\(limits.memoryAvailable >> 20) MiB are free, memory_budget and rings are \((budget + rings) >> 20) MiB",
                    remedy: "tcp_performance_mode: memory, or more memory"))
        } else {
            findings.append(.ok(name, "memory", "\(limits.memoryAvailable >> 20) MiB are free"))
        }
        findings[0].figures = [("available_bytes", Int64(limits.memoryAvailable))]
        if budget > 0, held > budget {
            findings.append(
                .warning(
                    name, "memory",
                    "write_buffer_size, look_back_size and tcp_memory_limit are \(held >> 20) MiB together, "
                        + "memory_budget is \(budget >> 20) MiB",
                    remedy: "raise memory_budget, or lower the others"))
        }
        return findings
    }
}
