/// Kinds of frames that no packet can match a filter as, whatever its addresses and ports.
///
/// `udp port 5060` looks for its port behind the IP header and so rejects every later fragment, which has no UDP header;
/// and it rejects every tagged frame, whose EtherType is 802.1Q. Both make calls vanish silently, which is worth a warning.
public struct FilterBlindSpots: OptionSet, Sendable {
    public let rawValue: UInt8
    public init(rawValue: UInt8) { self.rawValue = rawValue }

    /// Neither a later IPv4 nor a later IPv6 fragment can match.
    public static let laterFragments = FilterBlindSpots(rawValue: 1)
    /// No frame with an 802.1Q tag in its bytes can match. (Live, the kernel shows the filter most frames without it.)
    public static let taggedFrames = FilterBlindSpots(rawValue: 2)

    /// Finds out by following the compiled program for a frame of which only the decisive bytes are known.
    public init(of filter: PacketFilter) {
        self = []
        guard let link = LinkLayout(linkType: filter.linkType) else { return }
        let program = filter.instructions
        let fragments = [
            // Offset 1480 with and without more to come; IPv6: next header 44, offset 181 units.
            link.frame(etherType: 0x0800, payload: [0: 0x45, 6: 0x00, 7: 0xb9]),
            link.frame(etherType: 0x0800, payload: [0: 0x45, 6: 0x20, 7: 0xb9]),
            link.frame(etherType: 0x86dd, payload: [0: 0x60, 6: 44, 42: 0x05, 43: 0xa8]),
            link.frame(etherType: 0x86dd, payload: [0: 0x60, 6: 44, 42: 0x05, 43: 0xa9]),
        ]
        if !fragments.contains(where: { FilterReach(program, frame: $0).canMatch }) { insert(.laterFragments) }
        guard link.hasEtherType else { return }
        let tagged = [
            link.frame(etherType: 0x8100, payload: [2: 0x08, 3: 0x00, 4: 0x45]),
            link.frame(etherType: 0x8100, payload: [2: 0x86, 3: 0xdd, 4: 0x60]),
        ]
        if !tagged.contains(where: { FilterReach(program, frame: $0).canMatch }) { insert(.taggedFrames) }
    }
}

/// Where a link type has its EtherType and its payload.
private struct LinkLayout {
    var etherTypeOffset: Int?
    var payloadOffset: Int
    var hasEtherType: Bool { etherTypeOffset != nil }

    init?(linkType: UInt32) {
        switch linkType {
        case LinkType.ethernet: (etherTypeOffset, payloadOffset) = (12, 14)
        case LinkType.linuxCooked: (etherTypeOffset, payloadOffset) = (14, 16)
        case LinkType.linuxCookedV2: (etherTypeOffset, payloadOffset) = (0, 20)
        case LinkType.rawIP, 12, 228, 229: (etherTypeOffset, payloadOffset) = (nil, 0)
        default: return nil
        }
    }

    /// The known bytes of a frame, by offset.
    func frame(etherType: UInt16, payload: [Int: UInt8]) -> [Int: UInt8] {
        var known: [Int: UInt8] = [:]
        if let etherTypeOffset {
            known[etherTypeOffset] = UInt8(etherType >> 8)
            known[etherTypeOffset + 1] = UInt8(etherType & 0xff)
        }
        for (offset, byte) in payload { known[payloadOffset + offset] = byte }
        return known
    }
}
