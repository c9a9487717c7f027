import PacketDecoding
import TestSupport

/// Mutations that a network, a capture or an attacker makes.
extension MutableCapture {
    mutating func mutate(_ random: inout SeededRandom, limit: Int) {
        guard !packets.isEmpty else { return }
        for _ in 0..<(1 + random.below(4)) where !packets.isEmpty { mutateOnce(&random, limit: limit) }
    }

    private mutating func mutateOnce(_ random: inout SeededRandom, limit: Int) {
        let index = random.below(packets.count)
        switch random.below(16) {
        case 0: packets.remove(at: index)
        case 1: packets.insert(packets[index], at: random.below(packets.count + 1))
        case 2: packets.swapAt(index, random.below(packets.count))
        case 3: packets[index].time &+= UInt64(random.below(400)) * UInt64(1 << random.below(24))
        case 4: for later in index..<packets.count { packets[later].time &+= UInt64(1 << random.below(28)) }
        case 5:
            packets[index].bytes = Array(packets[index].bytes.prefix(random.below(packets[index].bytes.count + 1)))
        case 6: packets[index].bytes = mutated(packets[index].bytes, limit: packets[index].bytes.count + 64)
        case 7: setHeaderBytes(index, &random)
        case 8: fragment(index, &random)
        case 9: splitSegment(index, &random)
        case 10: crossPayload(index, &random)
        case 11: options[random.below(8)] = UInt8(random.below(256))
        default: mutatePayload(index, &random)
        }
    }

    /// The text is mutated and the lengths above it are set right, so that the mutation reaches SIP, SDP or RTP.
    private mutating func mutatePayload(_ index: Int, _ random: inout SeededRandom) {
        guard let range = payload(index) else { return }
        let old = Array(packets[index].bytes[range])
        var new = mutated(old, limit: min(old.count + 128, 8192))
        if random.below(4) == 0 { new = duplicatedLine(new, &random) }
        replacePayload(index, range, new)
    }

    private func duplicatedLine(_ bytes: [UInt8], _ random: inout SeededRandom) -> [UInt8] {
        var lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
        guard lines.count > 1 else { return bytes }
        lines.insert(lines[random.below(lines.count)], at: random.below(lines.count))
        if random.below(2) == 0 { lines.remove(at: random.below(lines.count)) }
        return Array(lines.joined(separator: [10]))
    }

    /// The payload of one packet goes out in the headers of another.
    private mutating func crossPayload(_ index: Int, _ random: inout SeededRandom) {
        let other = random.below(packets.count)
        guard let range = payload(index), let donor = payload(other) else { return }
        replacePayload(index, range, Array(packets[other].bytes[donor]))
    }

    private mutating func setHeaderBytes(_ index: Int, _ random: inout SeededRandom) {
        let end = min(packets[index].bytes.count, 66)
        guard end > 0 else { return }
        for _ in 0..<(1 + random.below(3)) {
            packets[index].bytes[random.below(end)] = UInt8(truncatingIfNeeded: random.next())
        }
    }

    /// IPv4 only: two fragments in place of a datagram, in either order.
    private mutating func fragment(_ index: Int, _ random: inout SeededRandom) {
        let packet = packets[index]
        guard linkType == 1, packet.bytes.count > 60, packet.bytes[12] == 8, packet.bytes[14] == 0x45 else { return }
        let body = Array(packet.bytes[34...])
        let cut = 8 * (1 + random.below(body.count / 8))
        guard cut < body.count else { return }
        let identification = UInt8(truncatingIfNeeded: random.next())
        var parts: [Packet] = []
        for (range, flags) in [(0..<cut, 0x2000), (cut..<body.count, cut / 8)] {
            var bytes = Array(packet.bytes[..<34]) + body[range]
            let total = 20 + range.count
            bytes[16] = UInt8(total >> 8)
            bytes[17] = UInt8(total & 255)
            (bytes[18], bytes[19]) = (0x55, identification)
            bytes[20] = UInt8(flags >> 8)
            bytes[21] = UInt8(flags & 255)
            parts.append(Packet(time: packet.time, bytes: bytes, originalLength: bytes.count))
        }
        if random.below(3) == 0 { parts.swapAt(0, 1) }
        packets.replaceSubrange(index...index, with: parts)
    }

    /// Two segments in place of one, in either order, perhaps overlapping.
    private mutating func splitSegment(_ index: Int, _ random: inout SeededRandom) {
        guard let range = payload(index), range.count > 1, linkType == 1, packets[index].bytes[23] == 6,
            packets[index].bytes[14] == 0x45
        else { return }
        let whole = packets[index]
        let bytes = Array(whole.bytes[range])
        let cut = 1 + random.below(bytes.count - 1)
        let begin = max(0, cut - random.below(4))
        packets.insert(whole, at: index + 1)
        replacePayload(index, range, Array(bytes[..<cut]))
        replacePayload(index + 1, range, Array(bytes[begin...]))
        let place = 14 + 20 + 4
        var sequence = (0..<4).reduce(UInt32(0)) { $0 << 8 | UInt32(whole.bytes[place + $1]) }
        sequence &+= UInt32(begin)
        for byte in 0..<4 { packets[index + 1].bytes[place + byte] = UInt8(sequence >> UInt32(24 - 8 * byte) & 255) }
        if random.below(3) == 0 { packets.swapAt(index, index + 1) }
    }

    private func payload(_ index: Int) -> Range<Int>? {
        var decoded = DecodedPacket()
        let bytes = packets[index].bytes
        switch PacketDecoder.decode(bytes.span, linkType: LinkType(rawValue: linkType), into: &decoded) {
        // Of what travels in a tunnel more lengths would have to be set.
        case .udp where decoded.carriers == 0, .tcp where decoded.carriers == 0,
            // SCTP, whose chunks are packets' payload here.
            .otherIP where decoded.carriers == 0 && decoded.ipProtocol == 132:
            return decoded.payloadRange
        default: return nil
        }
    }

    /// Sets the payload and the lengths of IPv4, IPv6 and UDP.
    private mutating func replacePayload(_ index: Int, _ range: Range<Int>, _ new: [UInt8]) {
        var decoded = DecodedPacket()
        let bytes = packets[index].bytes
        let outcome = PacketDecoder.decode(bytes.span, linkType: LinkType(rawValue: linkType), into: &decoded)
        packets[index].bytes.replaceSubrange(range, with: new)
        packets[index].originalLength = packets[index].bytes.count
        let network = decoded.networkOffset
        let total = packets[index].bytes.count - network
        if decoded.ipVersion == 4 {
            set16(index, network + 2, total)
        } else if decoded.ipVersion == 6 {
            set16(index, network + 4, total - 40)
        }
        if outcome == .udp { set16(index, decoded.transportOffset + 4, new.count + 8) }
    }

    private mutating func set16(_ index: Int, _ place: Int, _ value: Int) {
        guard place + 1 < packets[index].bytes.count else { return }
        packets[index].bytes[place] = UInt8(value >> 8 & 255)
        packets[index].bytes[place + 1] = UInt8(value & 255)
    }
}
