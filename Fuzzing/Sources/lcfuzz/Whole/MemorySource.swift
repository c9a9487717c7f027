@testable import Capture

/// The packets of a capture, without a file.
final class MemorySource: PacketSource {
    private let capture: MutableCapture
    private var next = 0
    let interfaces: [CaptureInterface]

    init(_ capture: MutableCapture) {
        self.capture = capture
        interfaces = [
            CaptureInterface(
                linkType: capture.linkType, name: nil, snapLength: 262_144, isFinerThanMicrosecond: false)
        ]
    }

    var linkTypes: [UInt32] { interfaces.map(\.linkType) }
    var isNanosecond: Bool { false }
    var statistics: CaptureStatistics { CaptureStatistics() }
    var damages: [CaptureDamage] { [] }

    func read(into batch: inout PacketBatch, limit maxPackets: Int) throws(CaptureError) -> ReadStatus {
        batch.removeAll()
        // No byte to spare, so that a read past a packet is one past the arena.
        batch.bytes = []
        while next < capture.packets.count, batch.packets.count < maxPackets {
            let packet = capture.packets[next]
            next += 1
            batch.packets.append(
                CapturedPacket(
                    timestamp: Int64(truncatingIfNeeded: packet.time) * 1000, offset: UInt32(batch.bytes.count),
                    capturedLength: UInt32(packet.bytes.count),
                    originalLength: UInt32(truncatingIfNeeded: packet.originalLength), interface: 0))
            batch.bytes += packet.bytes
        }
        return batch.isEmpty ? .endOfInput : .packets
    }
}
