/// Walks through the items of SDES (RFC 3550 section 6.5): chunks of a source each, items of a type each.
public struct SourceDescriptionItems: Sendable {
    public struct Item: Equatable, Sendable {
        public static let cname: UInt8 = 1

        public var ssrc: UInt32
        public var type: UInt8
        /// Where its text is.
        public var text: Range<Int>
    }

    private var position: Int
    private let end: Int
    private var chunksLeft: Int
    private var ssrc: UInt32?

    public init?(_ packet: RTCPPacket) {
        guard packet.kind == .sourceDescription else { return nil }
        position = packet.body.lowerBound
        end = packet.body.upperBound
        chunksLeft = packet.count
    }

    /// The next item; nil at the end, and where an item reaches past it.
    public mutating func next(in bytes: Span<UInt8>) -> Item? {
        while true {
            if ssrc == nil {
                guard chunksLeft > 0, end - position >= 4 else { return nil }
                chunksLeft -= 1
                ssrc = bytes.word(at: position)
                position += 4
            }
            guard let ssrc, position < end else { return nil }
            let type = bytes[position]
            if type == 0 {
                // A null ends the chunk, which is filled up to a word. Chunks begin at whole words, as packets do.
                position += 4 - position % 4
                self.ssrc = nil
                continue
            }
            guard end - position >= 2, end - position - 2 >= Int(bytes[position + 1]) else {
                position = end
                return nil
            }
            let text = (position + 2)..<(position + 2 + Int(bytes[position + 1]))
            position = text.upperBound
            return Item(ssrc: ssrc, type: type, text: text)
        }
    }
}

/// BYE (RFC 3550 section 6.6): sources that leave, and perhaps why.
public struct Goodbye: Equatable, Sendable {
    /// As many as are announced and there.
    public let count: Int
    private let start: Int
    /// Where the text of the reason is.
    public let reason: Range<Int>?

    public init?(_ packet: RTCPPacket, in bytes: Span<UInt8>) {
        guard packet.kind == .goodbye else { return nil }
        start = packet.body.lowerBound
        count = min(packet.count, packet.body.count / 4)
        let place = start + 4 * packet.count
        if place < packet.body.upperBound, packet.body.upperBound - place - 1 >= Int(bytes[place]) {
            reason = (place + 1)..<(place + 1 + Int(bytes[place]))
        } else {
            reason = nil
        }
    }

    /// The source of a number below `count`.
    public func ssrc(_ number: Int, in bytes: Span<UInt8>) -> UInt32 { bytes.word(at: start + 4 * number) }
}

/// APP (RFC 3550 section 6.7).
public struct ApplicationDefined: Equatable, Sendable {
    public var ssrc: UInt32
    public var subtype: UInt8
    /// Four letters, as a word in network order.
    public var name: UInt32
    public var data: Range<Int>

    public init?(_ packet: RTCPPacket, in bytes: Span<UInt8>) {
        guard packet.kind == .applicationDefined, packet.body.count >= 8 else { return nil }
        ssrc = bytes.word(at: packet.body.lowerBound)
        subtype = UInt8(truncatingIfNeeded: packet.count)
        name = bytes.word(at: packet.body.lowerBound + 4)
        data = (packet.body.lowerBound + 8)..<packet.body.upperBound
    }
}
