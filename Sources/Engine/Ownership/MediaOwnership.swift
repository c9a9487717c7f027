import Calls
import PacketDecoding

/// Which call a media packet belongs to: PRODUCT's three rules, decided in capture order.
///
/// (1) calls that named both source and destination: the one that signalled last takes it, and with it those that share
/// the pair as legs of one call; (2) the only call that named the destination; (3) the only one that named the source.
/// Several with no match at (1): nobody. At (2) and (3) a call in its grace period does not stand in the way of a living
/// call that signalled later.
struct MediaOwnership: ~Copyable {
    var endpoints: EndpointTable
    private(set) var candidatesRefused: UInt64 = 0
    private(set) var endpointsRefused: UInt64 = 0

    /// Endpoints of one call; more are counted and left out.
    static let maxEndpointsPerCall = 64
    /// Calls looked at for one endpoint when several name it; more are counted and not considered.
    static let maxCandidates = 1024
    /// Legs that may share one pair of endpoints.
    static let maxShares = 8

    init(hash: FlowHash) { endpoints = EndpointTable(hash: hash) }

    // MARK: Asking

    /// The owner of packets from `source` to `destination`: a call's slot or one of `Flow`'s constants.
    mutating func owner(from source: Endpoint, to destination: Endpoint, in calls: borrowing TrackedCalls) -> Int32 {
        let from = endpoints.find(source)
        let to = endpoints.find(destination)
        if from >= 0, to >= 0 {
            let fewerNameSource = count(from, source) <= count(to, destination)
            let call =
                fewerNameSource
                ? lastToNameBoth(from, source, destination, calls) : lastToNameBoth(to, destination, source, calls)
            if call >= 0 { return call }
        }
        if to >= 0 { return onlyOwner(to, destination) }
        if from >= 0 { return onlyOwner(from, source) }
        return Flow.noOwner
    }

    private func count(_ front: Int32, _ endpoint: Endpoint) -> UInt32 {
        endpoints[front].named[PortPair.side(endpoint.port)]
    }

    private mutating func lastToNameBoth(
        _ front: Int32, _ endpoint: Endpoint, _ other: Endpoint, _ calls: borrowing TrackedCalls
    ) -> Int32 {
        let side = PortPair.side(endpoint.port)
        var number = front
        var steps = 0
        while number >= 0 {
            steps += 1
            guard steps <= MediaOwnership.maxCandidates else {
                candidatesRefused += 1
                break
            }
            let call = endpoints[number].call
            if endpoints[number].ports.contains(side: side), names(call, other, calls) { return Int32(call) }
            number = endpoints[number].next
        }
        return -1
    }

    private func names(_ call: UInt32, _ endpoint: Endpoint, _ calls: borrowing TrackedCalls) -> Bool {
        let number = registration(of: PortPair(endpoint), in: calls.calls[Int(call)].registrations)
        return number >= 0 && endpoints[number].ports.contains(side: PortPair.side(endpoint.port))
    }

    /// A call's registration of a pair, -1 if it has none.
    private func registration(of pair: PortPair, in registrations: TrackedCall.Registrations) -> Int32 {
        for place in registrations.indices where endpoints[registrations[place]].pair == pair {
            return registrations[place]
        }
        return -1
    }

    private mutating func onlyOwner(_ front: Int32, _ endpoint: Endpoint) -> Int32 {
        let side = PortPair.side(endpoint.port)
        let (named, living) = (endpoints[front].named[side], endpoints[front].living[side])
        // The last to name it; before it come those that name the other port only.
        var newest = front
        var steps = 1
        while !endpoints[newest].ports.contains(side: side) {
            newest = endpoints[newest].next
            steps += 1
            guard newest >= 0, steps <= MediaOwnership.maxCandidates else {
                candidatesRefused += 1
                return Flow.ambiguous
            }
        }
        let isOnly = named == 1 || living == 0 || (living == 1 && !endpoints[newest].isOver)
        return isOnly ? Int32(endpoints[newest].call) : Flow.ambiguous
    }

    // MARK: Telling

    /// A call's session description named ports. Returns those of them that were not known for this call.
    mutating func name(_ named: MediaPorts, by slot: Int, in calls: inout TrackedCalls, at time: Int64) -> PortSet {
        let known = registration(of: named.pair, in: calls.calls[slot].registrations)
        let new = known >= 0 ? named.ports.subtracting(endpoints[known].ports) : named.ports
        guard new.isEmpty || hasRoom(for: new, calls.calls[slot].registrations) else {
            endpointsRefused += UInt64(new.count)
            return []
        }
        if known >= 0 { return endpoints.renew(known, named.ports, at: time) }
        let isOver = calls.calls[slot].isOver
        calls.calls[slot].registrations.append(
            endpoints.add(named, call: UInt32(slot), isOver: isOver, at: time))
        return new
    }

