import Capture
import PacketDecoding
import RTP

/// Media that no call owns yet, kept for a second in case its SDP is on the way.
///
/// A ring bounded by bytes and by age; found by endpoint through a list per endpoint hash bucket.
struct LookBack {
    struct Entry {
        var packet: CapturedPacket
        /// When it came, by the tracker's clock.
        var since: Int64
        var position: UInt64
        var bytes: [UInt8]
        var source: Endpoint
        var destination: Endpoint
        var payloadOffset: UInt16
        var payloadLength: UInt16
        var flow: UInt32
        var kind: MediaPacketKind
        var isCopy: Bool
        var isTaken: Bool
    }

    private var entries: [Entry] = []
    private var head = 0
    private var bytes = 0
    /// Entries not taken by endpoint bucket, so that an SDP whose endpoints nobody used costs nothing.
    private var population: [Int32]
    let maxBytes: Int
    private(set) var refused: UInt64 = 0
    /// Packets that left without a call, kept for `takeUnclaimed` when `collectsUnclaimed` is set.
    private var unclaimed: [Entry] = []
    var collectsUnclaimed = false

    static let age: Int64 = 1_000_000_000
    private static let buckets = 4096
    /// What an entry costs beside its bytes.
    private static let overhead = 160

    init(maxBytes: Int) {
        self.maxBytes = maxBytes
        population = Array(repeating: 0, count: LookBack.buckets)
    }

    var isEmpty: Bool { head == entries.count }
    var oldestPosition: UInt64? { head < entries.count ? entries[head].position : nil }

    private func bucket(_ endpoint: Endpoint) -> Int {
        let mixed = (endpoint.address.low ^ endpoint.address.high) &* 0x9e37_79b9_7f4a_7c15 ^ UInt64(endpoint.port)
        return Int(truncatingIfNeeded: (mixed &* 0xd6e8_feb8_6659_fd93) >> 40) & (LookBack.buckets - 1)
    }

    mutating func add(_ entry: Entry, now: Int64) {
        expire(now: now)
        let cost = entry.bytes.count + LookBack.overhead
        while bytes + cost > maxBytes, head < entries.count {
            if !entries[head].isTaken { refused += 1 }
            dropFirst()
        }
        guard cost <= maxBytes else {
            refused += 1
            return
        }
        bytes += cost
        count(entry.source, 1)
        count(entry.destination, 1)
        entries.append(entry)
    }

    mutating func expire(now: Int64) {
        while head < entries.count, entries[head].since < now &- LookBack.age { dropFirst() }
    }

    private mutating func dropFirst() {
        let entry = entries[head]
        bytes -= entry.bytes.count + LookBack.overhead
        entries[head].bytes = []
        if !entry.isTaken {
            if collectsUnclaimed { unclaimed.append(entry) }
            count(entry.source, -1)
            count(entry.destination, -1)
        }
        head += 1
        if head == entries.count {
            entries.removeAll(keepingCapacity: true)
            head = 0
        } else if head > 1024, head > entries.count / 2 {
            entries.removeFirst(head)
            head = 0
        }
    }

    private mutating func count(_ endpoint: Endpoint, _ step: Int) {
        let place = bucket(endpoint)
        population[place] += Int32(step)
    }

    /// Whether anything waits that goes to or comes from the endpoint.
    func mayHold(_ endpoint: Endpoint) -> Bool { population[bucket(endpoint)] > 0 }

    /// Indices of waiting packets to or from the endpoint, oldest first.
    func matches(_ endpoint: Endpoint) -> [Int] {
        guard mayHold(endpoint) else { return [] }
        var found: [Int] = []
        for place in head..<entries.count
        where !entries[place].isTaken && (entries[place].source == endpoint || entries[place].destination == endpoint) {
            found.append(place)
        }
        return found
    }

    subscript(place: Int) -> Entry { entries[place] }

    mutating func takeUnclaimed() -> [Entry] {
        defer { unclaimed.removeAll(keepingCapacity: true) }
        return unclaimed
    }

    /// Everything leaves: the capture is over.
    mutating func expireAll() { while head < entries.count { dropFirst() } }

    mutating func take(_ place: Int) {
        guard !entries[place].isTaken else { return }
        entries[place].isTaken = true
        bytes -= entries[place].bytes.count
        entries[place].bytes = []
        count(entries[place].source, -1)
        count(entries[place].destination, -1)
    }
}
