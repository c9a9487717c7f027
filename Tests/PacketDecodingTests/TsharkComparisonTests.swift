import Foundation
import Testing

@testable import PacketDecoding

/// Addresses, ports and payload lengths of the outermost IP header, against tshark's, on real captures.
///
/// Runs where tshark and the captures are: `LIPPYCAT_CAPTURES`, or `../shared/captures` beside the checkout.
@Suite struct TsharkComparisonTests {
    @Test(.enabled(if: Tshark.isInstalled && !captures().isEmpty, "needs tshark and captures"), arguments: captures())
    func agrees(_ name: String) throws {
        let url = captureFolder().appending(path: name)
        guard let capture = ClassicPcap(contentsOf: url) else { return }
        let linkType = LinkType(rawValue: capture.linkType)
        guard linkType.isDecoded else { return }
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

    /// nil if there is none.
    private static func difference(_ decoded: Decoded, _ row: Tshark.Row) -> String? {
        let packet = decoded.packet
        switch decoded.outcome {
        case .malformed:
            // tshark does not flag what only the capture cut short.
            let isCut = packet.cut && packet.fault.reason == .captureTooShort
            return row.isPlain && row.ipVersion != nil && !row.isMalformed && !isCut ? "we say malformed" : nil
        case .notIP:
            return row.isPlain && row.ipVersion != nil ? "we find no IP" : nil
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
            return packet.declaredPayloadLength == length ? nil : "payload length \(length)"
        case .tcp:
            guard packet.sourcePort == row.tcpSource, packet.destinationPort == row.tcpDestination else {
                return "ports"
            }
            return packet.declaredPayloadLength == row.tcpLength ? nil : "payload length \(row.tcpLength ?? -1)"
        case .fragment:
            return row.isFragment ? nil : "we find a fragment"
        default:
            return row.udpSource != nil && row.isPlainUDP ? "we find no UDP" : nil
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

/// The folders whose captures have only link types and protocols that we decode, or whose others we leave alone.
private func captures() -> [String] {
    let folder = captureFolder()
    return ["linktype", "sip", "rtp"].flatMap { name in
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
