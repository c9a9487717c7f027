import Testing

@testable import SIP

/// One message of RFC 4475 or RFC 5118: a message of our own with the property that the RFC's has, and what is read in
/// it. docs/torture.md has the same table in words.
struct TortureCase: Sendable, CustomTestStringConvertible {
    enum Outcome: Sendable, Equatable {
        case request(String)
        case response(UInt16)
        case malformed(SIPMalformation.Fault)
    }

    /// The RFC's name of the message.
    var name: String
    var section: String
    /// What is said of it, and what is read.
    var outcome: Outcome
    var callID: String?
    var cseq: UInt32?
    var toTag: String?
    /// Flags that must be set; `clean` are those that must not.
    var flags: SIPMessage.Flags
    var isClean: Bool
    var bodyBytes: Int
    var bytes: [UInt8]

    var testDescription: String { "\(name) (\(section))" }

    static let rfc4475 = validMessages + invalidMessages + otherMessages

    /// The message of that name, parsed.
    static func parsed(_ name: String) throws -> Parsed {
        try parse(#require((rfc4475 + ipv6Messages).first { $0.name == name }).bytes)
    }

    /// What a faultless message does not have.
    static let faults: SIPMessage.Flags = [
        .headersUnterminated, .bodyShort, .bytesAfterBody, .oddLine, .missingCallID, .missingCSeq, .badCSeq,
        .cseqMethodMismatch, .missingFrom, .missingTo, .missingVia, .badContentLength, .repeatedHeader,
    ]

    init(
        _ name: String, _ section: String, _ outcome: Outcome, callID: String? = "call@torture", cseq: UInt32? = 1,
        toTag: String? = nil, flags: SIPMessage.Flags = [], isClean: Bool = true, body: Int = 0, _ text: String
    ) {
        self.init(
            name, section, outcome, callID: callID, cseq: cseq, toTag: toTag, flags: flags, isClean: isClean,
            body: body, bytes: wire(text))
    }

    init(
        _ name: String, _ section: String, _ outcome: Outcome, callID: String? = "call@torture", cseq: UInt32? = 1,
        toTag: String? = nil, flags: SIPMessage.Flags = [], isClean: Bool = true, body: Int = 0, bytes: [UInt8]
    ) {
        self.name = name
        self.section = section
        self.outcome = outcome
        self.callID = callID
        self.cseq = cseq
        self.toTag = toTag
        self.flags = flags
        self.isClean = isClean
        bodyBytes = body
        self.bytes = bytes
    }

    /// A message of the usual headers, `headers`, and a session description if there is one, with its true length.
    /// The CSeq names the method of the start line, or INVITE in a response.
    init(
        _ name: String, _ section: String, _ outcome: Outcome, flags: SIPMessage.Flags = [], isClean: Bool = true,
        body: Int = 0, startLine: String, cseqMethod: String? = nil, via: String = usualVia, from: String = usualFrom,
        to: String = usualTo, headers: [String] = [], lengthName: String = "Content-Length", description: String = ""
    ) {
        let method = startLine.hasPrefix("SIP/") ? "INVITE" : String(startLine.prefix { $0 != " " })
        let type = description.isEmpty ? [] : ["Content-Type: application/sdp"]
        let length = ["\(lengthName): \(wire(description).count)"]
        let usual = Self.rest(cseqMethod ?? method, via: via, from: from, to: to)
        let lines = [startLine, usual] + headers + type + length + ["", description]
        self.init(name, section, outcome, flags: flags, isClean: isClean, body: body, lines.joined(separator: "\n"))
    }

    static let usualVia = "SIP/2.0/UDP host.example;branch=z9hG4bKt"
    static let usualFrom = "<sip:a@torture.example>;tag=f"
    static let usualTo = "<sip:b@torture.example>"

    /// Headers that a message has when its case is about something else.
    static func rest(
        _ method: String, via: String = usualVia, from: String = usualFrom, to: String = usualTo
    ) -> String {
        """
        Via: \(via)
        Max-Forwards: 70
        From: \(from)
        To: \(to)
        Call-ID: call@torture
        CSeq: 1 \(method)
        """
    }
}
