import Capture

/// A scenario's capture in whose middle something is done: when so many seconds of it have been read.
final class InterruptedSource: PacketSource {
    private let base: FileSource
    private let time: Int64
    private let interrupt: () -> Void
    private var isDone = false

    init(_ base: FileSource, at seconds: Double, _ interrupt: @escaping () -> Void) {
        self.base = base
        time = Scenario.start + Int64(seconds * 1e9)
        self.interrupt = interrupt
    }

    func read(into batch: inout PacketBatch, limit: Int) throws(CaptureError) -> ReadStatus {
        let status = try base.read(into: &batch, limit: limit)
        if !isDone, let packet = batch.packets.first, packet.timestamp >= time {
            isDone = true
            interrupt()
        }
        return status
    }

    var interfaces: [CaptureInterface] { base.interfaces }
    var linkTypes: [UInt32] { base.linkTypes }
    var isNanosecond: Bool { base.isNanosecond }
    var statistics: CaptureStatistics { base.statistics }
    var damages: [CaptureDamage] { base.damages }
}
