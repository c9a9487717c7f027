import Archive
import PacketDecoding
import RTP
import Tables

/// One RTP stream of one call, updated in place. What every packet needs lies in its first three cache lines.
struct CallStream: BitwiseCopyable {
    /// The tracker's slot of the call, `noCall` when the stream has ended.
    var trackedCall: UInt32
    /// The tracker's number of the flow it came on last.
    var flow: UInt32
    let ssrc: UInt32
    /// What the call's session descriptions say of the payload type that came last; 255 is none, and means: ask (again).
    var payloadType: UInt8 = 255
    var isTelephoneEvent = false
    var isComfortNoise = false
    /// The call's files.
    let files: FileSetID
    /// What of the call's bytes has been counted here instead of with the call, see `receivePlain`.
    var plainBytes: UInt64 = 0
    /// The end of the present interval, nanoseconds: packets from then on take the long way. See `StreamTable.measure`.
    var intervalEnd: Int64 = .min
    /// Until then nothing needs to be looked at in a packet like the one before but what the figures take in.
    var plainEnd: Int64 = .min
    var statistics = StreamStatistics()
    /// Packets of `statistics` that have been counted with the call.
    var callPackets: UInt64 = 0
    /// The worker's slot of the call, -1 when the stream has ended.
    var call: Int32
    var clockRate: UInt32 = 0
    /// The next stream of the same call, -1 after the last.
    var next: Int32 = -1
    /// Place of the intervals that have ended, -1 while there is none.
    var intervals: Int32 = -1
    let source: Endpoint
    let destination: Endpoint

    static let noCall = UInt32.max

    /// Packets that have been counted here instead of with the call.
    var plainPackets: UInt64 { statistics.packets &- callPackets }

    init(
        call: Int32, trackedCall: UInt32, files: FileSetID, ssrc: UInt32, flow: UInt32, source: Endpoint,
        destination: Endpoint
    ) {
        self.call = call
        self.trackedCall = trackedCall
        self.files = files
        self.ssrc = ssrc
        self.flow = flow
        self.source = source
        self.destination = destination
    }
}

/// The streams of a worker's calls. The last one of each flow is found by the flow's number, through a direct-mapped cache
/// that every hit verifies; a miss walks the call's own streams.
struct StreamTable: ~Copyable {
    var streams = OwnedTable<CallStream>()
    private var free: [Int32] = []
    var intervals = IntervalTable()
    /// As many places as a power of two; four to a stream, as other flows have numbers too.
    private(set) var cache = [Int32](repeating: -1, count: StreamTable.leastCache)

    private static let leastCache = 16384
    private static let mostCache = 1 << 20

    /// Where in the cache the last stream of a flow is looked for. Flows are numbered in the order in which they appear.
    @inline(__always)
    private func place(_ flow: UInt32) -> Int { Int(flow) & (cache.count - 1) }

    /// The stream if it is the last of its flow and the cache knows it, else -1.
    @inline(__always)
    func cached(call: Int32, flow: UInt32, ssrc: UInt32) -> Int {
        let found = Int(cache[place(flow)])
        guard found >= 0, streams[found].call == call, streams[found].ssrc == ssrc, streams[found].flow == flow else {
            return -1
        }
        return found
    }

    /// The flow's last packet belongs to no stream.
    mutating func forgetLast(of flow: UInt32) { cache[place(flow)] = -1 }

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
                cache[place(flow)] = slot
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
        if streams.count * 4 > cache.count, cache.count < StreamTable.mostCache { growCache() }
        cache[place(stream.flow)] = Int32(slot)
        return slot
    }

    /// Sharing places costs a walk through the call's streams for every packet.
    private mutating func growCache() {
        let known = cache
        cache = [Int32](repeating: -1, count: 2 * known.count)
        for slot in known where slot >= 0 { cache[place(streams[Int(slot)].flow)] = slot }
    }

    /// Returns the next stream of the same call, -1 after the last.
    mutating func remove(_ slot: Int) -> Int32 {
        intervals.remove(streams[slot].intervals)
        streams[slot].call = -1
        streams[slot].trackedCall = CallStream.noCall
        free.append(Int32(slot))
        return streams[slot].next
    }
}
