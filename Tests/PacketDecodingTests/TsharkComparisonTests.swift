import Foundation
import Testing

@testable import PacketDecoding

/// Addresses, ports and payload lengths of the innermost packet, against tshark's, on real captures.
///
/// Runs where tshark and the captures are: `LIPPYCAT_CAPTURES`, or `../shared/captures` beside the checkout.
@Suite struct TsharkComparisonTests {
    @Test(.enabled(if: Tshark.isInstalled && !captures().isEmpty, "needs tshark and captures"), arguments: captures())
    func agrees(_ name: String) throws {
        let url = captureFolder().appending(path: name)
        guard let capture = ClassicPcap(contentsOf: url) else { return }
        let linkType = LinkType(rawValue: capture.linkType)
        guard linkType.isDecoded, !Self.damaged.contains(name) else { return }
        let rows = try Tshark.fields(of: url)
        var compared = 0
        for (index, bytes) in capture.packets.enumerated() where index < rows.count {
            let row = rows[index]
            let decoded = Decoded(bytes, linkType)
            compared += 1
            if let difference = Self.difference(decoded, row) ?? Self.quotationDifference(decoded, bytes, row) {
                Issue.record("\(name) packet \(index + 1): \(difference); \(row.protocols), \(decoded)")
            }
        }
        #expect(compared == capture.packets.count, "tshark shows \(rows.count) packets")
    }

    /// Made by hand to break decoders: headers that end within themselves, which tshark shows as far as they go.
    private static let damaged: Set<String> = [
        "linktype/ntop__icmp-icmp_print-oobr-2.pcap", "linktype/the-tcpdump-gr__erspan-type-iii-pb-1.pcap",
        "tunnel/snort3__dsize.pcap",
    ]

    /// nil if there is none.
    private static func difference(_ decoded: Decoded, _ row: Tshark.Row) -> String? {
        let packet = decoded.packet
        let isOurs = packet.carriers > 0 && row.isOpaque
        if row.isBeyondUs || isOurs { return nil }
        switch decoded.outcome {
        case .malformed:
            // tshark does not flag what only the capture cut short.
            let isCut = packet.cut && packet.fault.reason == .captureTooShort
            return row.ipVersion != nil && !row.isMalformed && !isCut ? "we say malformed" : nil
        case .notIP:
            return row.ipVersion != nil ? "we find no IP" : nil
        default: break
        }
        guard packet.source == row.source, packet.destination == row.destination else { return "addresses" }
        switch decoded.outcome {
        case .udp:
            guard packet.sourcePort == row.udpSource, packet.destinationPort == row.udpDestination else {
                return "ports"
            }
            // tshark shows UDP's own length, which we take no further than the IP payload.
            let length = (row.udpLength ?? 0) - 8
            // A length of 0 says nothing.
            return packet.declaredPayloadLength == length || length == -8 ? nil : "payload length \(length)"
        case .tcp:
            guard packet.sourcePort == row.tcpSource, packet.destinationPort == row.tcpDestination else {
                return "ports"
            }
            // Of a cut packet without link header tshark shows what was captured.
            let agrees =
                packet.declaredPayloadLength == row.tcpLength || packet.cut && packet.payloadLength == row.tcpLength
            return agrees ? nil : "payload length \(row.tcpLength ?? -1)"
        case .fragment:
            return row.isFragment ? nil : "we find a fragment"
        case .icmp: return nil
        default:
            return row.udpSource != nil && packet.ipProtocol != 17 && !row.isOpaque ? "we find no UDP" : nil
        }
    }

    /// tshark shows the ports of the packet that an ICMP error quotes, as the outer one has none.
    private static func quotationDifference(_ decoded: Decoded, _ bytes: [UInt8], _ row: Tshark.Row) -> String? {
        guard decoded.outcome == .icmp, decoded.packet.quotedOffset > 0 else { return nil }
        var quoted = DecodedPacket()
        guard PacketDecoder.decodeNetwork(bytes.span, at: decoded.packet.quotedOffset, into: &quoted) == .udp else {
            return row.udpSource == nil ? nil : "we find no UDP quoted"
        }
        return quoted.sourcePort == row.udpSource && quoted.destinationPort == row.udpDestination ? nil : "quoted ports"
    }
}

/// The folders whose captures are whole: those of damaged packets are left to tshark's judgement and ours.
private func captures() -> [String] {
    let folder = captureFolder()
    return ["linktype", "tunnel", "container", "sip", "rtp", "negative", "voiceapp", "othersig"].flatMap { name in
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.appending(path: name).path)) ?? []
        return files.sorted().map { "\(name)/\($0)" }
    }
}

private func captureFolder() -> URL {
    if let path = ProcessInfo.processInfo.environment["LIPPYCAT_CAPTURES"] { return URL(filePath: path) }
    let checkout = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
    return checkout.deletingLastPathComponent().appending(path: "shared/captures")
}
