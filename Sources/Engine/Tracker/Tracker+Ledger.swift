import Calls
import PacketDecoding

/// What a packet that nobody claimed counts as.
enum UnclaimedClass {
    case `class`(PacketClass)
    case refused(by: String)
}

extension Tracker {
    /// Counts one packet. A nil owner means that `--sip-user` has not decided yet.
    @inline(__always)
    mutating func count(_ packetClass: PacketClass, _ owner: PacketOwnership?) {
        ledger.count(packetClass)
        if let owner { ledger.count(owner) }
    }

    mutating func countMalformed(_ layer: ProtocolLayer) {
        switch layer {
        case .link: count(.malformedLink, .noCall)
        case .ip: count(.malformedIP, .noCall)
        case .transport: count(.malformedTransport, .noCall)
        }
    }

    /// Whose a packet of this call is, by the call's selection.
    @inline(__always)
    mutating func ownershipClass(_ slot: Int) -> PacketOwnership? {
        switch calls.calls[slot].selection {
        case .wanted: return .inCall
        case .unwanted, .excluded: return .notSelected
        case .open:
            calls.calls[slot].undecidedPackets += 1
            return nil
        }
    }

    /// A packet counted as nobody's turns out to belong to a call.
    mutating func claim(_ slot: Int, from old: PacketClass, to new: PacketClass) {
        ledger.move(from: old, to: new)
        ledger.withdraw(.noCall)
        if let owner = ownershipClass(slot) { ledger.count(owner) }
    }

    mutating func settleUndecided(_ slot: Int, as owner: PacketOwnership) {
        ledger.count(owner, calls.calls[slot].undecidedPackets)
        calls.calls[slot].undecidedPackets = 0
    }

    /// Gives references to held packets back; those nothing ever claimed count as `unclaimed`.
    mutating func release(_ tags: [UInt32], unclaimed: UnclaimedClass) {
        for tag in tags {
            guard let gone = held.release(tag) else { continue }
            // The other fragments of its datagram, which count as such.
            if !gone.companions.isEmpty { release(gone.companions, unclaimed: .fragment) }
            guard gone.ledgerClass == nil else { continue }
            ledger.count(PacketOwnership.noCall)
            switch unclaimed {
            case .class(let packetClass): ledger.count(packetClass)
            case .refused(let limit): ledger.countRefused(by: limit)
            }
        }
    }

    mutating func release(_ tags: [UInt32], unclaimed: PacketClass) { release(tags, unclaimed: .class(unclaimed)) }
}
