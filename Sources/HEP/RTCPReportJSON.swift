/// RTCP as rtpengine and captagent put it into HEP: a JSON object with the numbers of one sender or receiver report.
///
/// `{"sender_information":{"ntp_timestamp_sec":…,"ntp_timestamp_usec":…,"rtp_timestamp":…,"packets":…,"octets":…},
/// "ssrc":…,"type":200,"report_blocks":[{"source_ssrc":…,"fraction_lost":…,"packets_lost":…,"highest_seq_no":…,
/// "ia_jitter":…,"lsr":…,"dlsr":…}],…}`. The field called `usec` is the fraction of the NTP timestamp. Other keys (source
/// description, extended reports) are passed over.
public struct RTCPReportJSON: Sendable, Hashable {
    public var ssrc: UInt32 = 0
    /// 200 sender report, 201 receiver report.
    public var type: UInt8 = 0
    public var sender = Sender()
    public var blocks: [Block] = []

    /// RTCP counts them with five bits.
    public static let maxBlocks = 31

    public struct Sender: Sendable, Hashable {
        public var ntpSeconds: UInt32 = 0
        public var ntpFraction: UInt32 = 0
        public var rtpTimestamp: UInt32 = 0
        public var packets: UInt32 = 0
        public var octets: UInt32 = 0
        public init() {}
    }

    public struct Block: Sendable, Hashable {
        public var ssrc: UInt32 = 0
        public var fractionLost: UInt8 = 0
        /// 24 bits with sign.
        public var packetsLost: Int32 = 0
        public var highestSequence: UInt32 = 0
        public var jitter: UInt32 = 0
        public var lastReport: UInt32 = 0
        public var delay: UInt32 = 0
        public init() {}
    }

    /// Nil if the bytes are no JSON object of a report.
    public init?(_ bytes: Span<UInt8>) {
        var scanner = JSONNumbers(bytes.count)
        guard scanner.scan(bytes), scanner.report.type == 200 || scanner.report.type == 201 else { return nil }
        self = scanner.report
    }

    init() {}

    /// The report as RTCP has it on the wire (RFC 3550 sections 6.4.1 and 6.4.2).
    public func appendRTCP(to bytes: inout [UInt8]) {
        let isSender = type == 200
        bytes.append(0x80 | UInt8(blocks.count))
        bytes.append(type)
        // In words of four bytes, less one.
        bytes.append(big16: UInt16((isSender ? 6 : 1) + 6 * blocks.count))
        bytes.append(big32: ssrc)
        if isSender {
            for word in [sender.ntpSeconds, sender.ntpFraction, sender.rtpTimestamp, sender.packets, sender.octets] {
                bytes.append(big32: word)
            }
        }
        for block in blocks {
            bytes.append(big32: block.ssrc)
            let lost = UInt32(bitPattern: max(-0x80_0000, min(0x7f_ffff, block.packetsLost))) & 0xff_ffff
            bytes.append(big32: UInt32(block.fractionLost) << 24 | lost)
            for word in [block.highestSequence, block.jitter, block.lastReport, block.delay] {
                bytes.append(big32: word)
            }
        }
    }
}

/// Walks through JSON and picks the numbers that a report consists of. It accepts a little more than RFC 8259 does, which
/// harms nobody.
private struct JSONNumbers {
    private var position = 0
    private let end: Int
    var report = RTCPReportJSON()
    private var block: RTCPReportJSON.Block?

    private static let maxDepth = 8
    private enum Place { case top, sender, block, elsewhere }

    init(_ end: Int) { self.end = end }

    mutating func scan(_ bytes: Span<UInt8>) -> Bool {
        skipBlanks(bytes)
        guard position < end, bytes[position] == UInt8(ascii: "{") else { return false }
        return value(bytes, "", .top, 0)
    }

    private mutating func skipBlanks(_ bytes: Span<UInt8>) {
        while position < end, [0x20, 0x09, 0x0a, 0x0d].contains(bytes[position]) { position += 1 }
    }

    private mutating func value(_ bytes: Span<UInt8>, _ key: String, _ place: Place, _ depth: Int) -> Bool {
        guard depth < JSONNumbers.maxDepth else { return false }
        skipBlanks(bytes)
        guard position < end else { return false }
        switch bytes[position] {
        case UInt8(ascii: "{"): return object(bytes, inside(key, place, isTop: depth == 0), depth)
        case UInt8(ascii: "["): return array(bytes, key, place, depth)
        case UInt8(ascii: "\""): return text(bytes) != nil
        default: return scalar(bytes, key, place)
        }
    }

