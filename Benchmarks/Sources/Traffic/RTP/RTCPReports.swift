/// Sends sender reports with SDES (RFC 3550 section 6) beside an RTP stream, and BYE at its end. Where there is a stream
/// the other way, each report has a block about it.
public final class RTCPReports: PacketSource {
    private let plan: RTPStreamPlan
    private let calls: [CallTruth]
    private let settings: CaptureSettings
    private let interval: UInt64
    private let last: UInt64
    private var identification: UInt32
    private let figures: StreamFigures
    /// From the point of capture to this sender and back, nanoseconds; and packets that get lost on that way.
    private let distance: UInt64
    private let lostBeyond: Int
    /// The reports of the stream the other way.
    private weak var opposite: RTCPReports?
    private var lastReport: (name: UInt32, time: UInt64)?

    public init(
        _ plan: RTPStreamPlan, _ figures: StreamFigures, owners: [CallTruth], random: inout SplitMix64,
        settings: CaptureSettings
    ) {
        (self.plan, self.figures, calls, self.settings) = (plan, figures, owners, settings)
        interval = random.within(4_000_000_000...6_000_000_000)
        last = settings.quantized(plan.end + random.below(2_000_000))
        identification = UInt32(truncatingIfNeeded: random.next())
        distance = random.within(1_000_000...150_000_000)
        lostBeyond = random.below(4)
        super.init()
        next = min(last, settings.quantized(plan.start + interval / 5 + random.below(100_000_000)))
    }

    /// Makes two senders report on each other's streams.
    public static func pair(_ first: RTCPReports, _ second: RTCPReports) {
        (first.opposite, second.opposite) = (second, first)
    }

    public func isOpposite(of other: RTCPReports) -> Bool {
        opposite == nil && other.opposite == nil && plan.source == other.plan.destination
            && plan.destination == other.plan.source && plan.start < other.plan.end && other.plan.start < plan.end
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
        let seconds = UInt32(truncatingIfNeeded: next / 1_000_000_000 + 2_208_988_800)
        let fraction = UInt32(truncatingIfNeeded: (next % 1_000_000_000 << 32) / 1_000_000_000)
        let block = reportBlock()
        var bytes: [UInt8] = []
        bytes.append(contentsOf: [block == nil ? 0x80 : 0x81, 200])
        bytes.append(big16: block == nil ? 6 : 12)
        bytes.append(big32: plan.ssrc)
        bytes.append(big32: seconds)
        bytes.append(big32: fraction)
        let ticks = UInt32(truncatingIfNeeded: elapsed / 1_000_000 * UInt64(plan.codec.clockRate) / 1000)
        bytes.append(big32: plan.firstTimestamp &+ ticks)
        bytes.append(big32: sent)
        bytes.append(big32: sent &* UInt32(plan.codec.bytesPer20ms ?? 80))
        if let block { bytes.append(contentsOf: block) }
        lastReport = (seconds << 16 | fraction >> 16, next)
        if figures.packets > 0 { figures.reports.senderPackets = Int(sent) }
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

    /// What the sender says of the stream it receives: it lies `distance` behind the point of capture.
    private func reportBlock() -> [UInt8]? {
        guard let opposite, opposite.figures.packets > 0 else { return nil }
        var bytes: [UInt8] = []
        let lost = opposite.figures.missing + lostBeyond
        bytes.append(big32: opposite.plan.ssrc)
        bytes.append(big32: UInt32(bitPattern: Int32(lost)) & 0xff_ffff)
        bytes.append(big32: UInt32(truncatingIfNeeded: opposite.figures.packets))
        bytes.append(big32: 16)
        opposite.figures.reports.note(lost: lost, beyond: lostBeyond)
        if let report = opposite.lastReport, next > report.time + distance {
            let kept = next - report.time - distance
            bytes.append(big32: report.name)
            bytes.append(big32: UInt32(truncatingIfNeeded: (kept << 16) / 1_000_000_000))
            opposite.figures.reports.roundTrip = Double(distance) / 1e6
        } else {
            bytes.append(contentsOf: [UInt8](repeating: 0, count: 8))
        }
        return bytes
    }
}
