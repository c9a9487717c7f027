import PacketDecoding
import SIP

/// Reads everything that can be read, for what it may break: it must return, and within its limits.
public enum SIPParsers {
    private static let patterns = ["alice", "+49*", "*31", #"\*31#"#, "0049"].compactMap { try? UserPattern($0) }

    /// One datagram, whole and cut, and everything that is taken from its headers.
    public static func readMessage(_ span: Span<UInt8>) {
        _ = looksLikeSIP(span)
        for isCut in [false, true] {
            guard case .message(let message) = SIPMessage.parse(span, isCut: isCut) else { continue }
            var framer = SIPStreamFramer()
            if framer.wouldTake(message, from: span) {
                require(framer.next(in: span, from: 0) == .message(0..<span.count), "framed otherwise")
            }
            require(message.body.isPresent ? Int(message.body.end) <= span.count : true, "body outside the message")
            var headers = message.headers
            while let header = headers.next(in: span) {
                _ = header.unfolded(in: span)
                readHeaderValue(span, header.value)
            }
            _ = DTMFRelay(message, in: span)
            for pattern in patterns { _ = pattern.matches(message, in: span) }
            let whole = message.sessionDescription(in: span)
            readSessionDescription(span.bytes(whole))
            let cut = message.sessionDescription(in: span, isCut: isCut)
            if cut != whole { readSessionDescription(span.bytes(cut)) }
        }
    }

    /// The value as each header's that has a grammar of its own.
    public static func readHeaderValue(_ span: Span<UInt8>, _ value: ByteRange) {
        var list = value
        while true {
            let address = NameAddress(span, in: list)
            _ = address.displayName(in: span)
            _ = address.tag(in: span)
            _ = SIPURI(span, in: address.uri)
            guard address.rest.isPresent, address.rest.start > list.start else { break }
            list = address.rest
        }
        let via = Via(span, in: value)
        _ = via.transport(in: span)
        _ = via.sentBy(in: span)
        _ = via.branch(in: span)
        _ = via.received(in: span)
        _ = via.rport(in: span)
        _ = CSeq(span, in: value)
        var parts = BodyPartIterator(body: ByteRange(0, span.count), boundary: value)
        while let part = parts.next(in: span) { _ = part.contentType }
    }

    public static func readSessionDescription(_ span: Span<UInt8>) {
        var endpoints = SDPEndpoints()
        endpoints.collect(span)
        require(endpoints.items.count <= SDPEndpoints.limit, "more endpoints than the limit")
        var description = SessionDescription()
        guard description.read(span) else { return }
        require(description.media.count <= SessionDescription.Limits.media, "more media than the limit")
        for media in description.media {
            _ = description.isT38(media, in: span)
            for type in description.payloadTypes[media.payloadTypes] {
                _ = description.format(of: type, media, in: span)
            }
        }
    }
}
