import Foundation
import Scenarios
import Testing
import Traffic

@testable import Checking

/// An independent opinion on what was generated. Nothing is tested where tshark is not installed.
@Suite struct TsharkTests {
    private static let preferences = [
        "-n", "-o", "tcp.reassemble_out_of_order:TRUE", "-o", "ip.check_checksum:TRUE", "-o",
        "udp.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE",
    ]

    /// tshark puts a tunnel's fragments and those inside of it together when they have addresses and identification in
    /// common.
    private static let confusing = "tunnels-all-fragments"

    @Test(arguments: LinkType.allCases)
    func nothingIsMalformed(link: LinkType) throws {
        let files = try GeneratedFiles()
        let made = try files.generate(
            "mixed", { options in options.classes.removeAll { $0.name == Self.confusing } },
            settings: { $0.link = link })
        let filter =
            "_ws.malformed || ip.checksum.status==0 || udp.checksum.status==0 || tcp.checksum.status==0"
            + " || _ws.expert.severity==error"
        guard let found = try output(of: "tshark", Self.preferences + ["-r", made.capture, "-Y", filter]) else {
            return
        }
        #expect(found.status == 0 && found.text.isEmpty, "\(found.text.prefix(500))")
        if let info = try output(of: "capinfos", [made.capture]) { #expect(info.status == 0) }
    }

    /// tshark counts copies as messages, so they are left out here.
    @Test func messagesAreCountedAlike() throws {
        let files = try GeneratedFiles()
        let left = ["copies", "tunnels-mirrored", Self.confusing]
        let made = try files.generate("mixed") { options in options.classes.removeAll { left.contains($0.name) } }
        guard
            let found = try output(
                of: "tshark", Self.preferences + ["-r", made.capture, "-q", "-z", "sip,stat"])
        else { return }
        let truth = try String(decoding: files.bytes(made.truth), as: UTF8.self)
        let summary = try JSONReader.value(ofText: String(try #require(truth.split(separator: "\n").last)))
        let messages = try #require(summary["sip_messages"])
        let total = try #require(messages["total"]?.integer)
        #expect(found.text.contains("Number of SIP messages: \(total)\n"))
        var counted: [String: Int] = [:]
        for line in found.text.split(separator: "\n") where line.hasSuffix(" Packets") {
            let words = line.split(whereSeparator: { $0 == " " || $0 == ":" })
            counted[String(words[0] == "SIP" ? words[1] : words[0])] = Int(words[words.count - 2])
        }
        for part in ["methods", "statuses"] {
            guard case .object(let members)? = messages[part] else { continue }
            for (name, count) in members { #expect(counted[name] == count.integer, "\(name)") }
        }
    }

    /// Packets and losses of every stream. tshark sees no media before its SDP, takes copies for packets, and begins a
    /// stream with the packet that comes first, so those classes are left out.
    @Test func streamsAreCountedAlike() throws {
        let files = try GeneratedFiles()
        let left = ["copies", "late-sdp", "out-of-order-start", "tunnels-mirrored", Self.confusing]
        let made = try files.generate("mixed", calls: 200) { options in
            options.classes.removeAll { left.contains($0.name) }
            (options.media, options.lossFraction) = (3_000_000_000, 0.6)
        }
        guard
            let found = try output(
                of: "tshark", Self.preferences + ["-r", made.capture, "-q", "-z", "rtp,streams"])
        else { return }
        var counted: [String: (Int, Int)] = [:]
        for line in found.text.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            guard words.count > 10, words[6].hasPrefix("0x"),
                let percent = words.firstIndex(where: { $0.hasSuffix("%)") }),
                let packets = Int(words[percent - 2]), let lost = Int(words[percent - 1])
            else { continue }
            func endpoint(_ place: Int) -> String {
                words[place].contains(":")
                    ? "[\(words[place])]:\(words[place + 1])" : "\(words[place]):\(words[place + 1])"
            }
            counted["\(words[6].lowercased()) \(endpoint(2)) \(endpoint(4))"] = (packets, lost)
        }
        var streams = 0
        for line in try String(decoding: files.bytes(made.truth), as: UTF8.self).split(separator: "\n") {
            for stream in try JSONReader.value(ofText: String(line))["streams"]?.elements ?? [] {
                let key = ["ssrc", "source", "destination"].map { stream[$0]?.string ?? "" }.joined(separator: " ")
                streams += 1
                #expect(counted[key]?.0 == stream["packets"]?.integer, "\(key)")
                #expect(counted[key]?.1 == stream["rfc3550_lost"]?.integer, "\(key)")
            }
        }
        #expect(streams > 200)
    }
}
