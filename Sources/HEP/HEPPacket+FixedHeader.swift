import PacketDecoding

/// HEP versions 1 and 2: C structures as agents had them in memory. They carry SIP only.
///
/// ```
///  0  version, length, family, protocol     8  addresses (8 or 32 bytes)
///  4  source port, destination port            version 2: seconds, microseconds, agent
/// ```
/// Ports and addresses are in network order. The time is in the agent's own order, which is nearly always little endian.
extension HEPPacket {
    static func parseFixedHeader(_ bytes: Span<UInt8>, isCut: Bool) -> HEPParseResult {
        guard bytes.count >= HEPFormat.fixedHeaderLength else { return .needMore }
        guard mayBegin(bytes) else { return .notHEP }
        let isIPv4 = bytes[2] == HEPFormat.ipv4Family
        let addresses = HEPFormat.fixedHeaderLength
        let addressLength = isIPv4 ? 4 : 16
        let time = addresses + 2 * addressLength
        guard bytes.count >= time else { return .needMore }
        var packet = HEPPacket(
            version: bytes[0],
            source: Endpoint(bytes.address(at: addresses, addressLength), bytes.port(at: 4)),
            destination: Endpoint(bytes.address(at: addresses + addressLength, addressLength), bytes.port(at: 6)),
            length: bytes.count)
        packet.ipProtocol = bytes[3]
        packet.isCut = isCut
        var payload = time
        if packet.version == 2 {
            // The header's length counts the time or it does not; where it does, it tells whether there is padding.
            payload = Int(bytes[1]) == time + HEPFormat.packedTimeLength ? Int(bytes[1]) : time + HEPFormat.timeLength
            guard bytes.count >= payload else { return .needMore }
            packet.timestamp = bytes.agentTime(at: time)
        }
        packet.payload = min(payload, bytes.count)..<bytes.count
        return .packet(packet)
    }
}

extension Span<UInt8> {
    fileprivate func port(at offset: Int) -> UInt16 { UInt16(truncatingIfNeeded: number(at: offset, bytes: 2)) }

    fileprivate func address(at offset: Int, _ length: Int) -> IPAddress {
        length == 4
            ? IPAddress(v4: UInt32(truncatingIfNeeded: number(at: offset, bytes: 4)))
            : IPAddress(high: number(at: offset, bytes: 8), low: number(at: offset + 8, bytes: 8))
    }

    /// The order in which the microseconds are fewer than a million: both when they are 0, and then the host's.
    fileprivate func agentTime(at offset: Int) -> Int64? {
        let seconds = UInt32(truncatingIfNeeded: number(at: offset, bytes: 4))
        let microseconds = UInt32(truncatingIfNeeded: number(at: offset + 4, bytes: 4))
        return HEPPacket.timestamp(seconds.byteSwapped, microseconds.byteSwapped)
            ?? HEPPacket.timestamp(seconds, microseconds)
    }
}
