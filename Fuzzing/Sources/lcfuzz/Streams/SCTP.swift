import PacketDecoding
import Reassembly
import TestSupport

extension FuzzTarget {
    /// Packets of one direction of an association, as bytes or told by numbers.
    static func sctp(_ input: [UInt8]) {
        var numbers = Numbers(input)
        if numbers.byte() & 1 == 0 { sctpPackets(&numbers) } else { sctpFragments(&numbers) }
    }

    /// Packets behind two bytes with their length, whole or cut: readers move on, everything lies within the packet, and
    /// each tag comes out once.
    private static func sctpPackets(_ numbers: inout Numbers) {
        var streams = SCTPStreams()
        var live: Set<UInt32> = []
        var tag: UInt32 = 0
        while !numbers.isAtEnd {
            let word = numbers.word()
            let isCut = word & 0x8000 != 0
            let bytes = (0..<min(word & 0xfff, 2048)).map { _ in numbers.byte() }
            let span = bytes.span
            _ = SCTPHeader(span)
            var offset = SCTPHeader.length
            while case .chunk(let chunk, let next) = SCTPChunk.read(span, at: offset, packetIsCut: isCut) {
                require(next > offset && next <= bytes.count, "the chunk behind \(offset) is at \(next)")
                require(chunk.value.lowerBound > offset && chunk.value.upperBound <= bytes.count, "chunk outside")
                require(isCut || !chunk.isCut, "a chunk that is cut, the packet is not")
                offset = next
                guard let data = SCTPData(span, chunk) else { continue }
                require(
                    data.payload.lowerBound >= chunk.value.lowerBound
                        && data.payload.upperBound == chunk.value.upperBound, "payload outside the chunk")
                tag += 1
                switch streams.add(data, span, tag: tag, now: Int64(tag)) {
                case .whole: streams.remember([data.tsn], owner: 1)
                case .held: live.insert(tag)
                case .complete(let message):
                    live.insert(tag)
                    for tag in message.tags { require(live.remove(tag) != nil, "tag \(tag) twice") }
                    streams.remember(message.tsns, owner: 2)
                case .repeated, .repeatedHeld, .refused: break
                }
            }
        }
        for tag in streams.giveUp(before: .max) { require(live.remove(tag) != nil, "tag \(tag) given up twice") }
        require(live.isEmpty && streams.isIdle, "something still waits")
    }

    /// Few TSNs and messages, so that everything meets: a fragment's bytes tell which one it is, and what is complete
    /// consists of all of them from a first to a last one, each once and in order.
    private static func sctpFragments(_ numbers: inout Numbers) {
        var streams = SCTPStreams()
        var live: Set<UInt32> = []
        var owners: [UInt32: UInt64] = [:]
        var tag: UInt32 = 0
        // Numbers wrap.
        let origin = UInt32(bitPattern: -8)
        while !numbers.isAtEnd {
            let flags = numbers.byte()
            let number = origin &+ UInt32(numbers.byte() & 63)
            let message = numbers.byte() & 3
            if flags & 0xc0 == 0xc0, flags & 0x38 == 0x38 {
                for tag in streams.giveUp(before: Int64(tag) - Int64(message) * 8) {
                    require(live.remove(tag) != nil, "tag \(tag) given up twice")
                }
                continue
            }
            tag += 1
            let isInterleaved = flags & 8 != 0
            let packet = chunk(flags & 7, number, message, isInterleaved)
            guard case .chunk(let chunk, _) = SCTPChunk.read(packet.span, at: 0, packetIsCut: false),
                let data = SCTPData(packet.span, chunk)
            else { fail("a chunk that cannot be read") }
            switch streams.add(data, packet.span, tag: tag, now: Int64(tag)) {
            case .whole:
                require(data.isFirst && data.isLast, "a fragment taken for a message")
                remember(&streams, [data.tsn], UInt64(tag), &owners)
            case .held: live.insert(tag)
            case .complete(let found):
                live.insert(tag)
                require(found.tags.count == found.tsns.count && found.bytes.count == found.tags.count, "lengths")
                for (first, second) in zip(found.bytes, found.bytes.dropFirst()) {
                    require(second == first &+ 1, "fragments out of order")
                }
                for tag in found.tags { require(live.remove(tag) != nil, "tag \(tag) twice") }
                remember(&streams, found.tsns, UInt64(tag), &owners)
            case .repeated(let owner): require(owners[data.tsn] == owner, "somebody else's")
            case .repeatedHeld: require(!live.isEmpty, "held, and nothing waits")
            case .refused: require(live.count >= SCTPStreams.maxFragments, "refused without need")
            }
            require(live.count <= SCTPStreams.maxFragments, "\(live.count) fragments wait")
            require(live.isEmpty == streams.isIdle, "idle or not")
        }
        for tag in streams.giveUp(before: .max) { require(live.remove(tag) != nil, "tag \(tag) given up twice") }
        require(live.isEmpty && streams.isIdle, "something still waits")
    }

    private static func remember(
        _ streams: inout SCTPStreams, _ tsns: [UInt32], _ owner: UInt64, _ owners: inout [UInt32: UInt64]
    ) {
        streams.remember(tsns, owner: owner)
        for tsn in tsns { owners[tsn] = owner }
    }

    /// RFC 9260 section 3.3.1, RFC 8260 section 2.1: a chunk with one byte of payload, its number.
    private static func chunk(_ flags: UInt8, _ number: UInt32, _ message: UInt8, _ isInterleaved: Bool) -> [UInt8] {
        let word = (0..<4).map { UInt8(truncatingIfNeeded: number >> UInt32(24 - 8 * $0)) }
        // The fragments of a message that is interleaved have numbers of their own, from 0 on.
        let tsn = isInterleaved ? [message &+ 1, word[1], word[2], word[3]] : word
        var bytes = [isInterleaved ? 64 : 0, flags, 0, isInterleaved ? 21 : 17] + tsn + [0, message, 0, 0]
        guard isInterleaved else { return bytes + [0, 0, 0, 46, word[3]] }
        let fragment = number &- UInt32(bitPattern: -8)
        bytes += [0, 0, 0, message]
        bytes += (0..<4).map { UInt8(truncatingIfNeeded: fragment >> UInt32(24 - 8 * $0)) }
        return bytes + [flags & 2 != 0 ? 0 : UInt8(truncatingIfNeeded: fragment)]
    }
}
