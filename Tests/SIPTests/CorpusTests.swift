import Foundation
import TestSupport
import Testing

@testable import SIP

/// Messages made by others, which are not part of the repository: found in the directory that LIPPYCAT_CAPTURES names,
/// or beside the checkout. Compared with what tshark made of the same bytes in a datagram.
@Suite struct CorpusTests {
    static let directory: URL = {
        let named = ProcessInfo.processInfo.environment["LIPPYCAT_CAPTURES"] ?? "../shared/captures"
        return URL(fileURLWithPath: named, isDirectory: true)
    }()
    static var isPresent: Bool {
        FileManager.default.fileExists(atPath: directory.appendingPathComponent("manifest.json").path)
    }

    struct Entry: Decodable {
        var path: String
        var kind: String
        var category: String
        var truth: Truth?

        /// Of captures, `tshark` is the program's version.
        struct Truth: Decodable {
            var tshark: [String: Values]?
            enum Key: CodingKey { case tshark }
            init(from decoder: any Decoder) throws {
                tshark = try? decoder.container(keyedBy: Key.self).decode([String: Values].self, forKey: .tshark)
            }
        }

        /// One value or several.
        struct Values: Decodable {
            var all: [String]
            init(from decoder: any Decoder) throws {
                let container = try decoder.singleValueContainer()
                if let one = try? container.decode(String.self) {
                    all = [one]
                } else {
                    all = (try? container.decode([String].self)) ?? []
                }
            }
        }
    }

    static func entries() throws -> [Entry] {
        struct Manifest: Decodable { var files: [Entry] }
        let data = try Data(contentsOf: directory.appendingPathComponent("manifest.json"))
        return try JSONDecoder().decode(Manifest.self, from: data).files.filter { $0.category == "sipmsg" }
    }

    static func bytes(_ entry: Entry) throws -> [UInt8] {
        [UInt8](try Data(contentsOf: directory.appendingPathComponent(entry.path)))
    }

    @Test(.enabled(if: isPresent)) func nothingTraps() throws {
        for entry in try Self.entries() {
            let bytes = try Self.bytes(entry)
            exercise(bytes)
            exercise(bytes.filter { $0 != 0x0d })
            for length in stride(from: 0, to: bytes.count, by: 61) { exercise(Array(bytes[..<length])) }
        }
    }

    /// Where we read a value as tshark does not, and why that is meant.
    static let meant: [(files: [String], key: String, why: String)] = [
        (
            [
                "jain-torture__case015", "jain-torture__case357", "rfc4475__longreq", "t05_torture1_valid_7_1",
                "sofia__test34",
            ],
            "sip.Via.branch", "the top Via has none; tshark shows that of a later one"
        ),
        (["jain-torture__case366"], "sip.Content-Length", "-999 is no length; tshark shows 0"),
        (
            ["jain-torture__case367", "jain-torture__case368"], "sip.CSeq.seq",
            "beyond 32 bits; tshark shows the largest"
        ),
        (["pjsip-fuzz-sip__input.1"], "", "a lone CR ends a line for tshark, not for RFC 3261"),
    ]

    @Test(.enabled(if: isPresent)) func agreesWithTshark() throws {
        var compared = 0
        var ours = 0
        var table: [String] = []
        for entry in try Self.entries() {
            guard let truth = entry.truth?.tshark else { continue }
            for (key, value) in Self.facts(try Self.bytes(entry)).sorted(by: { $0.key < $1.key }) {
                // tshark keeps the white space and line breaks behind some values.
                let theirs = truth[key]?.all.first?.replacing("\\r\\n", with: "").trimmingCharacters(in: .whitespaces)
                compared += 1
                guard theirs != value else { continue }
                // It gives up on request lines with repeated or odd spaces, which stacks send and accept.
                guard let theirs else {
                    ours += 1
                    continue
                }
                let isMeant = Self.meant.contains { meant in
                    key.hasPrefix(meant.key) && meant.files.contains { entry.path.contains($0) }
                }
                if !isMeant { table.append("\(entry.path) \(key): tshark \(theirs), ours \(value ?? "-")") }
            }
        }
        print("compared \(compared) values with tshark; \(ours) found by us alone; unexplained: \(table.count)")
        #expect(table == [])
    }

    @Test(.enabled(if: isPresent)) func payloadsAreNoMessages() throws {
        for entry in try Self.entries() where entry.kind == "payload" {
            let bytes = try Self.bytes(entry)
            if case .message = SIPMessage.parse(bytes.span) { Issue.record("\(entry.path) is no message") }
        }
    }

    /// What we read, under tshark's names.
    static func facts(_ bytes: [UInt8]) -> [String: String?] {
        guard case .message(let message) = SIPMessage.parse(bytes.span) else {
            return ["sip.Method": nil, "sip.Status-Code": nil, "sip.Call-ID": nil]
        }
        let parsed = Parsed(bytes: bytes, message: message)
        func text(_ range: ByteRange) -> String? { range.isEmpty ? nil : parsed.text(range) }
        return [
            "sip.Method": message.kind == .request ? text(message.methodRange) : nil,
            "sip.Status-Code": message.kind == .response ? "\(message.statusCode)" : nil,
            "sip.r-uri": text(message.requestURI),
            "sip.Call-ID": text(message.callID),
            "sip.CSeq.seq": message.flags.isDisjoint(with: [.missingCSeq, .badCSeq]) ? "\(message.cseqNumber)" : nil,
            "sip.CSeq.method": text(message.cseqMethodRange),
            "sip.from.tag": text(message.fromTag),
            "sip.to.tag": text(message.toTag),
            "sip.Via.branch": text(message.viaBranch),
            "sip.Content-Length": message.contentLength.map { "\($0)" },
            "sip.Content-Type": text(message.contentType),
        ]
    }
}
