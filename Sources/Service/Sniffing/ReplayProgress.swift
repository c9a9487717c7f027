import Calls
import Engine
import Glibc

/// Shows how far a replay is, and the counters when somebody asks (SIGUSR1).
struct ReplayProgress {
    private var bar: ProgressBar?

    init(_ request: SniffRequest) { self.init(files: request.capture.files, isShown: request.output.progress) }

    init(files: [String], isShown: Bool) {
        guard isShown else { return }
        var total: Int64? = 0
        for file in files {
            var status = stat()
            if file == "-" || stat(file, &status) != 0 || status.st_mode & S_IFMT != S_IFREG {
                total = nil
                break
            }
            total = total.map { $0 + Int64(status.st_size) }
        }
        bar = ProgressBar(totalBytes: total, now: Self.now)
    }

    mutating func update(_ progress: SnifferProgress) {
        if progress.isRequested {
            bar?.clear()
            StandardStream.error.write(Self.report(progress))
        }
        update(bytes: progress.bytes, packets: progress.packets)
    }

    mutating func update(bytes: UInt64, packets: UInt64) {
        guard bar != nil else { return }
        // 16 bytes of record header each, which the bytes of the packets do not count.
        bar?.update(
            bytesRead: Int64(clamping: bytes + 16 * packets), packets: Int64(clamping: packets), now: Self.now)
    }

    mutating func clear() { bar?.clear() }

    private static func report(_ progress: SnifferProgress) -> String {
        var bytes: [UInt8] = []
        SummaryText.append(progress.ledger, to: &bytes)
        for interface in progress.interfaces { SummaryText.append(interface, to: &bytes) }
        var text = "calls now: \(progress.liveCalls)\n" + String(decoding: bytes, as: UTF8.self)
        for counter in progress.counters { text += "\(counter.name) \(counter.count)\n" }
        return text
    }

    private static var now: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
