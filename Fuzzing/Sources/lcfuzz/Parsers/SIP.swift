import PacketDecoding

@testable import SIP

extension FuzzTarget {
    private static let patterns = ["alice", "+49*", "*31", #"\*31#"#, "0049"].compactMap { try? UserPattern($0) }

    /// One datagram, whole and cut, and everything that is taken from its headers.
    static func sip(_ bytes: [UInt8]) {
        let span = bytes.span
        _ = looksLikeSIP(span)
        for isCut in [false, true] {
            guard case .message(let message) = SIPMessage.parse(span, isCut: isCut) else { continue }
            require(message.body.isPresent ? Int(message.body.end) <= bytes.count : true, "body outside the message")
            var headers = message.headers
            while let header = headers.next(in: span) {
                _ = header.unfolded(in: span)
                value(span, header.value)
            }
            _ = DTMFRelay(message, in: span)
            for pattern in patterns { _ = pattern.matches(message, in: span) }
            description(span.bytes(message.sessionDescription(in: span, isCut: isCut)))
        }
    }

    private static func value(_ span: Span<UInt8>, _ value: ByteRange) {
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
        _ = via.received(in: span)
        _ = via.rport(in: span)
        _ = CSeq(span, in: value)
        var parts = BodyPartIterator(body: ByteRange(0, span.count), boundary: value)
        while let part = parts.next(in: span) { _ = part.contentType }
    }

    static func sdp(_ bytes: [UInt8]) { description(bytes.span) }

    private static func description(_ span: Span<UInt8>) {
        var endpoints = SDPEndpoints()
        endpoints.collect(span)
        require(endpoints.items.count <= SDPEndpoints.limit, "more endpoints than the limit")
        guard let description = SessionDescription.parse(span) else { return }
        require(description.media.count <= SessionDescription.Limits.media, "more media than the limit")
        for media in description.media {
            _ = media.isT38(in: span)
            for type in media.payloadTypes { _ = media.format(of: type, in: span) }
        }
    }
}
