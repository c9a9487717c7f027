import PacketDecoding

/// HEP version 3: "HEP3", the length of all, then chunks of vendor, type, length and value.
///
/// ```
///  0  'H' 'E' 'P' '3'      4  total length     6  chunks
///     0  vendor            2  type             4  length with these 6     6  value
/// ```
extension HEPPacket {
    /// How long the packet at the front of a stream is: nil while its header is incomplete; `.malformed` has no length.
    public static func streamLength(_ bytes: Span<UInt8>) -> HEPStreamLength {
        let magic: [UInt8] = [0x48, 0x45, 0x50, 0x33]
        for index in 0..<min(bytes.count, magic.count) where bytes[index] != magic[index] { return .notHEP }
        guard bytes.count >= HEPFormat.headerLength else { return .needMore }
        let length = Int(bytes[4]) << 8 | Int(bytes[5])
        return length >= HEPFormat.headerLength ? .bytes(length) : .notHEP
    }

    static func parseChunks(_ bytes: Span<UInt8>, isCut: Bool) -> HEPParseResult {
        let length: Int
        switch streamLength(bytes) {
        case .notHEP: return .notHEP
        case .needMore: return .needMore
        case .bytes(let declared): length = declared
        }
        guard length <= bytes.count || isCut else { return .needMore }
        var chunks = HEPChunks()
        guard chunks.read(bytes, to: min(length, bytes.count), isCut: length > bytes.count) else { return .malformed }
        return chunks.packet(length: length).map { .packet($0) } ?? .malformed
    }
}

/// What the first bytes of a HEP stream say about the packet's length.
public enum HEPStreamLength: Sendable, Hashable {
    case bytes(Int)
    case needMore
    case notHEP
}

/// The chunks that matter to us, while they are being read.
private struct HEPChunks {
    private var ipProtocol: UInt8 = 0
    private var sourceAddress: IPAddress?
    private var destinationAddress: IPAddress?
    private var sourcePort: UInt16 = 0
    private var destinationPort: UInt16 = 0
    private var seconds: UInt32?
    private var microseconds: UInt32 = 0
    private var kind: UInt8 = 1
    private var captureID: UInt32 = 0
    private var payload: Range<Int> = 0..<0
    private var isCompressed = false
    private var isCut = false
    private var correlationID: Range<Int> = 0..<0

    /// Reads all chunks; false if one does not fit. Where the capture is cut, the last one may be incomplete.
    mutating func read(_ bytes: Span<UInt8>, to end: Int, isCut packetIsCut: Bool) -> Bool {
        var position = HEPFormat.headerLength
        while position < end {
            guard end - position >= HEPFormat.chunkHeaderLength else { return packetIsCut }
            let vendor = bytes.number(at: position, bytes: 2)
            let type = bytes.number(at: position + 2, bytes: 2)
            let length = Int(bytes.number(at: position + 4, bytes: 2))
            guard length >= HEPFormat.chunkHeaderLength else { return false }
            let value = position + HEPFormat.chunkHeaderLength
            if length <= end - position {
                // Other vendors' chunks have other meanings.
                if vendor == 0, !take(type, bytes, value..<(position + length)) { return false }
            } else {
                guard packetIsCut else { return false }
                if vendor == 0, type == 15 {
                    isCut = true
                    payload = value..<end
                }
                return true
            }
            position += length
        }
        return true
    }

    /// One chunk; false if its length is not that of its type.
    private mutating func take(_ type: UInt64, _ bytes: Span<UInt8>, _ value: Range<Int>) -> Bool {
        switch type {
        case 2: return bytes.read(value, into: &ipProtocol)
        case 3: return readIPv4(bytes, value, into: &sourceAddress)
        case 4: return readIPv4(bytes, value, into: &destinationAddress)
        case 5: return readIPv6(bytes, value, into: &sourceAddress)
        case 6: return readIPv6(bytes, value, into: &destinationAddress)
        case 7: return bytes.read(value, into: &sourcePort)
        case 8: return bytes.read(value, into: &destinationPort)
        case 9:
            var number: UInt32 = 0
            guard bytes.read(value, into: &number) else { return false }
            seconds = number
        case 10: return bytes.read(value, into: &microseconds)
        case 11: return bytes.read(value, into: &kind)
        case 12:
            // The identifier has had two and four bytes.
            captureID = value.count <= 4 ? UInt32(bytes.number(at: value.lowerBound, bytes: value.count)) : 0
        case 15, 16:
            payload = value
            isCompressed = type == 16
        case 17: correlationID = value
        default: break
        }
        return true
    }

    private func readIPv4(_ bytes: Span<UInt8>, _ value: Range<Int>, into address: inout IPAddress?) -> Bool {
        guard value.count == 4 else { return false }
        address = IPAddress(v4: UInt32(bytes.number(at: value.lowerBound, bytes: 4)))
        return true
    }

    private func readIPv6(_ bytes: Span<UInt8>, _ value: Range<Int>, into address: inout IPAddress?) -> Bool {
        guard value.count == 16 else { return false }
        address = IPAddress(
            high: bytes.number(at: value.lowerBound, bytes: 8), low: bytes.number(at: value.lowerBound + 8, bytes: 8))
        return true
    }

    /// Nil without addresses.
    func packet(length: Int) -> HEPPacket? {
        guard let sourceAddress, let destinationAddress else { return nil }
        var packet = HEPPacket(
            version: 3, source: Endpoint(sourceAddress, sourcePort),
            destination: Endpoint(destinationAddress, destinationPort), length: length)
        packet.ipProtocol = ipProtocol
        packet.timestamp = HEPPacket.timestamp(seconds ?? 0, microseconds)
        packet.payloadKind = HEPPayloadKind(kind)
        packet.payload = payload
        packet.isCompressed = isCompressed
        packet.isCut = isCut
        packet.correlationID = correlationID
        packet.captureID = captureID
        return packet
    }
}

extension HEPPacket {
    /// Nil for 1970, which agents send that know no time, and for microseconds that are none.
    static func timestamp(_ seconds: UInt32, _ microseconds: UInt32) -> Int64? {
        guard seconds > 0, microseconds < 1_000_000 else { return nil }
        return Int64(seconds) * 1_000_000_000 + Int64(microseconds) * 1000
    }
}

extension Span<UInt8> {
    /// A number in network order of up to eight bytes, which must lie inside.
    func number(at offset: Int, bytes count: Int) -> UInt64 {
        var number: UInt64 = 0
        for index in offset..<(offset + count) { number = number << 8 | UInt64(self[index]) }
        return number
    }

    /// A number that has exactly its type's length; false if it has not.
    fileprivate func read<Number: FixedWidthInteger>(_ range: Range<Int>, into value: inout Number) -> Bool {
        guard range.count == Number.bitWidth / 8 else { return false }
        value = Number(truncatingIfNeeded: number(at: range.lowerBound, bytes: range.count))
        return true
    }
}
