import Glibc

/// What the process may use.
struct LimitFacts: Sendable {
    /// Open files; nil is no limit, here and below.
    var files: Int?
    /// Bytes of one file.
    var fileSize: Int?
    /// Bytes of address space.
    var addressSpace: Int?
    /// Bytes of the machine.
    var memory = 0
    var memoryAvailable = 0
    /// Bytes that our control group may have.
    var groupMemory: Int?
    var processors = 1

    static func gather() -> LimitFacts {
        var facts = LimitFacts()
        facts.files = limit(RLIMIT_NOFILE)
        facts.fileSize = limit(RLIMIT_FSIZE)
        facts.addressSpace = limit(RLIMIT_AS)
        facts.memory = (SystemFile.number("MemTotal", in: "/proc/meminfo") ?? 0) << 10
        facts.memoryAvailable = (SystemFile.number("MemAvailable", in: "/proc/meminfo") ?? 0) << 10
        facts.groupMemory = groupMemoryLimit(SystemFile.text("/proc/self/cgroup") ?? "", SystemFile.text)
        facts.processors = Processors.usable
        return facts
    }

    private static func limit(_ resource: __rlimit_resource) -> Int? {
        var value = rlimit()
        guard getrlimit(__rlimit_resource_t(resource.rawValue), &value) == 0 else { return nil }
        // RLIM_INFINITY is all ones.
        return Int(exactly: value.rlim_cur)
    }

    /// The lowest limit on the way to the root of the hierarchy (cgroup v2), or that of the memory controller (v1).
    static func groupMemoryLimit(_ membership: String, _ read: (String) -> String?) -> Int? {
        var lowest: Int?
        func take(_ path: String) {
            // v1 writes no limit as a number near 2^63.
            guard let bytes = read(path).flatMap({ Int($0) }), bytes < 1 << 60 else { return }
            lowest = min(lowest ?? bytes, bytes)
        }
        for line in membership.split(separator: "\n") {
            let fields = line.split(separator: ":", maxSplits: 2, omittingEmptySubsequences: false)
            guard fields.count == 3 else { continue }
            if fields[1].isEmpty {
                var path = String(fields[2])
                while path.count > 1 {
                    take("/sys/fs/cgroup\(path)/memory.max")
                    path = String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)])
                }
            } else if fields[1].split(separator: ",").contains("memory") {
                take("/sys/fs/cgroup/memory\(fields[2])/memory.limit_in_bytes")
            }
        }
        return lowest
    }
}
