import Glibc
import Logging

/// Warns when memory runs short: the component `memory`, at 75 % and at 90 % of a budget.
struct MemoryWatch {
    /// Of the whole process, bytes; 0 is none.
    var budget: Int
    private var process = MemoryLevel()
    private var reassembly = MemoryLevel()

    init(budget: Int) { self.budget = budget }

    /// - Parameters:
    ///   - held: bytes held for TCP reassembly.
    ///   - limit: `tcp_memory_limit`.
    mutating func look(held: Int, limit: Int) {
        let logger = Logger(label: "memory")
        if budget > 0, let resident = Self.residentBytes {
            process.take(resident, of: budget, "resident memory", logger)
        }
        reassembly.take(held, of: limit, "memory for TCP reassembly", logger)
    }

    /// statm's second figure, in pages (https://man7.org/linux/man-pages/man5/proc.5.html).
    static var residentBytes: Int? {
        guard case .success(let bytes) = readSmallFile("/proc/self/statm", limit: 4096) else { return nil }
        let words = bytes.split(separator: UInt8(ascii: " "))
        guard words.count > 1, let pages = Int(String(decoding: words[1], as: UTF8.self)) else { return nil }
        return pages * sysconf(Int32(_SC_PAGESIZE))
    }
}

/// Which of the thresholds a figure has passed. Each is told once; falling below 70 % makes them new.
struct MemoryLevel {
    private(set) var percentTold = 0

    static let thresholds = [75, 90]
    static let relief = 70

    /// What to say now: the thresholds that were passed, 0 for relief.
    mutating func pass(_ used: Int, of budget: Int) -> [Int] {
        guard budget > 0 else { return [] }
        let percent = Int(Double(used) / Double(budget) * 100)
        let passed = Self.thresholds.filter { percent >= $0 && $0 > percentTold }
        if let highest = passed.last {
            percentTold = highest
            return passed
        }
        guard percentTold > 0, percent < Self.relief else { return [] }
        percentTold = 0
        return [0]
    }

    mutating func take(_ used: Int, of budget: Int, _ what: String, _ logger: Logger) {
        let metadata: Logger.Metadata = ["bytes": "\(used)", "budget": "\(budget)"]
        // Both when both are passed at once: whoever looks for warnings finds one.
        for passed in pass(used, of: budget) {
            switch passed {
            case 0: logger.notice("\(what) is below \(Self.relief) % of its budget again", metadata: metadata)
            case 90...: logger.error("\(what) is above \(passed) % of its budget", metadata: metadata)
            default: logger.warning("\(what) is above \(passed) % of its budget", metadata: metadata)
            }
        }
    }
}
