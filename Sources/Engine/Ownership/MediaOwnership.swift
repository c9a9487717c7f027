import Calls
import PacketDecoding

/// Which call a media packet belongs to: PRODUCT's three rules, decided in capture order.
///
/// (1) calls that named both source and destination: the one that signalled last takes it, and with it those that share
/// the pair as legs of one call; (2) the only call that named the destination; (3) the only one that named the source.
/// Several with no match at (1): nobody. At (2) and (3) a call in its grace period does not stand in the way of a living
/// call that signalled later.
struct MediaOwnership {
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
    mutating func owner(from source: Endpoint, to destination: Endpoint, in calls: TrackedCalls) -> Int32 {
        let from = endpoints.find(source)
        let to = endpoints.find(destination)
        if from >= 0, to >= 0 {
            let call = lastToNameBoth(from, to, calls)
            if call >= 0 { return call }
        }
        if to >= 0 { return onlyOwner(to) }
        if from >= 0 { return onlyOwner(from) }
        return Flow.noOwner
    }

    private mutating func lastToNameBoth(_ first: Int, _ second: Int, _ calls: TrackedCalls) -> Int32 {
        let firstIsShorter = endpoints.entries[first].count <= endpoints.entries[second].count
        let walked = firstIsShorter ? first : second
        let other = Int32(firstIsShorter ? second : first)
        var number = endpoints.entries[walked].newest
        var steps = 0
        while number >= 0 {
            steps += 1
            guard steps <= MediaOwnership.maxCandidates else {
                candidatesRefused += 1
                break
            }
            let registration = endpoints.registrations[Int(number)]
            if names(registration.call, other, calls) { return Int32(registration.call) }
            number = registration.next
        }
        return -1
    }

    private func names(_ call: UInt32, _ entry: Int32, _ calls: TrackedCalls) -> Bool {
        calls.calls[Int(call)].registrations.contains { endpoints.registrations[Int($0)].entry == entry }
    }

    private func onlyOwner(_ entry: Int) -> Int32 {
        let found = endpoints.entries[entry]
        let newest = endpoints.registrations[Int(found.newest)]
        let isOnly = found.count == 1 || found.living == 0 || (found.living == 1 && !newest.isOver)
        return isOnly ? Int32(newest.call) : Flow.ambiguous
    }

    // MARK: Telling

    /// A call's session description named an endpoint. Returns false if it was known for this call already.
    @discardableResult
    mutating func name(_ endpoint: Endpoint, by slot: Int, in calls: inout TrackedCalls, at time: Int64) -> Bool {
        let entry = endpoints.find(endpoint)
        let registrations = calls.calls[slot].registrations
        if entry >= 0,
            let known = registrations.first(where: { endpoints.registrations[Int($0)].entry == Int32(entry) })
        {
            endpoints.renew(known, at: time)
            return false
        }
        guard registrations.count < MediaOwnership.maxEndpointsPerCall else {
            endpointsRefused += 1
            return false
        }
        calls.calls[slot].registrations.append(endpoints.add(endpoint, call: UInt32(slot), at: time))
        return true
    }

    /// After a call has named endpoints: finds the calls it shares a pair with, because one of them named it while the
    /// other was being set up or renegotiated (legs through a B2BUA).
    mutating func findShares(of slot: Int, in calls: inout TrackedCalls, at time: Int64) {
        let registrations = calls.calls[slot].registrations
        guard registrations.count > 1 else { return }
        var steps = 0
        for registration in registrations {
            let entry = endpoints.registrations[Int(registration)].entry
            guard endpoints.entries[Int(entry)].count > 1 else { continue }
            var number = endpoints.entries[Int(entry)].newest
            while number >= 0, steps < MediaOwnership.maxCandidates {
                steps += 1
                let other = endpoints.registrations[Int(number)]
                number = other.next
                if other.call != UInt32(slot) { shareIfLegs(slot, Int(other.call), &calls, at: time) }
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
        for registration in calls.calls[slot].registrations {
            let entry = endpoints.registrations[Int(registration)].entry
            for candidate in calls.calls[other].registrations
            where endpoints.registrations[Int(candidate)].entry == entry {
                let endpoint = endpoints.entries[Int(entry)].endpoint
                if let firstCommon {
                    let distance = abs(Int(firstCommon.port) - Int(endpoint.port))
                    if firstCommon.address != endpoint.address || distance > 1 { isPair = true }
                } else {
                    firstCommon = endpoint
                }
                otherNamedPairAt = max(otherNamedPairAt, endpoints.registrations[Int(candidate)].signalledAt)
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
        for registration in registrations {
            endpoints.touchVersion(Int(endpoints.registrations[Int(registration)].entry))
        }
    }

    /// Whether a call that shares with the owner names this pair too.
    func shares(_ slot: Int, from source: Endpoint, to destination: Endpoint, _ calls: TrackedCalls) -> Bool {
        let from = endpoints.find(source)
        let to = endpoints.find(destination)
        guard from >= 0, to >= 0 else { return false }
        return names(UInt32(slot), Int32(from), calls) && names(UInt32(slot), Int32(to), calls)
    }

    mutating func setOver(_ registrations: TrackedCall.Registrations, _ isOver: Bool) {
        endpoints.setOver(registrations, isOver)
    }

    mutating func forget(_ registrations: TrackedCall.Registrations) {
        endpoints.remove(registrations)
    }
}
