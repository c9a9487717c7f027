/// How an RTP datagram divides into header, payload and padding (lengths in bytes).
@frozen
public enum RTPLayout: Equatable, Sendable {
    /// Header (fixed part, CSRC list and extension), payload and padding add up to the datagram.
    case complete(headerLength: Int, payloadLength: Int, paddingLength: Int)
    /// The capture ended before the length field at `offset`, so the parts after it are not known.
    case cut(offset: Int)
    /// The CSRC list ends behind the datagram.
    case csrcTooLong(needed: Int, available: Int)
    /// The header extension (RFC 3550 section 5.3.1), or its own length field, ends behind the datagram.
    case extensionTooLong(needed: Int, available: Int)
    /// The padding count is zero or larger than what follows the header (RFC 3550 appendix A.1).
    case paddingTooLong(padding: Int, available: Int)

    /// `datagramLength` is not less than the length of `bytes`.
    init(firstByte: UInt8, of bytes: Span<UInt8>, datagramLength: Int) {
        let length = datagramLength
        var headerLength = RTPHeader.fixedLength + 4 * Int(firstByte & 0x0f)
        guard headerLength <= length else {
            self = .csrcTooLong(needed: headerLength, available: length)
            return
        }
        if firstByte & 0x10 != 0 {
            guard headerLength + 4 <= length else {
                self = .extensionTooLong(needed: headerLength + 4, available: length)
                return
            }
            guard headerLength + 4 <= bytes.count else {
                self = .cut(offset: headerLength + 2)
                return
            }
            // The count is of 32-bit words after the four bytes that hold it.
            headerLength += 4 + 4 * (Int(bytes[headerLength + 2]) << 8 | Int(bytes[headerLength + 3]))
            guard headerLength <= length else {
                self = .extensionTooLong(needed: headerLength, available: length)
                return
            }
        }
        guard firstByte & 0x20 != 0 else {
            self = .complete(headerLength: headerLength, payloadLength: length - headerLength, paddingLength: 0)
            return
        }
        guard length > headerLength else {
            self = .paddingTooLong(padding: 1, available: 0)
            return
        }
        guard length <= bytes.count else {
            self = .cut(offset: length - 1)
            return
        }
        let padding = Int(bytes[length - 1])
        guard padding > 0, padding <= length - headerLength else {
            self = .paddingTooLong(padding: padding, available: length - headerLength)
            return
        }
        self = .complete(
            headerLength: headerLength, payloadLength: length - headerLength - padding, paddingLength: padding)
    }

    /// Where the payload lies in the datagram; nil when that is not known.
    public var payload: Range<Int>? {
        guard case .complete(let headerLength, let payloadLength, _) = self else { return nil }
        return headerLength..<headerLength + payloadLength
    }
}
