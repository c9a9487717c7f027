import Glibc

/// What the process uses, and how full its disk is.
struct SystemFigures: Sendable, Equatable {
    /// Bytes.
    var resident = 0
    /// User and system time so far, nanoseconds.
    var processorTime: Int64 = 0
    /// Percent of the processors that we may use, since the last look.
    var processorPercent = 0.0
    /// Percent of one processor that the busiest thread used, since the last look.
    var busiestThreadPercent = 0.0
    var openFiles = 0
    var openFileLimit = 0
    var disk: DiskFigures?
}

/// The file system of the output directory, bytes.
struct DiskFigures: Sendable, Equatable {
    var total: UInt64
    /// To us: without what is reserved for root.
    var available: UInt64
    var used: UInt64

    /// As df(1) has it: of what can be used at all.
    var percent: Double { used + available == 0 ? 0 : Double(used) / Double(used + available) * 100 }

    init?(of path: String) {
        var space = statvfs()
        guard statvfs(path, &space) == 0 else { return nil }
        let unit = UInt64(space.f_frsize)
        total = UInt64(space.f_blocks) * unit
        available = UInt64(space.f_bavail) * unit
        used = UInt64(space.f_blocks - min(space.f_bfree, space.f_blocks)) * unit
    }

    init(total: UInt64, available: UInt64, used: UInt64) {
        (self.total, self.available, self.used) = (total, available, used)
    }
}

/// Reads them about once a second, and what they were before.
struct SystemWatch {
    private var lastLook: Int64 = 0
    private var lastTime: Int64 = 0
    private var threads: [Int32: Int64] = [:]
    private let processors = max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    private let ticks = max(1, Int64(sysconf(Int32(_SC_CLK_TCK))))

    /// - Parameter directory: where the captures go.
    mutating func look(_ directory: String?) -> SystemFigures {
        var figures = SystemFigures()
        figures.resident = MemoryWatch.residentBytes ?? 0
        var usage = rusage()
        if getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 {
            figures.processorTime = Self.nanoseconds(usage.ru_utime) + Self.nanoseconds(usage.ru_stime)
        }
        let now = MonotonicClock.now
        let elapsed = now - lastLook
        let times = threadTimes()
        if lastLook > 0, elapsed > 0 {
            let used = figures.processorTime - lastTime
            // The kernel counts the time of threads that are running by its ticks: of a short while it may be more than all.
            figures.processorPercent = min(100, Double(used) / Double(elapsed) / Double(processors) * 100)
            let busiest = times.map { $0.value - (threads[$0.key] ?? $0.value) }.max() ?? 0
            figures.busiestThreadPercent = min(100, Double(busiest) / Double(elapsed) * 100)
        }
        (lastLook, lastTime, threads) = (now, figures.processorTime, times)
        figures.openFiles = Self.entries("/proc/self/fd").count
        var limit = rlimit()
        if getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 {
            figures.openFileLimit = Int(clamping: limit.rlim_cur)
        }
        figures.disk = directory.flatMap { DiskFigures(of: $0) }
        return figures
    }

    private static func nanoseconds(_ time: timeval) -> Int64 {
        Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_usec) * 1000
    }

    /// Time used by each thread so far, nanoseconds (proc(5): the 14th and 15th field; the name in front may have spaces).
    private func threadTimes() -> [Int32: Int64] {
        var times: [Int32: Int64] = [:]
        for entry in Self.entries("/proc/self/task").prefix(512) {
            guard let id = Int32(entry),
                case .success(let bytes) = readSmallFile("/proc/self/task/\(entry)/stat", limit: 4096),
                let end = bytes.lastIndex(of: UInt8(ascii: ")"))
            else { continue }
            let words = bytes[(end + 1)...].split(separator: UInt8(ascii: " "))
            guard words.count > 12, let user = Int64(String(decoding: words[11], as: UTF8.self)),
                let system = Int64(String(decoding: words[12], as: UTF8.self))
            else { continue }
            times[id] = (user + system) * (1_000_000_000 / ticks)
        }
        return times
    }

    private static func entries(_ path: String) -> [String] {
        guard let directory = opendir(path) else { return [] }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name.first != "." { names.append(name) }
        }
        return names
    }
}
