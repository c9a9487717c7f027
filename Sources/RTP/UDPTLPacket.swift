/// A packet of T.38 over UDPTL (ITU-T T.38 clause 9.1), as far as it can be told: its number, and that its primary part
/// fits. The sequence number is 16 bits, begins at 0 and grows by one; nothing else marks such a packet.
public struct UDPTLPacket: Equatable, Sendable {
    public var sequence: UInt16
    /// Bytes of the primary IFP packet.
    public var primaryLength: Int

    /// nil when the primary packet, or what has to follow it, is not there.
    ///
    /// - Parameter datagramLength: of the UDP payload on the wire, when the capture cut it.
    public init?(parsing bytes: Span<UInt8>, datagramLength: Int) {
        guard bytes.count >= 4 else { return nil }
        sequence = bytes.half(at: 0)
        // A length of packed encoding rules, aligned: one byte, or two from 128 on.
        var start = 3
        primaryLength = Int(bytes[2])
        if primaryLength >= 0x80 {
            guard primaryLength < 0xc0 else { return nil }
            primaryLength = (primaryLength & 0x3f) << 8 | Int(bytes[3])
            start = 4
        }
        // At least the byte that tells which kind of error recovery follows.
        guard primaryLength > 0, start + primaryLength < max(datagramLength, bytes.count) else { return nil }
    }
}
