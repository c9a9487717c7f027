import Glibc

/// Emptying the kernel's rings after a stop, so that nothing captured before it is lost.
///
/// TPACKET_V3 hands packets over in blocks and holds a block that is not full until its timeout. A device is drained when it
/// has given a packet from after the stop, or nothing for two timeouts; at the latest after 1.2 s.
struct LiveDrain {
    static let maximumNanoseconds: Int64 = 1_200_000_000

    /// Wall clock, as packets have it.
    private let stopTime = LiveDrain.clock(CLOCK_REALTIME)
    private let deadline: Int64
    private let quietNanoseconds: Int64
    /// When each device last gave a packet, by interface number; monotonic clock.
    private var lastPacket: [UInt16: Int64] = [:]
    private let started: Int64

    init(_ options: LiveOptions) {
        started = LiveDrain.clock(CLOCK_MONOTONIC)
        deadline = started + LiveDrain.maximumNanoseconds
        quietNanoseconds = options.quietNanoseconds
    }

    /// Takes note of a batch that was read after the stop, and marks the devices that are drained.
    mutating func note(_ batch: borrowing PacketBatch, _ devices: [LiveDevice]) {
        let now = LiveDrain.clock(CLOCK_MONOTONIC)
        var isLater: Set<UInt16> = []
        for packet in batch.packets {
            lastPacket[packet.interface] = now
            if packet.timestamp > stopTime { isLater.insert(packet.interface) }
        }
        for device in devices {
            let isQuiet = now - (lastPacket[device.number] ?? started) >= quietNanoseconds
            if isQuiet || isLater.contains(device.number) || now >= deadline { device.isDrained = true }
        }
    }

    static func clock(_ id: clockid_t) -> Int64 {
        var time = timespec()
        _ = unsafe clock_gettime(id, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
