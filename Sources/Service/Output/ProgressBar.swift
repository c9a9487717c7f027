import Glibc

/// The bar under a long replay: share of the bytes read, rate, time left. Only for a terminal, on stderr.
///
/// Pure except for `draw` and `clear`; the time is a parameter.
public struct ProgressBar: Sendable {
    /// Nanoseconds between two drawings: five a second are smooth and cost nothing.
    static let interval: Int64 = 200_000_000
    /// Nothing is drawn before this: a short replay shall not flicker.
    static let delay: Int64 = 500_000_000

    private let totalBytes: Int64?
    private let start: Int64
    private var lastDrawn: Int64?

    /// - Parameters:
    ///   - totalBytes: bytes of all input files, compressed as they are; nil when unknown (a pipe).
    ///   - now: monotonic nanoseconds.
    public init(totalBytes: Int64?, now: Int64) {
        self.totalBytes = totalBytes
        start = now
    }

    /// Draws the bar when it is time to.
    public mutating func update(bytesRead: Int64, packets: Int64, now: Int64) {
        guard now - start >= Self.delay, lastDrawn.map({ now - $0 >= Self.interval }) ?? true else { return }
        lastDrawn = now
        let text = line(bytesRead: bytesRead, packets: packets, now: now, width: Self.terminalWidth)
        StandardStream.error.write("\r" + text + "\u{1B}[K")
    }

    /// Removes the bar, so that what is printed next stands on a clean line.
    public mutating func clear() {
        guard lastDrawn != nil else { return }
        lastDrawn = nil
        StandardStream.error.write("\r\u{1B}[K")
    }

    func line(bytesRead: Int64, packets: Int64, now: Int64, width: Int) -> String {
        let elapsed = max(now - start, 1)
        var parts = ["\(packets) packets", rate(packets, elapsed) + " packets/s"]
        guard let totalBytes, totalBytes > 0 else { return fit(parts.joined(separator: "  "), width) }
        let share = min(max(Double(bytesRead) / Double(totalBytes), 0), 1)
        if share > 0 {
            let left = Double(elapsed) * (1 - share) / share / 1e9
            parts.append(left.isFinite && left < 360_000 ? clock(Int64(left.rounded())) + " left" : "")
        }
        let percent = "\(Int(share * 100))%"
        let tail =
            "  " + String(repeating: " ", count: 4 - percent.count) + percent + "  " + parts.joined(separator: "  ")
        let cells = min(40, width - tail.count - 3)
        guard cells >= 8 else { return fit(String(tail.drop { $0 == " " }), width) }
        let filled = Int(Double(cells) * share)
        let bar = String(repeating: "=", count: filled) + String(repeating: " ", count: cells - filled)
        return "[\(bar)]" + tail
    }

    private func rate(_ packets: Int64, _ elapsed: Int64) -> String {
        let rate = min(max(Double(packets), 0) * 1e9 / Double(elapsed), 1e12)
        if rate >= 1e6 { return "\(Double(Int(rate / 1e5)) / 10)M" }
        return rate >= 1e4 ? "\(Int(rate / 1e3))k" : "\(Int(rate))"
    }

    /// `0:07`, `12:34`, `1:02:03`.
    private func clock(_ seconds: Int64) -> String {
        func two(_ value: Int64) -> String { (value < 10 ? "0" : "") + String(value) }
        let (hours, minutes) = (seconds / 3600, seconds / 60 % 60)
        return hours > 0 ? "\(hours):\(two(minutes)):\(two(seconds % 60))" : "\(minutes):\(two(seconds % 60))"
    }

    /// One column stays free: a full line would wrap and leave its copy behind at the next drawing.
    private func fit(_ text: String, _ width: Int) -> String { String(text.prefix(max(0, width - 1))) }

    private static var terminalWidth: Int {
        var size = winsize()
        guard ioctl(StandardStream.error.rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}
