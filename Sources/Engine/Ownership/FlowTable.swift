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
    private(set) var details = OwnedTable<FlowDetails>()
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
        let addresses = source.isIPv4 && destination.isIPv4 ? Flow.addresses(source, destination) : 0
        let ports = Flow.ports(sourcePort, destinationPort)
        var position = index.start(hashed)
        while true {
            let slot = index.next(hashed, &position)
            if slot < 0 {
                return insert(
                    Endpoint(source, sourcePort), Endpoint(destination, destinationPort), hashed, now: now)
            }
            if addresses != 0 {
                if flows[slot].addresses == addresses, flows[slot].ports == ports { return slot }
            } else if details[slot].source.address == source, details[slot].destination.address == destination,
                details[slot].source.port == sourcePort, details[slot].destination.port == destinationPort
            {
                return slot
            }
        }
    }

    /// Notes a packet of a flow and tells whether it is a copy of one just seen.
    mutating func isCopy(_ slot: Int, fingerprint: UInt64, path: UInt32, time: Int64, now: Int64) -> Bool {
        flows[slot].lastSeen = now
        return details[slot].isCopy(&flows[slot], fingerprint, path, time)
    }

    private func hashed(_ details: FlowDetails) -> UInt64 {
        hash.flow(
            details.source.address, details.destination.address, details.source.port, details.destination.port)
    }

    /// Asks for where the flow is looked for, and `prefetch` then for the flow.
    func prefetchPlace(_ hashed: UInt64) { index.prefetch(hashed) }

    func prefetch(_ hashed: UInt64) {
        let slot = index.first(hashed)
        flows.prefetch(slot)
        details.prefetch(slot)
    }

    @inline(never)
    private mutating func insert(_ source: Endpoint, _ destination: Endpoint, _ hashed: UInt64, now: Int64) -> Int {
        let flow = Flow(source, destination, hash, serial: nextSerial, now: now)
        let details = FlowDetails(source: source, destination: destination)
        nextSerial = nextSerial == .max ? 1 : nextSerial + 1
        sweep(now: now)
        let slot: Int
        if let free = takeFreeSlot() {
            slot = free
            flows[slot] = flow
            self.details[slot] = details
        } else {
            slot = flows.count
            flows.append(flow)
            self.details.append(details)
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

    /// Two steps of the clock hand for each new flow: idle flows go before the table has to grow.
    private mutating func sweep(now: Int64) {
        for _ in 0..<2 where !flows.isEmpty {
            if hand >= flows.count { hand = 0 }
            if flows[hand].serial != 0, now &- flows[hand].lastSeen > flows[hand].patience { forget(hand) }
            hand += 1
        }
        // Where the flows that come next are removed, if they are.
        if hand + 2 < details.count, details.count > TrackerLimits.callsInCaches {
            flows.prefetch(hand + 2)
            index.prefetch(hashed(details[hand + 2]))
        }
        if hand >= flows.count { hand = 0 }
    }

    private mutating func forget(_ slot: Int) {
        index.remove(hashed(details[slot]), slot: slot)
        flows[slot].serial = 0
        flows[slot].handle(.ask)
        freeSlots.append(Int32(slot))
    }
}
