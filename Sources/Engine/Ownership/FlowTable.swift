import PacketDecoding

/// One direction of a UDP conversation, and what the tracker remembers about it from packet to packet.
struct Flow {
    var source: Endpoint
    var destination: Endpoint
    /// Where the endpoint table counts the changes of each endpoint.
    var sourceBucket: UInt16
    var destinationBucket: UInt16
    /// Never used again for another pair of endpoints.
    var serial: UInt32
    /// Sum of the two endpoints' versions when the owner was found; another sum means: ask again.
    var version: UInt32 = .max
    /// Slot of the owning call, or one of the constants.
    var owner = Flow.noOwner
    var lastSeen: Int64
    /// The path of all sightings, or of the last one when they differ.
    var path: UInt32 = 0
    var hasSeveralPaths = false
    var nextSighting: UInt8 = 0
    var recent = InlineArray<4, Sighting>(repeating: Sighting())

    static let noOwner: Int32 = -1
    static let ambiguous: Int32 = -2
    static let copyWindow: UInt32 = 10_000

    /// A packet seen a moment ago, to recognise copies of it.
    struct Sighting {
        var fingerprint: UInt64 = 0
        var path: UInt32 = 0
        /// Microseconds of packet time, low 32 bits.
        var time: UInt32 = 0
    }

    /// Notes a packet and tells whether it is a copy: the same bytes within 10 ms by another path.
    @inline(__always)
    mutating func isCopy(fingerprint: UInt64, path: UInt32, time: Int64) -> Bool {
        let now = UInt32(truncatingIfNeeded: time / 1000)
        let place = Int(nextSighting & 3)
        nextSighting = nextSighting &+ 1
        // As long as everything came one way nothing can be a copy: only remember.
        var found = false
        if path != self.path || hasSeveralPaths { found = isKnown(fingerprint, path, now) }
        recent[place] = Sighting(fingerprint: fingerprint, path: path, time: now)
        return found
    }

    @inline(never)
    private mutating func isKnown(_ fingerprint: UInt64, _ path: UInt32, _ now: UInt32) -> Bool {
        if self.path == 0 {
            self.path = path
            return false
        }
        hasSeveralPaths = true
        // The path on which the bytes were seen first is where they really come: there they are sent again, never copied.
        // Another path brings as many copies as that one brought packets; what is more was sent again as well.
        var origin: UInt32?
        var onOrigin = 0
        var onThisPath = 0
        for step in 0..<recent.count {
            let seen = recent[(Int(nextSighting) &+ step &- 1) & 3]
            guard seen.fingerprint == fingerprint, now &- seen.time < Flow.copyWindow else { continue }
            if origin == nil { origin = seen.path }
            if seen.path == origin { onOrigin += 1 }
            if seen.path == path { onThisPath += 1 }
        }
        guard let origin, origin != path else { return false }
        return onThisPath < onOrigin
    }
}

/// The UDP flows at hand, found by both endpoints. A cache: what it forgets is found again, more slowly.
struct FlowTable {
    private let hash: FlowHash
    private var index = SlotIndex()
    var flows: [Flow] = []
    private var freeSlots: [Int32] = []
    private var nextSerial: UInt32 = 1
    /// Where the sweep for idle flows goes on.
    private var hand = 0
    let maxFlows: Int
    private(set) var evicted: UInt64 = 0

    /// A flow idle for this long makes room for another.
    static let idleTimeout: Int64 = 30_000_000_000
    init(hash: FlowHash, maxFlows: Int) {
        self.hash = hash
        self.maxFlows = maxFlows
    }

    /// The slot of the flow, made if it is new.
    @inline(__always)
    mutating func slot(
        _ source: IPAddress, _ destination: IPAddress, _ sourcePort: UInt16, _ destinationPort: UInt16, now: Int64
    ) -> Int {
        let hashed = hash(source, destination, sourcePort, destinationPort)
        var position = index.start(hashed)
        while true {
            let slot = index.next(hashed, &position)
            if slot < 0 {
                return insert(
                    Endpoint(source, sourcePort), Endpoint(destination, destinationPort), hashed, now: now)
            }
            if flows[slot].source.address == source, flows[slot].destination.address == destination,
                flows[slot].source.port == sourcePort, flows[slot].destination.port == destinationPort
            {
                return slot
            }
        }
    }

    @inline(never)
    private mutating func insert(_ source: Endpoint, _ destination: Endpoint, _ hashed: UInt64, now: Int64) -> Int {
        let flow = Flow(
            source: source, destination: destination, sourceBucket: EndpointTable.bucket(source, hash),
            destinationBucket: EndpointTable.bucket(destination, hash), serial: nextSerial, lastSeen: now)
        nextSerial = nextSerial == .max ? 1 : nextSerial + 1
        sweep(now: now)
        let slot: Int
        if let free = freeSlots.popLast() {
            slot = Int(free)
            flows[slot] = flow
        } else if flows.count < maxFlows {
            slot = flows.count
            flows.append(flow)
        } else {
            slot = hand
            hand = hand + 1 == flows.count ? 0 : hand + 1
            evicted += 1
            forget(slot)
            _ = freeSlots.popLast()
            flows[slot] = flow
        }
        index.insert(hashed, slot: slot)
        return slot
    }

    /// Two steps of the clock hand for each new flow: idle flows go before the table has to grow.
    private mutating func sweep(now: Int64) {
        for _ in 0..<2 where !flows.isEmpty {
            if hand >= flows.count { hand = 0 }
            if flows[hand].serial != 0, now &- flows[hand].lastSeen > FlowTable.idleTimeout { forget(hand) }
            hand += 1
        }
        if hand >= flows.count { hand = 0 }
    }

    private mutating func forget(_ slot: Int) {
        let flow = flows[slot]
        let hashed = hash(
            flow.source.address, flow.destination.address, flow.source.port, flow.destination.port)
        index.remove(hashed, slot: slot)
        flows[slot].serial = 0
        freeSlots.append(Int32(slot))
    }
}
