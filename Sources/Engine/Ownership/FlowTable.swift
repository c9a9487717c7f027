import PacketDecoding

/// One direction of a UDP conversation, and what the tracker remembers about it from packet to packet.
struct Flow {
    /// Both addresses and both ports when they are IPv4, to be compared at once (`PlainUDP`); else 0.
    let addresses: UInt64
    let ports: UInt32
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
    let source: Endpoint
    let destination: Endpoint
    /// The path of all sightings, or one of the constants, which are no paths.
    var path = Flow.noPath
    var nextSighting: UInt8 = 0
    var recent = InlineArray<8, Sighting>(repeating: Sighting())

    static let noOwner: Int32 = -1
    static let ambiguous: Int32 = -2
    /// One less than the sightings kept; jitter may bunch several packets of a stream within 10 ms.
    static let sightingMask = 7
    static let noPath = UInt64.max
    static let severalPaths = UInt64.max - 1
    /// 10 ms, in the unit of `Sighting.time`.
    static let copyWindow: UInt32 = 9_766
    static let originWindow: UInt32 = 6 * copyWindow

    /// A packet seen a moment ago, to recognise copies of it.
    struct Sighting {
        var fingerprint: UInt64 = 0
        var path: UInt32 = 0
        /// Packet time in units of 1,024 ns, low 32 bits.
        var time: UInt32 = 0
    }

    /// Notes a packet and tells whether it is a copy: the same bytes within 10 ms by another path.
    @inline(__always)
    mutating func isCopy(fingerprint: UInt64, path: UInt32, time: Int64) -> Bool {
        let now = UInt32(truncatingIfNeeded: time >> 10)
        let place = Int(nextSighting) & Flow.sightingMask
        nextSighting = nextSighting &+ 1
        // As long as everything came one way nothing can be a copy: only remember.
        var found = false
        if UInt64(path) != self.path { found = isKnown(fingerprint, path, now) }
        recent[place] = Sighting(fingerprint: fingerprint, path: path, time: now)
        return found
    }

    @inline(never)
    private mutating func isKnown(_ fingerprint: UInt64, _ path: UInt32, _ now: UInt32) -> Bool {
        if self.path == Flow.noPath {
            self.path = UInt64(path)
            return false
        }
        self.path = Flow.severalPaths
        // The path on which the bytes were seen first is where they really come: there they are sent again, never copied.
        // Another path brings as many copies as that one brought packets; what is more was sent again as well.
        // Older sightings than the window's say which path that was.
        var origin: UInt32?
        var onOrigin = 0
        var onThisPath = 0
        var cameByAnotherPath = false
        for step in 0..<recent.count {
            let seen = recent[(Int(nextSighting) &+ step &- 1) & Flow.sightingMask]
            guard seen.fingerprint == fingerprint, now &- seen.time < Flow.originWindow else { continue }
            if origin == nil { origin = seen.path }
            if seen.path == origin { onOrigin += 1 }
            if seen.path == path {
                onThisPath += 1
            } else if now &- seen.time < Flow.copyWindow {
                cameByAnotherPath = true
            }
        }
        guard cameByAnotherPath, origin != path else { return false }
        return onThisPath < onOrigin
    }
}

/// The UDP flows at hand, found by both endpoints. A cache: what it forgets is found again, more slowly.
struct FlowTable {
    private let hash: FlowHash
    private(set) var index = SlotIndex()
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
        let hashed = hashed(source, destination, sourcePort, destinationPort)
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

    @inline(__always)
    private func hashed(
        _ source: IPAddress, _ destination: IPAddress, _ sourcePort: UInt16, _ destinationPort: UInt16
    ) -> UInt64 {
        guard source.isIPv4, destination.isIPv4 else { return hash(source, destination, sourcePort, destinationPort) }
        return hash(
            addresses: source.low << 32 | destination.low & 0xffff_ffff,
            ports: UInt32(sourcePort) << 16 | UInt32(destinationPort))
    }

    @inline(never)
    private mutating func insert(_ source: Endpoint, _ destination: Endpoint, _ hashed: UInt64, now: Int64) -> Int {
        let isIPv4 = source.address.isIPv4 && destination.address.isIPv4
        let flow = Flow(
            addresses: isIPv4 ? source.address.low << 32 | destination.address.low & 0xffff_ffff : 0,
            ports: isIPv4 ? UInt32(source.port) << 16 | UInt32(destination.port) : 0,
            sourceBucket: EndpointTable.bucket(source, hash),
            destinationBucket: EndpointTable.bucket(destination, hash), serial: nextSerial, lastSeen: now,
            source: source, destination: destination)
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
        let hashed = hashed(
            flow.source.address, flow.destination.address, flow.source.port, flow.destination.port)
        index.remove(hashed, slot: slot)
        flows[slot].serial = 0
        freeSlots.append(Int32(slot))
    }
}
