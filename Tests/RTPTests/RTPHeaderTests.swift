import TestSupport
import Testing

@testable import RTP

@Suite("RTP header (RFC 3550 section 5.1)")
struct RTPHeaderTests {
    /// V=2, padding, extension, two CSRC, marker, PT 8, sequence 0x1234, timestamp, SSRC, CSRC list, an extension of one
    /// word, four payload bytes, three of padding.
    static let packet: [UInt8] = [
        0xb2, 0x88, 0x12, 0x34, 0x01, 0x02, 0x03, 0x04, 0xde, 0xad, 0xbe, 0xef,
        1, 1, 1, 1, 2, 2, 2, 2,
        0xbe, 0xde, 0x00, 0x01, 9, 9, 9, 9,
        0x50, 0x51, 0x52, 0x53,
        0, 0, 3,
    ]

    func parse(_ bytes: [UInt8]) throws(RTPHeaderError) -> RTPHeader { try RTPHeader(parsing: bytes.span) }

    func layout(_ bytes: [UInt8], length: Int? = nil) throws -> RTPLayout {
        try parse(bytes).layout(in: bytes.span, datagramLength: length)
    }

    @Test func everyFieldIsRead() throws {
        let header = try parse(Self.packet)
        #expect(header.marker)
        #expect(header.payloadType == 8)
        #expect(header.sequence == 0x1234)
        #expect(header.timestamp == 0x0102_0304)
        #expect(header.ssrc == 0xdead_beef)
        #expect(header.hasPadding && header.hasExtension)
        #expect(header.csrcCount == 2)
        let layout = try layout(Self.packet)
        #expect(layout == .complete(headerLength: 28, payloadLength: 4, paddingLength: 3))
        #expect(layout.payload == 28..<32)
    }

    /// As a datagram of its own, every prefix has an outcome; none of them claims bytes that are not there.
    @Test func everyPrefixHasAnOutcome() throws {
        for count in 0..<Self.packet.count {
            let prefix = Array(Self.packet.prefix(count))
            guard count >= 12 else {
                #expect(throws: RTPHeaderError.tooShort(needed: 12, available: count)) { try parse(prefix) }
                continue
            }
            switch try layout(prefix) {
            case .complete(let header, let payload, let padding): #expect(header + payload + padding == count)
            case .csrcTooLong(let needed, let available):
                #expect(count < 20 && needed == 20 && available == count)
            case .extensionTooLong(let needed, let available):
                #expect(count < 28 && needed == (count < 24 ? 24 : 28) && available == count)
            case .paddingTooLong(_, let available): #expect(count >= 28 && available == count - 28)
            case .cut: Issue.record("nothing was cut by the capture")
            }
        }
    }

    /// The same prefixes cut by the snap length: what is known stays known, the rest is `cut` and not an error.
    @Test func everyCutHasAnOutcome() throws {
        for count in 12..<Self.packet.count {
            let expected: RTPLayout = count < 24 ? .cut(offset: 22) : .cut(offset: 34)
            #expect(try layout(Array(Self.packet.prefix(count)), length: Self.packet.count) == expected)
        }
        var plain = Array(Self.packet.prefix(12))
        plain[0] = 0x80
        #expect(
            try layout(plain, length: 172) == .complete(headerLength: 12, payloadLength: 160, paddingLength: 0))
    }

    @Test func otherVersionsAreRefused() {
        for version: UInt8 in [0, 1, 3] {
            let bytes = [version << 6] + Array(repeating: 0, count: 20)
            #expect(throws: RTPHeaderError.notVersion2(version)) { try parse(bytes) }
        }
    }

    @Test func paddingIsCheckedAgainstThePayload() throws {
        var bytes: [UInt8] = [0xa0, 0] + Array(repeating: 0, count: 10) + [1, 2, 3, 4]
        #expect(try layout(bytes) == .complete(headerLength: 12, payloadLength: 0, paddingLength: 4))
        bytes[15] = 5
        #expect(try layout(bytes) == .paddingTooLong(padding: 5, available: 4))
        bytes[15] = 0
        #expect(try layout(bytes) == .paddingTooLong(padding: 0, available: 4))
        #expect(try layout(Array(bytes.prefix(12))) == .paddingTooLong(padding: 1, available: 0))
    }

    @Test func arbitraryBytesNeverTrap() {
        var numbers = SeededRandom(seed: 1)
        for _ in 0..<20_000 {
            var bytes = (0..<Int.random(in: 0...60, using: &numbers)).map { _ in
                UInt8.random(in: 0...255, using: &numbers)
            }
            if !bytes.isEmpty { bytes[0] = bytes[0] & 0x3f | 0x80 }
            _ = MediaPacketKind.classify(bytes.span)
            guard let header = try? parse(bytes) else { continue }
            let layout = header.layout(in: bytes.span)
            if let payload = layout.payload { #expect(payload.upperBound <= bytes.count) }
        }
    }
}
