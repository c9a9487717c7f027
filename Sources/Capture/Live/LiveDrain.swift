import Glibc

/// Emptying the kernel's rings after a stop, so that nothing captured before it is lost.
///
/// TPACKET_V3 hands packets over in blocks and holds a block that is not full until its timeout. A device is drained when it
/// has given a packet from after the stop, or nothing for two timeouts; at the latest after 1.2 s of reading. The time in which
/// nobody takes what was read (a disk that is slow) does not count: all of it would be lost otherwise.
struct LiveDrain {
    static let maximumNanoseconds: Int64 = 1_200_000_000

    /// Wall clock, as packets have it.
    private let stopTime = LiveDrain.clock(CLOCK_REALTIME)
    private var remaining = LiveDrain.maximumNanoseconds
    private let quietNanoseconds: Int64
    private let started = LiveDrain.clock(CLOCK_MONOTONIC)

    init(_ options: LiveOptions) { quietNanoseconds = options.quietNanoseconds }

    /// A device was asked and had nothing, or it had something.
    func asked(_ device: LiveDevice, hadPackets: Bool) {
        guard !hadPackets else {
            device.emptySince = nil
            return
        }
        let now = LiveDrain.clock(CLOCK_MONOTONIC)
        let since = max(device.emptySince ?? now, started)
        device.emptySince = since
        // Asked twice, with enough time in between for the kernel to give up what it held.
        if now - since >= quietNanoseconds { device.isDrained = true }
    }

    /// Takes note of a batch that was read after the stop, and marks the devices that are drained.
    ///
    /// - Parameter start: when reading it began, monotonic nanoseconds.
    mutating func note(_ batch: borrowing PacketBatch, _ devices: [LiveDevice], since start: Int64) {
        let now = LiveDrain.clock(CLOCK_MONOTONIC)
        remaining -= max(0, now - max(start, started))
        var isLater: Set<UInt16> = []
        for packet in batch.packets where packet.timestamp > stopTime { isLater.insert(packet.interface) }
        for device in devices where isLater.contains(device.number) || remaining <= 0 { device.isDrained = true }
    }

    static func clock(_ id: clockid_t) -> Int64 {
        var time = timespec()
        _ = unsafe clock_gettime(id, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
