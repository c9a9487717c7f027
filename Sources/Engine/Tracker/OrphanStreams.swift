import Calls
import PacketDecoding
import RTP

/// RTP of no call, for `--orphan-rtp`: streams by SSRC and both endpoints, of which those are reported that had four
/// packets in sequence.
struct OrphanStreams {
    private let hash: FlowHash
    private let concealsLoss: Bool
    private var index = SlotIndex()
    private var orphans: [Orphan] = []
    private(set) var refused: UInt64 = 0

    /// Streams followed at once; packets of more are counted.
    static let limit = 65536
    static let packetsToQualify = 4

    init(hash: FlowHash, concealsLoss: Bool = true) {
        self.hash = hash
        self.concealsLoss = concealsLoss
    }

    mutating func receive(_ entry: LookBack.Entry) {
        guard entry.kind == .rtp else { return }
        let start = Int(entry.payloadOffset)
        let payload = entry.bytes.span.extracting(start..<(start + Int(entry.payloadLength)))
        guard let header = try? RTPHeader(parsing: payload) else { return }
        let hashed =
            hash(
                entry.source.address, entry.destination.address, entry.source.port, entry.destination.port)
            ^ UInt64(header.ssrc) &* 0x9e37_79b9_7f4a_7c15
        guard let slot = slot(hashed, entry, header.ssrc) else {
            refused += 1
            return
        }
        if entry.isCopy {
            orphans[slot].statistics.countCopy()
            return
        }
        orphans[slot].run = orphans[slot].lastSequence &+ 1 == header.sequence ? orphans[slot].run + 1 : 1
        orphans[slot].lastSequence = header.sequence
        if orphans[slot].run >= OrphanStreams.packetsToQualify { orphans[slot].qualified = true }
        let cut = Int(entry.packet.originalLength) - Int(entry.packet.capturedLength)
        let length = payload.count + cut
        orphans[slot].measure(at: entry.packet.timestamp) {
            $0.receive(
                sequence: header.sequence, timestamp: header.timestamp, marker: header.marker,
                payloadType: header.payloadType, clockRate: 0, isTelephoneEvent: false,
                arrival: entry.packet.timestamp, payloadBytes: length)
        }
    }

    private mutating func slot(_ hashed: UInt64, _ entry: LookBack.Entry, _ ssrc: UInt32) -> Int? {
        var position = index.start(hashed)
        while true {
            let slot = index.next(hashed, &position)
            if slot < 0 { break }
            if orphans[slot].ssrc == ssrc, orphans[slot].source == entry.source,
                orphans[slot].destination == entry.destination
            {
                return slot
            }
        }
        guard orphans.count < OrphanStreams.limit else { return nil }
        orphans.append(Orphan(source: entry.source, destination: entry.destination, ssrc: ssrc))
        index.insert(hashed, slot: orphans.count - 1)
        return orphans.count - 1
    }

    /// In the order of their first packets.
    var records: [OrphanStreamRecord] {
        orphans.filter(\.qualified).map { OrphanStreamRecord($0.record(concealsLoss: concealsLoss)) }
    }
}

private struct Orphan {
    var source: Endpoint
    var destination: Endpoint
    var ssrc: UInt32
    var statistics = StreamStatistics()
    var lastSequence: UInt16 = 0
    var run = 0
    var qualified = false
    var intervalEnd = Int64.min
    var intervals: StreamIntervals?

    mutating func measure(at arrival: Int64, _ receive: (inout StreamStatistics) -> Void) {
        if arrival < intervalEnd {
            receive(&statistics)
        } else if statistics.packets == 0 {
            intervalEnd = StreamIntervals.firstEnd(arrival)
            receive(&statistics)
        } else {
            var ended = intervals ?? StreamIntervals(start: statistics.firstArrival)
            intervals = nil
            intervalEnd = ended.receive(&statistics, arrival: arrival, receive)
            intervals = ended
        }
    }

    func record(concealsLoss: Bool) -> StreamRecord {
        var record = StreamRecord(ssrc: ssrc, source: source, destination: destination, statistics: statistics)
        record.rate(
            statistics,
            codec: RatedCodec(
                statistics.payloadTypes.compactMap {
                    RatedCodec(staticPayloadType: $0, concealsLoss: concealsLoss)
                }),
            intervals: intervals?.all(statistics) ?? StreamIntervals.only(statistics))
        return record
    }
}
