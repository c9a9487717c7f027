import PacketDecoding
import Tables

/// The UDP flows at hand, found by both endpoints. A cache: what it forgets is found again, more slowly.
struct FlowTable: ~Copyable {
    private let hash: FlowHash
    private(set) var index = SlotIndex()
    /// IPv4 flows by the cheap hash of `Flow.place`: the slot plus one. It may be another flow's.
    private(set) var recent = [UInt32](repeating: 0, count: FlowTable.leastRecent)
    /// Bits of a place that say nothing.
    private(set) var recentShift: UInt32 = 32 - UInt32(FlowTable.leastRecent.trailingZeroBitCount)
    var flows = OwnedTable<Flow>()
    /// The endpoints of flows that are not IPv4.
    private var pairs = Pool<EndpointPair>()
    /// Of flows whose packets came by several ways.
    private var paths = Pool<SightingPaths>()
    private var freeSlots: [Int32] = []
    private var nextSerial: UInt32 = 1
    /// Where the sweep for idle flows goes on.
    private var hand = 0
    let maxFlows: Int
    private(set) var evicted: UInt64 = 0

    /// Powers of two. There are sixteen places to a flow, so that few flows have to share.
    static let leastRecent = 1 << 12
    static let mostRecent = 1 << 20

    init(hash: FlowHash, maxFlows: Int) {
        self.hash = hash
        self.maxFlows = maxFlows
    }

    /// The slot of the flow, made if it is new.
    @inline(__always)
    mutating func slot(
        _ source: IPAddress, _ destination: IPAddress, _ sourcePort: UInt16, _ destinationPort: UInt16, now: Int64
    ) -> Int {
        slot(
            source, destination, sourcePort, destinationPort,
            hash.flow(source, destination, sourcePort, destinationPort), now: now)
    }

    /// - Parameter hashed: of the four, see `FlowHash.flow`.
    @inline(__always)
    mutating func slot(
        _ source: IPAddress, _ destination: IPAddress, _ sourcePort: UInt16, _ destinationPort: UInt16,
        _ hashed: UInt64, now: Int64
    ) -> Int {
        let pair = EndpointPair(
            source: Endpoint(source, sourcePort), destination: Endpoint(destination, destinationPort))
        let addresses = Flow.addresses(source, destination)
        let ports = Flow.ports(sourcePort, destinationPort)
        var position = index.start(hashed)
        while true {
            let slot = index.next(hashed, &position)
            if slot < 0 { return insert(pair, hashed, now: now) }
            if addresses != 0 {
                if flows[slot].addresses == addresses, flows[slot].ports == ports { return slot }
            } else if endpoints(slot) == pair {
                return slot
            }
        }
    }

    func endpoints(_ slot: Int) -> EndpointPair {
        flows[slot].addresses != 0 ? flows[slot].endpoints : pairs[flows[slot].ports]
    }

    private func hashed(_ slot: Int) -> UInt64 {
        let pair = endpoints(slot)
        return hash.flow(pair.source.address, pair.destination.address, pair.source.port, pair.destination.port)
    }

    /// Notes a packet of a flow and tells whether it is a copy of one just seen.
    mutating func isCopy(_ slot: Int, fingerprint: UInt64, path: UInt32, time: Int64, now: Int64) -> Bool {
        if now &- flows[slot].lastSeen > Flow.memory { flows[slot].forgetSightings() }
        flows[slot].lastSeen = now
        if let only = flows[slot].note(path: path) { flows[slot].keepPaths(at: paths.add(SightingPaths(only: only))) }
        let sighting = Flow.Sighting(fingerprint: fingerprint, time: time)
        // As long as everything came one way nothing can be a copy: only remember.
        guard flows[slot].paths == .several else {
            flows[slot].remember(sighting)
            return false
        }
        return paths[flows[slot].path].isCopy(&flows[slot], sighting, path)
    }

    /// Asks for where the flow is looked for, and `prefetch` then for the flow.
    func prefetchPlace(_ hashed: UInt64) { index.prefetch(hashed) }

    func prefetch(_ hashed: UInt64) { flows.prefetch(index.first(hashed)) }

    @inline(never)
    private mutating func insert(_ pair: EndpointPair, _ hashed: UInt64, now: Int64) -> Int {
        sweep(now: now)
        let isShort = Flow.addresses(pair.source.address, pair.destination.address) != 0
        let ports = isShort ? Flow.ports(pair.source.port, pair.destination.port) : pairs.add(pair)
        let flow = Flow(pair, ports: ports, hash, serial: nextSerial, now: now)
        nextSerial = nextSerial == .max ? 1 : nextSerial + 1
        let slot: Int
        if let free = takeFreeSlot() {
            slot = free
            flows[slot] = flow
        } else {
            slot = flows.count
            flows.append(flow)
        }
        index.insert(hashed, slot: slot)
        if flows.count * 16 > recent.count, recent.count < FlowTable.mostRecent { growRecent() }
        return slot
    }

    /// The flow's next packets are to be found by the cheap hash: not asked of those that carry SIP.
    mutating func noteRecent(_ slot: Int) {
        guard flows[slot].addresses != 0, flows[slot].serial != 0 else { return }
        let place = Flow.place(flows[slot].addresses, flows[slot].ports) >> recentShift
        recent[Int(place)] = UInt32(truncatingIfNeeded: slot + 1)
    }

    private mutating func growRecent() {
        recent = Array(repeating: 0, count: recent.count * 4)
        recentShift -= 2
        for slot in 0..<flows.count { noteRecent(slot) }
    }

    /// A slot to be used again; nil if there is none and the table may grow.
    private mutating func takeFreeSlot() -> Int? {
        if freeSlots.isEmpty, flows.count >= maxFlows {
            evicted += 1
            forget(hand)
            hand = hand + 1 == flows.count ? 0 : hand + 1
        }
        return freeSlots.popLast().map { Int($0) }
    }

    /// Steps of the clock hand for each new flow: idle flows go before the table has to grow.
    private static let sweepSteps = 2

    private mutating func sweep(now: Int64) {
        for _ in 0..<FlowTable.sweepSteps where !flows.isEmpty {
            if hand >= flows.count { hand = 0 }
            if flows[hand].serial != 0, now &- flows[hand].lastSeen > flows[hand].patience { forget(hand) }
            hand += 1
        }
        // Where the flows that come next are removed, if they are.
        if hand + 3 * FlowTable.sweepSteps <= flows.count, flows.count > TrackerLimits.callsInCaches {
            for step in 0..<FlowTable.sweepSteps {
                flows.prefetch(hand + 2 * FlowTable.sweepSteps + step)
                index.prefetch(hashed(hand + FlowTable.sweepSteps + step))
            }
        }
        if hand >= flows.count { hand = 0 }
    }

    private mutating func forget(_ slot: Int) {
        index.remove(hashed(slot), slot: slot)
        if flows[slot].addresses == 0 { pairs.remove(flows[slot].ports) }
        if flows[slot].paths == .several { paths.remove(flows[slot].path) }
        flows[slot].serial = 0
        flows[slot].handle(.ask)
        freeSlots.append(Int32(slot))
    }
}
