/// The TaZmen Sniffer Protocol: frames that access points and routers send to whoever sniffs.
extension PacketDecoder {
    private static let maxTags = 64

    /// ```
    ///  0  version = 1, type (0 received, 1 to be sent)      2  protocol      4  tags, ended by tag 1
    /// ```
    static func decodeTZSP(_ bytes: RawSpan, at start: Int, into packet: inout DecodedPacket) -> DecodeOutcome {
        guard bytes.available(from: start) >= 5, bytes.uint8(start) == 1, bytes.uint8(start + 1) <= 1 else {
            return .notIP
        }
        let content: CarriedContent
        switch bytes.uint16(start + 2) {
        case 1: content = .ethernet
        case 18: content = .link(.ieee80211)
        case 119: content = .link(.prism)
        case 127: content = .link(.avs)
        default: return .notIP
        }
        var offset = start + 4
        for _ in 0..<maxTags {
            guard bytes.available(from: offset) >= 1 else { return .notIP }
            let tag = bytes.uint8(offset)
            offset += 1
            if tag == 1 { return decodeCarried(content, by: .tzsp, bytes, at: offset, into: &packet) }
            if tag == 0 { continue }
            guard bytes.available(from: offset) >= 1 else { return .notIP }
            offset += 1 + Int(bytes.uint8(offset))
        }
        return .notIP
    }
}
