/// IEEE 802.11 data frames that are not encrypted, and the headers capture programs put in front of them.
extension PacketDecoder {
    private enum FrameControl {
        static let toDistribution: UInt8 = 0x01
        static let fromDistribution: UInt8 = 0x02
        static let protected: UInt8 = 0x40
        static let order: UInt8 = 0x80
        /// Of the subtype: nothing follows the header; there is a QoS field.
        static let noData: UInt8 = 0x40
        static let quality: UInt8 = 0x80
    }

    /// Subframes of an aggregate that are looked at for the first IP packet.
    private static let maxSubframes = 4

    /// ```
    ///  0  frame control (version, type, subtype; flags), duration      4  addresses 1 to 3, sequence
    /// 24  address 4 (between access points), QoS, HT control           …  LLC
    /// ```
    static func decodeIEEE80211(
        _ bytes: RawSpan, at start: Int, isPadded: Bool = false, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        // Sequence numbers, times and signal strengths differ between two sightings of nothing.
        packet.isLinkUnsteady = true
        guard bytes.available(from: start) >= 24 else {
            return malformed(
                .link, .captureTooShort, offset: start, needed: 24, available: bytes.available(from: start),
                into: &packet)
        }
        // Some access points send the two bytes of frame control the other way round (CAPWAP).
        var (control, flags) = (bytes.uint8(start), bytes.uint8(start + 1))
        if control & 0x0f != 0x08, flags & 0x0f == 0x08 { swap(&control, &flags) }
        // Version 0, type 2.
        guard control & 0x0f == 0x08, control & FrameControl.noData == 0 else { return .notIP }
        var offset = start + 24
        let isRelayed = flags & 0x03 == FrameControl.toDistribution | FrameControl.fromDistribution
        if isRelayed { offset += 6 }
        var isAggregate = false
        if control & FrameControl.quality != 0 {
            guard bytes.available(from: offset) >= 2 else { return .notIP }
            isAggregate = bytes.uint8(offset) & 0x80 != 0
            offset += 2
            if flags & FrameControl.order != 0 { offset += 4 }
        }
        if isPadded { offset = start + (offset - start + 3) & ~3 }
        if isAggregate { return decodeAggregate(bytes, at: offset, into: &packet) }
        guard let frame = llc(bytes, at: offset, isProtected: flags & FrameControl.protected != 0) else {
            return .notIP
        }
        return decodeLLC(bytes, at: frame, into: &packet)
    }

    /// Where LLC begins: behind the header; behind what is left of an encryption that the driver undid (WEP 4 bytes,
    /// TKIP and CCMP 8); behind a mesh header (6, 12 or 18).
    private static func llc(_ bytes: RawSpan, at offset: Int, isProtected: Bool) -> Int? {
        if !isProtected, !isSNAP(bytes, at: offset) {
            for length in [6, 12, 18] where isSNAP(bytes, at: offset + length) { return offset + length }
            return offset
        }
        for length in isProtected ? [0, 4, 8] : [0] where isSNAP(bytes, at: offset + length) { return offset + length }
        return nil
    }

    private static func isSNAP(_ bytes: RawSpan, at offset: Int) -> Bool {
        bytes.available(from: offset) >= 8 && bytes.uint32(offset) == 0xaaaa_0300
    }

    /// A-MSDU: subframes of two addresses, a length and LLC, each at a multiple of four. One packet is decoded from a
    /// captured frame, so the first IP packet stands for all.
    private static func decodeAggregate(
        _ bytes: RawSpan, at start: Int, into packet: inout DecodedPacket
    ) -> DecodeOutcome {
        var offset = start
        for _ in 0..<maxSubframes {
            guard bytes.available(from: offset) > 14 else { return .notIP }
            let content = offset + 14
            let end = content + Int(bytes.uint16(offset + 12))
            let inside = bytes.clipped(to: end)
            if isSNAP(inside, at: content) {
                let outcome = decodeCarried(.link(.llc), by: .wireless, inside, at: content, into: &packet)
                if outcome.foundIP { return outcome }
            }
            offset = start + (end - start + 3) & ~3
        }
        return .notIP
    }
}
