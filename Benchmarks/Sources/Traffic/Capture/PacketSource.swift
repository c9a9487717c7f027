/// Something that has packets to send: a call's messages, an RTP stream, a TCP connection, background traffic.
open class PacketSource {
    /// When the next packet (or action) is due; `UInt64.max` when there is none left.
    public final var next: UInt64 = .max

    /// The calls whose truth is open until this source has nothing left.
    open var owners: [CallTruth] { [] }

    public init() {}

    /// Writes what is due at `next` and moves `next` on (never back).
    open func emit(into run: CaptureRun) throws {}
}

/// What a packet is to the generator, for the counts in the truth's summary.
public enum PacketKind: Int, CaseIterable, Sendable {
    case sipDatagram
    case sipFragment
    case tcpPayload
    case tcpNoPayload
    case rtp
    case rtcp
    case background

    var name: StaticString {
        switch self {
        case .sipDatagram: "sip_datagram"
        case .sipFragment: "sip_fragment"
        case .tcpPayload: "sip_tcp_payload"
        case .tcpNoPayload: "sip_tcp_no_payload"
        case .rtp: "rtp"
        case .rtcp: "rtcp"
        case .background: "background"
        }
    }
}

/// One packet again, a little later and along another path.
final class CopySource: PacketSource {
    private let packet: [UInt8]
    private let kind: PacketKind
    private let calls: [CallTruth]

    init(at time: UInt64, packet: [UInt8], kind: PacketKind, owners: [CallTruth]) {
        (self.packet, self.kind, calls) = (packet, kind, owners)
        super.init()
        next = time
    }

    override var owners: [CallTruth] { calls }

    override func emit(into run: CaptureRun) throws {
        for call in calls { call.copies += 1 }
        try packet.withUnsafeBytes { bytes in
            try run.write(at: next, bytes, kind: kind, owners: calls, isCopy: true)
        }
        next = .max
    }
}
