import Capture
import PacketDecoding

/// One packet as a line: when, from whom, to whom, what, how long.
struct PacketLine {
    /// From 1, in the order of the capture.
    var number: UInt64
    var time: Int64
    var interface: String?
    var source: String?
    var destination: String?
    var `protocol`: String
    var isFragment: Bool
    /// On the wire, bytes.
    var length: UInt32
    var capturedLength: UInt32

    init(
        _ packet: CapturedPacket, _ bytes: Span<UInt8>, _ interface: CaptureInterface, number: UInt64,
        decoded: inout DecodedPacket
    ) {
        let outcome = PacketDecoder.decode(bytes, linkType: LinkType(rawValue: interface.linkType), into: &decoded)
        self.number = number
        time = packet.timestamp
        self.interface = interface.name
        length = packet.originalLength
        capturedLength = packet.capturedLength
        isFragment = decoded.isFragment
        self.protocol = Self.name(outcome, decoded)
        guard decoded.ipVersion != 0 else { return }
        switch outcome {
        case .udp, .tcp:
            source = decoded.sourceEndpoint.description
            destination = decoded.destinationEndpoint.description
        default:
            source = decoded.source.description
            destination = decoded.destination.description
        }
    }

    private static func name(_ outcome: DecodeOutcome, _ packet: DecodedPacket) -> String {
        switch outcome {
        case .udp: return "udp"
        case .tcp: return "tcp"
        case .icmp: return packet.ipVersion == 6 ? "icmpv6" : "icmp"
        case .esp: return "esp"
        case .tooDeep: return "too_deep"
        case .notIP: return "not_ip"
        case .malformed(let layer): return "malformed_\(layer)"
        case .fragment, .otherIP:
            switch packet.ipProtocol {
            case IPProtocol.udp: return "udp"
            case IPProtocol.tcp: return "tcp"
            case IPProtocol.icmp: return "icmp"
            case IPProtocol.icmpv6: return "icmpv6"
            default: return "ip_\(packet.ipProtocol)"
            }
        }
    }

    static let csvHeader = "number,time,interface,source,destination,protocol,fragment,length,captured_length\n"

    func text(_ format: OutputFormat) -> String {
        switch format {
        case .json:
            return JSONValue.object([
                ("type", .string("packet")), ("number", .integer(Int64(clamping: number))),
                ("time", .string(InstantText.format(time))), ("interface", interface.map { .string($0) } ?? .null),
                ("source", source.map { .string($0) } ?? .null),
                ("destination", destination.map { .string($0) } ?? .null), ("protocol", .string(self.protocol)),
                ("fragment", .boolean(isFragment)), ("length", .integer(Int64(length))),
                ("captured_length", .integer(Int64(capturedLength))),
            ]).text() + "\n"
        case .csv:
            let name = (interface ?? "").map { $0 == "," || $0 == "\"" ? "_" : $0 }
            let columns = [
                "\(number)", InstantText.format(time), sanitised(String(name)), source ?? "", destination ?? "",
                self.protocol, "\(isFragment)", "\(length)", "\(capturedLength)",
            ]
            return columns.joined(separator: ",") + "\n"
        case .text, .automatic:
            let stamp = InstantText.format(time)
            var line = "\(stamp.prefix(10)) \(stamp.dropFirst(11).prefix(15)) "
            if let source, let destination { line += "\(source) > \(destination) " }
            line += self.protocol + (isFragment ? " fragment" : "") + " \(length) bytes"
            if capturedLength < length { line += " (\(capturedLength) captured)" }
            return line + "\n"
        }
    }
}
