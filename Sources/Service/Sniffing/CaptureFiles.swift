import Capture
import PacketDecoding

/// `-w FILE`: one capture; packets of another link type, which the format cannot hold, go to `FILE.<linktype>.pcap`.
final class CaptureFiles {
    private let path: String
    private let isNanosecond: Bool
    private let inputs: [String]
    private let first: CaptureFile
    private var others: [CaptureFile] = []
    /// Packets that have no place: of another link type, on standard output.
    private(set) var packetsLeftOut: UInt64 = 0

    init(
        _ path: String, linkType: UInt32, isNanosecond: Bool, inputs: [String]
    ) throws(CommandError) {
        self.path = path
        self.isNanosecond = isNanosecond
        self.inputs = inputs
        first = try CaptureFile(path, linkType: linkType, isNanosecond: isNanosecond, inputs: inputs)
    }

    func write(
        _ packet: CapturedPacket, _ bytes: ArraySlice<UInt8>, linkType: UInt32
    ) throws(CommandError) {
        if linkType == first.linkType {
            try first.write(packet, bytes)
        } else if path == "-" {
            packetsLeftOut += 1
        } else {
            try other(linkType).write(packet, bytes)
        }
    }

    private func other(_ linkType: UInt32) throws(CommandError) -> CaptureFile {
        if let open = others.first(where: { $0.linkType == linkType }) { return open }
        let ending = ".pcap"
        let stem = path.hasSuffix(ending) ? String(path.dropLast(ending.count)) : path
        let name = stem + "." + PacketDecoding.LinkType(rawValue: linkType).name + ending
        let file = try CaptureFile(name, linkType: linkType, isNanosecond: isNanosecond, inputs: inputs)
        others.append(file)
        return file
    }

    func flush() throws(CommandError) {
        try first.flush()
        for other in others { try other.flush() }
    }
}
