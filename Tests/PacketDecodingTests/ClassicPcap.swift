import Foundation

/// A reader for the tests: classic pcap files in either byte order, nothing else, nil for what it does not know.
struct ClassicPcap {
    var linkType: UInt32
    var packets: [[UInt8]] = []

    init?(contentsOf url: URL) {
        guard let data = try? Data(contentsOf: url) else { return nil }
        let bytes = Array(data)
        guard bytes.count >= 24 else { return nil }
        func number(_ offset: Int, swapped: Bool) -> UInt32 {
            let little = (0..<4).reduce(UInt32(0)) { $0 | UInt32(bytes[offset + $1]) << UInt32(8 * $1) }
            return swapped ? little.byteSwapped : little
        }
        let swapped: Bool
        switch number(0, swapped: false) {
        case 0xa1b2_c3d4, 0xa1b2_3c4d: swapped = false
        case 0xd4c3_b2a1, 0x4d3c_b2a1: swapped = true
        default: return nil
        }
        // The upper bits are about frame checksums.
        linkType = number(20, swapped: swapped) & 0xffff
        var offset = 24
        while offset + 16 <= bytes.count {
            let length = Int(number(offset + 8, swapped: swapped))
            guard length <= bytes.count - offset - 16 else { break }
            packets.append(Array(bytes[(offset + 16)..<(offset + 16 + length)]))
            offset += 16 + length
        }
    }
}
