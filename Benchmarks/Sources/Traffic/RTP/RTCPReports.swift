/// Sends sender reports with SDES (RFC 3550 section 6) beside an RTP stream, and BYE at its end.
public final class RTCPReports: PacketSource {
    private let plan: RTPStreamPlan
    private let calls: [CallTruth]
    private let settings: CaptureSettings
    private let interval: UInt64
    private let last: UInt64
    private var identification: UInt32

    public init(_ plan: RTPStreamPlan, owners: [CallTruth], random: inout SplitMix64, settings: CaptureSettings) {
        (self.plan, calls, self.settings) = (plan, owners, settings)
        interval = random.within(4_000_000_000...6_000_000_000)
        last = settings.quantized(plan.end + random.below(2_000_000))
        identification = UInt32(truncatingIfNeeded: random.next())
        super.init()
        next = min(last, settings.quantized(plan.start + interval / 5 + random.below(100_000_000)))
    }

    public override var owners: [CallTruth] { calls }

    public override func emit(into run: CaptureRun) throws {
        let path = Path(from: plan.source.rtcp, to: plan.destination.rtcp, vlans: plan.vlans)
        var packet: [UInt8] = []
        identification &+= 1
        UDPDatagram.append(
            path: path, link: settings.link, identification: identification, payload: compound(), to: &packet)
        try packet.withUnsafeBytes { bytes in
            try run.write(at: next, bytes, kind: .rtcp, owners: calls)
        }
        if next == last {
            next = .max
        } else {
            next = min(last, settings.quantized(next + interval))
        }
    }

    private func compound() -> [UInt8] {
        let elapsed = next > plan.start ? next - plan.start : 0
        let sent = UInt32(truncatingIfNeeded: elapsed / (plan.packetTime * 1_000_000)) + 1
        var bytes: [UInt8] = []
        bytes.append(contentsOf: [0x80, 200])
        bytes.append(big16: 6)
        bytes.append(big32: plan.ssrc)
        bytes.append(big32: UInt32(truncatingIfNeeded: next / 1_000_000_000 + 2_208_988_800))
        bytes.append(big32: UInt32(truncatingIfNeeded: (next % 1_000_000_000 << 32) / 1_000_000_000))
        let ticks = UInt32(truncatingIfNeeded: elapsed / 1_000_000 * UInt64(plan.codec.clockRate) / 1000)
        bytes.append(big32: plan.firstTimestamp &+ ticks)
        bytes.append(big32: sent)
        bytes.append(big32: sent &* UInt32(plan.codec.bytesPer20ms ?? 80))
        let name = Array("caller@example.com".utf8)
        bytes.append(contentsOf: [0x81, 202])
        bytes.append(big16: 7)
        bytes.append(big32: plan.ssrc)
        bytes.append(contentsOf: [1, UInt8(name.count)])
        bytes.append(contentsOf: name)
        bytes.append(contentsOf: [0, 0, 0, 0])
        if next == last {
            bytes.append(contentsOf: [0x81, 203])
            bytes.append(big16: 1)
            bytes.append(big32: plan.ssrc)
        }
        return bytes
    }
}
