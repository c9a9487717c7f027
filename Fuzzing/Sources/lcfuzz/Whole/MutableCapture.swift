/// A classic capture taken apart into packets, to be mutated so that most of them still mean something.
struct MutableCapture {
    struct Packet {
        /// Microseconds.
        var time: UInt64
        var bytes: [UInt8]
        /// Longer than the bytes where the capture cut it.
        var originalLength: Int
    }

    /// Two words of the header that readers ignore, and the fuzzer takes its options from.
    var options: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0]
    var linkType: UInt32 = 1
    var packets: [Packet] = []

    static let headerBytes = 24

    init(_ file: [UInt8]) {
        guard file.count >= MutableCapture.headerBytes else { return }
        options = Array(file[8..<16])
        linkType = MutableCapture.little32(file, 20)
        var position = MutableCapture.headerBytes
        while position + 16 <= file.count, packets.count < 4096 {
            let time =
                UInt64(MutableCapture.little32(file, position)) * 1_000_000
                + UInt64(MutableCapture.little32(file, position + 4))
            let length = min(Int(MutableCapture.little32(file, position + 8)), file.count - position - 16)
            let original = Int(MutableCapture.little32(file, position + 12))
            let bytes = Array(file[(position + 16)..<(position + 16 + length)])
            packets.append(Packet(time: time, bytes: bytes, originalLength: max(original, length)))
            position += 16 + length
        }
    }

    /// The capture as a file of at most `limit` bytes: packets that do not fit are left out.
    func bytes(limit: Int) -> [UInt8] {
        guard limit >= MutableCapture.headerBytes else { return [] }
        var file: [UInt8] = [0xd4, 0xc3, 0xb2, 0xa1, 2, 0, 4, 0] + options
        file += MutableCapture.little(262_144) + MutableCapture.little(linkType)
        for packet in packets where file.count + 16 + packet.bytes.count <= limit {
            file += MutableCapture.little(UInt32(truncatingIfNeeded: packet.time / 1_000_000))
            file += MutableCapture.little(UInt32(packet.time % 1_000_000))
            file += MutableCapture.little(UInt32(packet.bytes.count))
            file += MutableCapture.little(UInt32(truncatingIfNeeded: packet.originalLength)) + packet.bytes
        }
        return file
    }

    private static func little32(_ bytes: [UInt8], _ offset: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) }
    }

    private static func little(_ value: UInt32) -> [UInt8] { (0..<4).map { UInt8(value >> UInt32(8 * $0) & 255) } }
}
