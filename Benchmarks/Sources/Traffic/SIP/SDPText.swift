extension SessionPlan {
    /// The body (RFC 8866), one audio medium.
    func appendText(sessionID: UInt64, to text: inout [UInt8]) {
        text.append(text: "v=0\r\no=- ")
        text.append(decimal: sessionID >> 32)
        text.append(UInt8(ascii: " "))
        text.append(decimal: version)
        appendAddress(media.address, to: &text)
        text.append(text: "s=-")
        appendConnection(to: &text)
        text.append(text: "t=0 0\r\nm=audio ")
        text.append(decimal: media.port)
        text.append(text: " RTP/AVP")
        for codec in codecs {
            text.append(UInt8(ascii: " "))
            text.append(decimal: codec.payloadType)
        }
        if telephoneEvents { text.append(text: " 101") }
        text.append(text: "\r\n")
        for codec in codecs {
            text.append(text: "a=rtpmap:")
            text.append(decimal: codec.payloadType)
            text.append(UInt8(ascii: " "))
            text.append(string: codec.name)
            text.append(UInt8(ascii: "/"))
            text.append(decimal: codec.clockRate)
            if codec.channels > 1 {
                text.append(UInt8(ascii: "/"))
                text.append(decimal: codec.channels)
            }
            text.append(text: "\r\n")
        }
        if telephoneEvents { text.append(text: "a=rtpmap:101 telephone-event/8000\r\na=fmtp:101 0-15\r\n") }
        text.append(text: "a=ptime:20\r\na=")
        text.append(text: direction)
        text.append(text: "\r\n")
    }

    private func appendConnection(to text: inout [UInt8]) {
        text.append(text: "\r\nc=")
        if holdsByZeroAddress {
            text.append(text: "IN IP4 0.0.0.0\r\n")
            return
        }
        text.append(text: media.address.isIPv6 ? "IN IP6 " : "IN IP4 ")
        media.address.appendText(to: &text)
        text.append(text: "\r\n")
    }

    private func appendAddress(_ address: IPAddress, to text: inout [UInt8]) {
        text.append(text: address.isIPv6 ? " IN IP6 " : " IN IP4 ")
        address.appendText(to: &text)
        text.append(text: "\r\n")
    }
}
