import Archive
import PacketDecoding
import RTP

/// One RTP stream of one call, updated in place.
struct CallStream {
    var statistics = StreamStatistics()
    /// The worker's slot of the call, and the tracker's: -1 and `noCall` when the stream has ended.
    var call: Int32
    var trackedCall: UInt32
    /// The call's files.
    var files: FileSetID?
    /// What of the call's packets, and below of its bytes, has been counted here, see `receivePlain`.
    var plainPackets: UInt64 = 0
    var ssrc: UInt32
    /// The tracker's number of the flow it came on last.
    var flow: UInt32
    var plainBytes: UInt64 = 0
    var source: Endpoint
    var destination: Endpoint
    /// The next stream of the same call, -1 after the last.
    var next: Int32 = -1
    /// What the call's session descriptions say of the payload type that came last; 255 is none, and means: ask (again).
    var payloadType: UInt8 = 255
    var isTelephoneEvent = false
    var clockRate: UInt32 = 0
    /// The end of the present interval, nanoseconds: packets from then on take the long way. See `StreamTable.measure`.
    var intervalEnd: Int64 = .min
    /// Place of the intervals that have ended, -1 while there is none.
    var intervals: Int32 = -1

    static let noCall = UInt32.max
}

/// The streams of a worker's calls. Found by flow number and SSRC through a direct-mapped cache that every hit verifies;
/// a miss walks the call's own streams.
struct StreamTable {
    var streams: [CallStream] = []
    private var free: [Int32] = []
    var intervals = IntervalTable()
    private(set) var cache: [Int32]
    private let mask: UInt32

    init(cacheSize: Int = 16384) {
        cache = Array(repeating: -1, count: cacheSize)
        mask = UInt32(cacheSize - 1)
    }

    @inline(__always)
    private func place(_ flow: UInt32, _ ssrc: UInt32) -> Int { StreamTable.place(flow, ssrc, mask: mask) }

    /// Where in the cache a stream is looked for.
    @inline(__always)
    static func place(_ flow: UInt32, _ ssrc: UInt32, mask: UInt32) -> Int {
        Int((flow &* 0x9e37_79b1 ^ ssrc) & mask)
    }

    /// The stream if the cache knows it, else -1.
    @inline(__always)
    func cached(call: Int32, flow: UInt32, ssrc: UInt32) -> Int {
        let slot = cache[place(flow, ssrc)]
        guard slot >= 0 else { return -1 }
        let found = Int(slot)
        guard streams[found].call == call, streams[found].ssrc == ssrc, streams[found].flow == flow else { return -1 }
        return found
    }

    /// Finds the stream among the call's, starting at `first`; -1 if it is new.
    mutating func find(
        first: Int32, call: Int32, flow: UInt32, ssrc: UInt32, _ source: Endpoint, _ destination: Endpoint
    )
        -> Int
    {
        var slot = first
        while slot >= 0 {
            let found = Int(slot)
            if streams[found].ssrc == ssrc, streams[found].source == source, streams[found].destination == destination {
                streams[found].flow = flow
                cache[place(flow, ssrc)] = slot
                return found
            }
            slot = streams[found].next
        }
        return -1
    }

    mutating func add(_ stream: CallStream) -> Int {
        let slot: Int
        if let reused = free.popLast() {
            slot = Int(reused)
            streams[slot] = stream
        } else {
            slot = streams.count
            streams.append(stream)
        }
        cache[place(stream.flow, stream.ssrc)] = Int32(slot)
        return slot
    }

    mutating func remove(_ slot: Int) {
        intervals.remove(streams[slot].intervals)
        streams[slot].call = -1
        streams[slot].trackedCall = CallStream.noCall
        free.append(Int32(slot))
    }
}
