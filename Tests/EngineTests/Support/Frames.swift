/// An IPv4 transport address in a test.
struct Peer: Hashable {
    var address: String
    var port: UInt16

    init(_ address: String, _ port: UInt16) {
        self.address = address
        self.port = port
    }

    var octets: [UInt8] { address.split(separator: ".").map { UInt8($0) ?? 0 } }
}

/// Ethernet frames, byte by byte.
enum Frame {
    static func udp(_ from: Peer, _ to: Peer, _ payload: [UInt8], ttl: UInt8 = 64, macTail: UInt8 = 1) -> [UInt8] {
        let datagram = big16(from.port) + big16(to.port) + big16(UInt16(8 + payload.count)) + [0, 0] + payload
        return ethernet(macTail) + ipv4(from, to, 17, ttl, datagram.count) + datagram
    }

    struct TCPFlags {
        static let syn: UInt8 = 2
        static let ack: UInt8 = 16
        static let finAck: UInt8 = 17
        static let rst: UInt8 = 4
    }

    static func tcp(
        _ from: Peer, _ to: Peer, sequence: UInt32, acknowledge: UInt32 = 0, flags: UInt8 = TCPFlags.ack,
        _ payload: [UInt8]
    ) -> [UInt8] {
        let header =
            big16(from.port) + big16(to.port) + big32(sequence) + big32(acknowledge) + [
                0x50, flags, 0xff, 0xff, 0, 0, 0, 0,
            ]
        return ethernet(1) + ipv4(from, to, 6, 64, header.count + payload.count) + header + payload
    }

    /// The datagram cut into IP fragments whose parts end at the offsets given (multiples of 8).
    static func fragments(_ from: Peer, _ to: Peer, _ payload: [UInt8], at cuts: [Int], identification: UInt16)
        -> [[UInt8]]
    {
        let datagram = big16(from.port) + big16(to.port) + big16(UInt16(8 + payload.count)) + [0, 0] + payload
        var frames: [[UInt8]] = []
        var start = 0
        for end in cuts + [datagram.count] {
            let more: UInt16 = end < datagram.count ? 0x2000 : 0
            let part = Array(datagram[start..<end])
            frames.append(
                ethernet(1) + ipv4(from, to, 17, 64, part.count, identification, more | UInt16(start / 8)) + part)
            start = end
        }
        return frames
    }

    static func rtp(_ sequence: UInt16, ssrc: UInt32, payloadType: UInt8 = 0, timestamp: UInt32? = nil) -> [UInt8] {
        [0x80, payloadType] + big16(sequence) + big32(timestamp ?? UInt32(sequence) &* 160) + big32(ssrc)
            + Array(repeating: 0xd5, count: 160)
    }

    static func big16(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(value & 255)] }
    static func big32(_ value: UInt32) -> [UInt8] { big16(UInt16(value >> 16)) + big16(UInt16(value & 0xffff)) }

    static func ethernet(_ tail: UInt8) -> [UInt8] { [2, 0, 0, 0, 0, tail, 2, 0, 0, 0, 1, tail, 8, 0] }

    static func ipv4(
        _ from: Peer, _ to: Peer, _ ipProtocol: UInt8, _ ttl: UInt8, _ length: Int, _ identification: UInt16 = 0,
        _ fragment: UInt16 = 0
    ) -> [UInt8] {
        [0x45, 0] + big16(UInt16(20 + length)) + big16(identification) + big16(fragment) + [ttl, ipProtocol, 0, 0]
            + from.octets + to.octets
    }
}

/// Classic pcap, microseconds, little endian.
enum CaptureText {
    static func file(_ packets: [(time: Int64, bytes: [UInt8])]) -> [UInt8] {
        var bytes = little32(0xa1b2_c3d4) + [2, 0, 4, 0] + little32(0) + little32(0) + little32(262_144) + little32(1)
        for packet in packets {
            bytes +=
                little32(UInt32(packet.time / 1_000_000_000)) + little32(UInt32(packet.time % 1_000_000_000 / 1000))
            bytes += little32(UInt32(packet.bytes.count)) + little32(UInt32(packet.bytes.count)) + packet.bytes
        }
        return bytes
    }

    static func packets(of file: [UInt8]) -> [[UInt8]] {
        var packets: [[UInt8]] = []
        var offset = 24
        while offset + 16 <= file.count {
            let length = Int(file[offset + 8]) | Int(file[offset + 9]) << 8 | Int(file[offset + 10]) << 16
            packets.append(Array(file[(offset + 16)..<min(file.count, offset + 16 + length)]))
            offset += 16 + length
        }
        return packets
    }

    static func little32(_ value: UInt32) -> [UInt8] {
        [UInt8(value & 255), UInt8(value >> 8 & 255), UInt8(value >> 16 & 255), UInt8(value >> 24)]
    }
}