    private func inside(_ key: String, _ place: Place, isTop: Bool) -> Place {
        if isTop { return .top }
        guard place == .top else { return .elsewhere }
        switch key {
        case "sender_information": return .sender
        case "report_blocks": return .block
        default: return .elsewhere
        }
    }

    private mutating func object(_ bytes: Span<UInt8>, _ place: Place, _ depth: Int) -> Bool {
        if place == .block { block = RTCPReportJSON.Block() }
        guard members(bytes, of: nil, upTo: UInt8(ascii: "}"), place, depth) else { return false }
        if place == .block, let block, report.blocks.count < RTCPReportJSON.maxBlocks {
            report.blocks.append(block)
            self.block = nil
        }
        return true
    }

    private mutating func array(_ bytes: Span<UInt8>, _ key: String, _ place: Place, _ depth: Int) -> Bool {
        members(bytes, of: key, upTo: UInt8(ascii: "]"), place, depth)
    }

    /// The values of an array, which go by its name, or those of an object, each behind its own.
    private mutating func members(
        _ bytes: Span<UInt8>, of array: String?, upTo bracket: UInt8, _ place: Place, _ depth: Int
    ) -> Bool {
        position += 1
        skipBlanks(bytes)
        while position < end, bytes[position] != bracket {
            guard let key = array ?? name(bytes), value(bytes, key, place, depth + 1) else { return false }
            skipBlanks(bytes)
            if position < end, bytes[position] == UInt8(ascii: ",") { position += 1 }
            skipBlanks(bytes)
        }
        guard position < end else { return false }
        position += 1
        return true
    }

    /// The name of an object's member and the colon behind it.
    private mutating func name(_ bytes: Span<UInt8>) -> String? {
        guard let name = text(bytes) else { return nil }
        skipBlanks(bytes)
        guard position < end, bytes[position] == UInt8(ascii: ":") else { return nil }
        position += 1
        return name
    }

    /// A string; only ASCII without escapes is of interest, and none of our keys is longer than 32 bytes.
    private mutating func text(_ bytes: Span<UInt8>) -> String? {
        guard position < end, bytes[position] == UInt8(ascii: "\"") else { return nil }
        position += 1
        var name: [UInt8] = []
        while position < end {
            let byte = bytes[position]
            position += 1
            if byte == UInt8(ascii: "\"") { return String(decoding: name, as: UTF8.self) }
            if byte == UInt8(ascii: "\\") { position += 1 }
            if name.count < 32 { name.append(byte) }
        }
        return nil
    }

    /// A number, or one of the three words.
    private mutating func scalar(_ bytes: Span<UInt8>, _ key: String, _ place: Place) -> Bool {
        var isNegative = false
        var number: UInt64 = 0
        var isNumber = false
        var isFraction = false
        let start = position
        while position < end {
            let byte = bytes[position]
            switch byte {
            case UInt8(ascii: "-") where position == start: isNegative = true
            case 0x30...0x39:
                if !isFraction {
                    isNumber = true
                    guard number < 1 << 56 else { return false }
                    number = number * 10 + UInt64(byte - 0x30)
                }
            case UInt8(ascii: "."): isFraction = true
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "E"), UInt8(ascii: "+"), UInt8(ascii: "-"): break
            default:
                guard position > start else { return false }
                if isNumber { note(key, isNegative ? -Int64(number) : Int64(number), place) }
                return true
            }
            position += 1
        }
        return false
    }

    private mutating func note(_ key: String, _ number: Int64, _ place: Place) {
        let word = UInt32(truncatingIfNeeded: number)
        switch (place, key) {
        case (.top, "ssrc"): report.ssrc = word
        case (.top, "type"): report.type = UInt8(clamping: number)
        case (.sender, "ntp_timestamp_sec"): report.sender.ntpSeconds = word
        case (.sender, "ntp_timestamp_usec"): report.sender.ntpFraction = word
        case (.sender, "rtp_timestamp"): report.sender.rtpTimestamp = word
        case (.sender, "packets"): report.sender.packets = word
        case (.sender, "octets"): report.sender.octets = word
        case (.block, "source_ssrc"): block?.ssrc = word
        case (.block, "fraction_lost"): block?.fractionLost = UInt8(clamping: number)
        case (.block, "packets_lost"): block?.packetsLost = Int32(clamping: number)
        case (.block, "highest_seq_no"): block?.highestSequence = word
        case (.block, "ia_jitter"): block?.jitter = word
        case (.block, "lsr"): block?.lastReport = word
        case (.block, "dlsr"): block?.delay = word
        default: break
        }
    }
}

extension [UInt8] {
    fileprivate mutating func append(big32 word: UInt32) {
        append(big16: UInt16(truncatingIfNeeded: word >> 16))
        append(big16: UInt16(truncatingIfNeeded: word))
    }
}