    private func hasRoom(for new: PortSet, _ registrations: TrackedCall.Registrations) -> Bool {
        if 2 * registrations.count + new.count <= MediaOwnership.maxEndpointsPerCall { return true }
        let named = registrations.reduce(0) { $0 + endpoints[$1].ports.count }
        return named + new.count <= MediaOwnership.maxEndpointsPerCall
    }

    /// After a call has named endpoints: finds the calls it shares a pair with, because one of them named it while the
    /// other was being set up or renegotiated (legs through a B2BUA).
    mutating func findShares(of slot: Int, in calls: inout TrackedCalls, at time: Int64) {
        let registrations = calls.calls[slot].registrations
        guard registrations.count > 1 else { return }
        var steps = 0
        for place in registrations.indices {
            guard endpoints[registrations[place]].next >= 0 || endpoints[registrations[place]].previous >= 0 else {
                continue
            }
            var number = endpoints.front(of: registrations[place])
            while number >= 0, steps < MediaOwnership.maxCandidates {
                steps += 1
                let other = endpoints[number].call
                number = endpoints[number].next
                if other != UInt32(slot) { shareIfLegs(slot, Int(other), &calls, at: time) }
            }
        }
        if steps >= MediaOwnership.maxCandidates { candidatesRefused += 1 }
    }

    private mutating func shareIfLegs(_ slot: Int, _ other: Int, _ calls: inout TrackedCalls, at time: Int64) {
        let reference = calls.reference(other)
        guard calls.calls[slot].shares.count < MediaOwnership.maxShares,
            calls.calls[other].shares.count < MediaOwnership.maxShares,
            !calls.calls[slot].shares.contains(reference)
        else { return }
        // Both name both ends of a pair; RTP and RTCP port of one host are one end.
        var firstCommon: Endpoint?
        var isPair = false
        var otherNamedPairAt = Int64.min
        for number in calls.calls[slot].registrations {
            let candidate = registration(of: endpoints[number].pair, in: calls.calls[other].registrations)
            guard candidate >= 0 else { continue }
            let common = endpoints[number].ports.intersection(endpoints[candidate].ports)
            for side in 0..<2 where common.contains(side: side) {
                let endpoint = endpoints[number].pair.endpoint(side)
                if let firstCommon {
                    let distance = abs(Int(firstCommon.port) - Int(endpoint.port))
                    if firstCommon.address != endpoint.address || distance > 1 { isPair = true }
                } else {
                    firstCommon = endpoint
                }
                otherNamedPairAt = max(otherNamedPairAt, endpoints[candidate].signalledAt)
            }
        }
        guard isPair else { return }
        let begin = calls.calls[slot].life.outcome.startTime
        let otherBegin = calls.calls[other].life.outcome.startTime
        let slotIsLater =
            begin == otherBegin ? calls.calls[slot].number > calls.calls[other].number : begin > otherBegin
        let isLegs =
            slotIsLater
            ? calls.calls[other].life.isNegotiating(at: time)
            : otherNamedPairAt >= calls.calls[slot].life.negotiationStart
        guard isLegs else { return }
        calls.calls[slot].shares.append(reference)
        calls.calls[other].shares.append(calls.reference(slot))
        touch(calls.calls[slot].registrations)
        touch(calls.calls[other].registrations)
    }

    // A call's registrations and not the calls: a reference to each of their tables would be counted up and down.

    /// What flows remember about the call may be wrong from now on.
    mutating func touch(_ registrations: TrackedCall.Registrations) {
        for place in registrations.indices { endpoints.touchVersion(registrations[place]) }
    }

    /// Whether a call that shares with the owner names this pair too.
    func shares(_ slot: Int, from source: Endpoint, to destination: Endpoint, _ calls: borrowing TrackedCalls) -> Bool {
        names(UInt32(slot), source, calls) && names(UInt32(slot), destination, calls)
    }

    mutating func setOver(_ registrations: TrackedCall.Registrations, _ isOver: Bool) {
        endpoints.setOver(registrations, isOver)
    }

    mutating func forget(_ registrations: TrackedCall.Registrations) {
        endpoints.remove(registrations)
    }
}
