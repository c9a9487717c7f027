/// What is kept back for one call that `--sip-user` has not decided, as the tracker counts it.
struct KeptBack {
    var bytes = 0
    var packets = 0
    /// The part of both that goes when the call is not wanted.
    var mediaBytes = 0
    var mediaPackets = 0

    /// What it takes in memory: even a single packet has arrays reserved for it.
    var cost: Int { packets == 0 ? 0 : max(KeptBack.leastCost, bytes + packets * KeptBack.packetCost) }

    static let leastCost = 2560
    /// Bookkeeping of a packet beside its bytes.
    static let packetCost = 64
}

/// The bound on packets kept back for calls that `--sip-user` has not decided.
///
/// Kept by the tracker, in capture order, although workers hold the packets: divided among them it would refuse other
/// packets for another number of workers.
struct UndecidedPackets {
    private var calls: [KeptBack] = []
    private(set) var cost = 0
    private let limit: Int

    init(limit: Int) { self.limit = limit }

    /// Makes room for a packet; false when the bound does not allow it.
    mutating func keep(_ slot: Int, bytes: Int, isMedia: Bool) -> Bool {
        while calls.count <= slot { calls.append(KeptBack()) }
        var new = calls[slot]
        new.bytes += bytes
        new.packets += 1
        if isMedia {
            new.mediaBytes += bytes
            new.mediaPackets += 1
        }
        // The last quarter is for signalling: without it a call that turns out to be wanted could not be followed.
        let more = new.cost - calls[slot].cost
        guard more == 0 || cost + more <= (isMedia ? limit / 4 * 3 : limit) else { return false }
        cost += more
        calls[slot] = new
        return true
    }

    /// The call is not wanted now, and may be later: its media is forgotten.
    mutating func dropMedia(_ slot: Int) {
        guard slot < calls.count else { return }
        let before = calls[slot].cost
        calls[slot].bytes -= calls[slot].mediaBytes
        calls[slot].packets -= calls[slot].mediaPackets
        calls[slot].mediaBytes = 0
        calls[slot].mediaPackets = 0
        cost -= before - calls[slot].cost
    }

    /// The call is wanted, or over.
    mutating func forget(_ slot: Int) {
        guard slot < calls.count else { return }
        cost -= calls[slot].cost
        calls[slot] = KeptBack()
    }
}
