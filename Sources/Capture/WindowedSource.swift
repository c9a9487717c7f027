import Glibc

/// Those packets of another source that lie in a window; the others are read and forgotten.
///
/// Files may be out of order, so `toTime` only leaves packets out and the file is read on; `duration` ends the input as
/// soon as several packets in a row lie behind it. Live, time is over for good: both end the capture, also when no packet
/// comes to tell the time.
public final class WindowedSource: PacketSource {
    private let base: any PacketSource
    private let window: CaptureWindow
    private let isLive: Bool
    private let clock: () -> Int64
    private let started: Int64

    private var remaining: Int
    /// Where the duration ends; known with the first packet.
    private var durationEnd: Int64?
    /// Packets in a row that were behind an end that ends the input.
    private var confirmations = 0
    private var isOver = false
    /// Packets that were read and lie outside.
    public private(set) var packetsOutside: UInt64 = 0

    /// One packet with a wild timestamp does not end a capture.
    static let confirmationsNeeded = 16
    /// Live: how long the kernel may hold packets back that came before the end, nanoseconds.
    static let patience: Int64 = 250_000_000

    public var interfaces: [CaptureInterface] { base.interfaces }
    public var linkTypes: [UInt32] { base.linkTypes }
    public var isNanosecond: Bool { base.isNanosecond }
    public var statistics: CaptureStatistics { base.statistics }
    public var damages: [CaptureDamage] { base.damages }

    /// - Parameter clock: wall-clock nanoseconds; asked only when `isLive`.
    public init(
        _ base: any PacketSource, _ window: CaptureWindow, isLive: Bool,
        clock: @escaping () -> Int64 = WindowedSource.wallClock
    ) {
        self.base = base
        self.window = window
        self.isLive = isLive
        self.clock = clock
        started = isLive ? clock() : 0
        remaining = max(0, window.count ?? .max)
    }

    public func read(into batch: inout PacketBatch, limit maxPackets: Int) throws(CaptureError) -> ReadStatus {
        while !isOver, remaining > 0 {
            let status = try base.read(into: &batch, limit: min(maxPackets, remaining))
            switch status {
            case .endOfInput:
                return .endOfInput
            case .idle:
                if isLive, timeIsOver { isOver = true } else { return .idle }
            case .packets:
                remaining -= batch.count
                keepInside(&batch)
                if !batch.isEmpty { return .packets }
                // Live, time goes on for the reader although nothing is for it.
                if isLive, !isOver, remaining > 0 { return .idle }
            }
        }
        batch.removeAll()
        return .endOfInput
    }

    private func keepInside(_ batch: inout PacketBatch) {
        var kept = 0
        for index in batch.packets.indices {
            let packet = batch.packets[index]
            guard isInside(packet.timestamp) else { continue }
            if kept != index { batch.packets[kept] = packet }
            kept += 1
        }
        packetsOutside += UInt64(batch.count - kept)
        batch.packets.removeLast(batch.count - kept)
    }

    private func isInside(_ time: Int64) -> Bool {
        if let fromTime = window.fromTime, time < fromTime { return false }
        if durationEnd == nil, let duration = window.duration {
            let (end, overflow) = time.addingReportingOverflow(duration)
            durationEnd = overflow ? .max : end
        }
        if let durationEnd, time >= durationEnd {
            confirm()
            return false
        }
        if let toTime = window.toTime, time >= toTime {
            if isLive { confirm() }
            return false
        }
        confirmations = 0
        return true
    }

    private func confirm() {
        confirmations += 1
        if confirmations >= WindowedSource.confirmationsNeeded { isOver = true }
    }

    private var timeIsOver: Bool {
        let now = clock() - WindowedSource.patience
        if let toTime = window.toTime, now >= toTime { return true }
        guard let duration = window.duration else { return false }
        if let durationEnd { return now >= durationEnd }
        return now - max(started, window.fromTime ?? started) >= duration
    }

    public static func wallClock() -> Int64 {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
