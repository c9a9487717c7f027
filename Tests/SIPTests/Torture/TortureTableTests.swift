import Foundation
import TestSupport
import Testing

@testable import SIP

/// Every message of RFC 4475 and RFC 5118 has the outcome that docs/torture.md states.
@Suite struct TortureTableTests {
    static let root = URL(fileURLWithPath: #filePath).appending(path: "../../../..").standardizedFileURL

    @Test func noneIsSkipped() {
        #expect(TortureCase.validMessages.count == 13)
        #expect(TortureCase.invalidMessages.count == 19)
        #expect(TortureCase.otherMessages.count == 1 + 15 + 1)
        #expect(TortureCase.ipv6Messages.count == 12)
    }

    @Test(arguments: TortureCase.rfc4475) func rfc4475MessageHasItsOutcome(_ torture: TortureCase) throws {
        try expect(torture, torture.bytes)
    }

    @Test(arguments: TortureCase.ipv6Messages) func rfc5118MessageHasItsOutcome(_ torture: TortureCase) throws {
        try expect(torture, torture.bytes)
    }

    /// A line for each, with its section and its outcome.
    @Test func theTableIsTheDocuments() throws {
        let document = try String(contentsOf: Self.root.appending(path: "docs/torture.md"), encoding: .utf8)
        for torture in TortureCase.rfc4475 + TortureCase.ipv6Messages {
            let outcome =
                switch torture.outcome {
                case .request(let method): torture.name == "intmeth" ? "request" : "`\(method)`"
                case .response(let status): "`\(status)`"
                case .malformed: "refused"
                }
            let line = document.split(separator: "\n").first {
                $0.hasPrefix("| `\(torture.name)` | \(torture.section) |")
            }
            #expect(line?.contains(outcome) == true, "docs/torture.md: \(torture.name) \(torture.section) \(outcome)")
        }
    }

    /// The RFC's own bytes, where somebody's copies lie beside the checkout: read, or refused, as those of the table.
    @Test func theRFCsOwnBytesHaveTheSameOutcome() throws {
        let named = ProcessInfo.processInfo.environment["LIPPYCAT_CAPTURES"]
        let folder = named.map { URL(fileURLWithPath: $0) } ?? Self.root.appending(path: "../shared/captures")
        var compared: [String] = []
        for torture in TortureCase.rfc4475 {
            let path = folder.appending(path: "sipmsg/rfc4475__\(torture.name).dat").standardizedFileURL.path
            guard let data = FileManager.default.contents(atPath: path) else { continue }
            compared.append(torture.name)
            let bytes = [UInt8](data)
            switch (SIPMessage.parse(bytes.span), torture.outcome) {
            case (.message(let message), .request(let method)):
                let parsed = Parsed(bytes: bytes, message: message)
                #expect(parsed.text(message.methodRange) == method, "\(torture.name)")
                #expect(message.kind == .request)
                #expect((message.callID.isPresent && !message.callID.isEmpty) == (torture.callID != nil))
                #expect(torture.flags.isSubset(of: message.flags), "\(torture.name)")
            case (.message(let message), .response(let status)):
                #expect(message.kind == .response && message.statusCode == status, "\(torture.name)")
            case (.malformed(let malformation), .malformed(let fault)):
                #expect(malformation.fault == fault, "\(torture.name)")
            case (let result, let expected):
                Issue.record("\(torture.name): \(expected), not \(result)")
            }
        }
        print(
            compared.isEmpty
                ? "no RFC 4475 messages beside the checkout: skipped, the table was tested with our own"
                : "\(compared.count) RFC 4475 messages as the RFC has them")
    }

    /// Those of the messages that have a name here.
    private static let methods: [String: SIP.Method] = [
        "INVITE": .invite, "BYE": .bye, "OPTIONS": .options, "REGISTER": .register, "MESSAGE": .message,
    ]

    private func expect(_ torture: TortureCase, _ bytes: [UInt8]) throws {
        if case .malformed(let fault) = torture.outcome {
            guard case .malformed(let malformation) = SIPMessage.parse(bytes.span) else {
                Issue.record("\(torture.name) is read")
                return
            }
            #expect(malformation.fault == fault)
            return
        }
        let parsed = try parse(bytes)
        switch torture.outcome {
        case .request(let method):
            #expect(parsed.message.kind == .request)
            #expect(parsed.message.method == Self.methods[method, default: .other])
            #expect(parsed.text(parsed.message.methodRange) == method)
        case .response(let status):
            #expect(parsed.message.kind == .response)
            #expect(parsed.message.statusCode == status)
        case .malformed: break
        }
        #expect(parsed.text(parsed.message.callID) == torture.callID)
        if let cseq = torture.cseq { #expect(parsed.message.cseqNumber == cseq) }
        #expect(torture.toTag == nil || parsed.text(parsed.message.toTag) == torture.toTag)
        #expect(torture.flags.isSubset(of: parsed.message.flags), "\(parsed.message.flags.rawValue)")
        if torture.isClean {
            #expect(parsed.message.flags.isDisjoint(with: TortureCase.faults), "\(parsed.message.flags.rawValue)")
        }
        #expect(parsed.message.body.range.count == torture.bodyBytes)
    }
}
