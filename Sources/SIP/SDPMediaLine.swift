/// `m=<media> <port>[/<count>] <proto> <format> …` (RFC 8866 section 5.14).
struct SDPMediaLine {
    var kind: MediaDescription.Kind
    var kindRange: Range<Int>
    /// nil when it is not there or no port (`m=audio 70000`, `m=X`).
    var port: UInt16?
    /// Ports in a row, at least 1. Untrusted: it may be any number below 2^32.
    var portCount: Int
    var proto: Range<Int>
    /// Where the formats begin.
    var formats: Int

    @inline(__always)
    init(_ bytes: Span<UInt8>, _ line: SDPLineIterator.Line) {
        var fields = SDPFields(from: line.start, to: line.end)
        kindRange = fields.next(in: bytes)
        kind = MediaDescription.Kind(bytes, kindRange)
        let ports = fields.next(in: bytes)
        var slash = ports.lowerBound
        while slash < ports.upperBound, bytes[slash] != UInt8(ascii: "/") { slash &+= 1 }
        port = bytes.port(from: ports.lowerBound, to: slash)
        portCount = 1
        if slash < ports.upperBound, let count = bytes.decimal(from: slash &+ 1, to: ports.upperBound), count > 0 {
            portCount = Int(truncatingIfNeeded: count)
        }
        proto = fields.next(in: bytes)
        formats = proto.upperBound
    }

    /// RTP of any profile, so that RTCP goes with it.
    @inline(__always)
    func isRTP(_ bytes: Span<UInt8>) -> Bool {
        // `RTP/AVP` is what most write; the rest is found the long way.
        if bytes.packed(from: proto.lowerBound, length: 4) == PackedName.word("R", "T", "P", "/") { return true }
        return contains("rtp/", bytes)
    }

    /// Carried over TCP (RFC 4145, RFC 6544), where none of its endpoints is one of datagrams.
    @inline(__always)
    func isTCP(_ bytes: Span<UInt8>) -> Bool {
        if proto.count == 7,
            bytes.packed(from: proto.lowerBound, length: 7) == PackedName.word("R", "T", "P", "/", "A", "V", "P")
        {
            return false
        }
        return contains("tcp", bytes)
    }

    @inline(never)
    private func contains(_ text: StaticString, _ bytes: Span<UInt8>) -> Bool {
        let last = proto.upperBound - text.utf8CodeUnitCount
        var index = proto.lowerBound
        while index <= last {
            if bytes.hasPrefixIgnoringCase(text, at: index) { return true }
            index += 1
        }
        return false
    }
}

extension Span where Element == UInt8 {
    /// The port that fills `start..<end`; nil if it is none.
    @inline(__always)
    func port(from start: Int, to end: Int) -> UInt16? {
        decimal(from: start, to: end, limit: 65_535).flatMap { UInt16(exactly: $0) }
    }
}
