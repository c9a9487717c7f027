import PacketDecoding

/// Puts the fragments of IPv4 and IPv6 datagrams together, within bounds.
///
/// Bytes in, outcomes out: no clock (time is packet time, nanoseconds), no packets (the caller keeps them under tags of
/// its own), no allocation that the limits do not bound. The work for one fragment is bounded by
/// `maxFragmentsPerDatagram`, whatever is sent.
///
/// IPv4 fragments may overlap, the first to bring a byte wins and all contribute their tags. Overlapping IPv6 fragments
/// discard their datagram (RFC 5722); exact duplicates are none (RFC 8200 section 4.5).
///
/// Tags of datagrams that were given up, in `add` or `expire`, wait in `takeGivenUp()`.
public struct Defragmenter: ~Copyable {
    public let limits: FragmentLimits
    public internal(set) var statistics = FragmentStatistics()
    /// Bytes held now, as charged against `maxBytes`.
    public internal(set) var heldBytes = 0

    var slots: [DatagramSlot] = []
    var freeSlots: [Int] = []
    var table: FragmentTable
    /// Datagrams waiting for fragments, by arrival of their first.
    var pending = AgeList()
    /// Remembered and poisoned ones, by the time this began.
    var past = AgeList()
    var completeCount = 0
    var givenUp: [GivenUpFragment] = []
    /// The latest packet time told.
    var now: Int64 = 0
    let hash: FlowHash

    /// `seed` should be random in each run, or senders could aim at one place of the table.
    public init(limits: FragmentLimits = FragmentLimits(), seed: UInt64) {
        self.limits = limits
        hash = FlowHash(seed: seed)
        table = FragmentTable(maxSlots: limits.maxDatagrams + limits.maxRemembered)
    }

    /// Incomplete datagrams now.
    public var pendingDatagrams: Int { pending.count }

    /// The position of the oldest fragment that waits for others: what lies before it is settled. nil if none waits.
    ///
    /// Assumes that positions given to `add` never go back.
    public var oldestPending: UInt64? { pending.oldest < 0 ? nil : slots[pending.oldest].position }

    /// Takes one fragment.
    ///
    /// - Parameters:
    ///   - offset: where its payload belongs in the datagram, in bytes.
    ///   - more: the more-fragments flag.
    ///   - payload: all of the fragment's bytes; a fragment that the capture cut must not be added.
    ///   - tag: the caller's handle for the packet.
    ///   - weight: bytes that the caller keeps for this fragment beside its packet, to be charged too.
    ///   - position: the packet's position in the capture, for `oldestPending`.
    ///   - now: packet time in nanoseconds.
    public mutating func add(
        key: FragmentKey, offset: Int, more: Bool, payload: Span<UInt8>, tag: UInt32, weight: Int = 0, position: UInt64,
        now: Int64
    ) -> FragmentOutcome {
        self.now = now
        giveUpExpired()
        let comparable = key.forComparison
        let keyHash = comparable.hash(with: hash)
        let fragment = Fragment(
            offset: offset, more: more, fingerprint: fingerprint(of: payload, offset: offset, more: more), tag: tag,
            weight: weight, ipProtocol: key.ipProtocol)
        if let problem = problem(with: fragment, length: payload.count) { return settled(problem) }
        if let slot = table.find(comparable, hash: keyHash, in: slots) {
            switch slots[slot].state {
            case .pending: return settled(continueDatagram(slot, fragment, payload))
            case .poisoned: return settled(.malformed)
            case .complete, .remembered, .free:
                if let outcome = lateDuplicate(of: slot, fragment) { return settled(outcome) }
                // Another datagram under a used identification: the earlier one gives up its place.
                forget(slot)
            }
        }
        if let limit = makeRoomForDatagram(payload.count + weight) { return settled(.refused(limit)) }
        let slot = beginDatagram(key: comparable, hash: keyHash, position: position)
        return settled(continueDatagram(slot, fragment, payload))
    }

    /// What is known of a fragment beside its bytes.
    struct Fragment {
        var offset: Int
        var more: Bool
        var fingerprint: UInt64
        var tag: UInt32
        var weight: Int
        var ipProtocol: UInt8
    }

    private func fingerprint(of payload: Span<UInt8>, offset: Int, more: Bool) -> UInt64 {
        hash(payload) ^ hash(UInt64(truncatingIfNeeded: offset) << 1 | (more ? 1 : 0))
    }

    private func problem(with fragment: Fragment, length: Int) -> FragmentOutcome? {
        guard fragment.offset >= 0, fragment.offset % 8 == 0, length > 0 else { return .malformed }
        // RFC 791: all but the last are a multiple of 8 bytes, as the offset counts in eights.
        if fragment.more, length % 8 != 0 { return .malformed }
        return fragment.offset > 65_535 - min(length, 65_535) || length > 65_535 ? .refused(.datagramSize) : nil
    }

    /// Every outcome leaves through here, so that each is counted once.
    mutating func settled(_ outcome: FragmentOutcome) -> FragmentOutcome {
        statistics.count(outcome)
        return outcome
    }
}
