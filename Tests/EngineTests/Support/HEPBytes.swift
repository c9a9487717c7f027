/// HEP packets in a test, after the HEP3 specification.
enum HEPBytes {
    static func packet(
        _ payload: [UInt8], from: Peer, to: Peer, seconds: Int64, kind: UInt8 = 1, ipProtocol: UInt8 = 17,
        correlation: String? = nil, compressed: Bool = false
    ) -> [UInt8] {
        var chunks = chunk(1, [2]) + chunk(2, [ipProtocol]) + chunk(3, from.octets) + chunk(4, to.octets)
        chunks += chunk(7, Frame.big16(from.port)) + chunk(8, Frame.big16(to.port))
        chunks += chunk(9, Frame.big32(UInt32(seconds))) + chunk(10, Frame.big32(250_000))
        chunks += chunk(11, [kind]) + chunk(12, Frame.big32(2001)) + chunk(14, Array("secret".utf8))
        if let correlation { chunks += chunk(17, Array(correlation.utf8)) }
        chunks += chunk(compressed ? 16 : 15, payload)
        return Array("HEP3".utf8) + Frame.big16(UInt16(6 + chunks.count)) + chunks
    }

    private static func chunk(_ type: UInt16, _ value: [UInt8]) -> [UInt8] {
        Frame.big16(0) + Frame.big16(type) + Frame.big16(UInt16(6 + value.count)) + value
    }

    /// Version 2 as x86 machines send it.
    static func version2(_ payload: [UInt8], from: Peer, to: Peer, seconds: Int64) -> [UInt8] {
        [2, 16, 2, 17] + Frame.big16(from.port) + Frame.big16(to.port) + from.octets + to.octets
            + CaptureText.little32(UInt32(seconds)) + CaptureText.little32(250_000) + [0xd1, 7, 0, 0] + payload
    }
}
