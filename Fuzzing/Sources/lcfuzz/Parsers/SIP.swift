import TestSupport

extension FuzzTarget {
    static func sip(_ bytes: [UInt8]) { SIPParsers.readMessage(bytes.span) }

    static func sdp(_ bytes: [UInt8]) { SIPParsers.readSessionDescription(bytes.span) }
}
