import Testing

@testable import RTP

/// RTCP as bytes, after the diagrams of RFC 3550 and RFC 3611.
enum RTCPBytes {
    static func big16(_ value: Int) -> [UInt8] { [UInt8(value >> 8 & 255), UInt8(value & 255)] }
    static func big32(_ value: UInt32) -> [UInt8] { big16(Int(value >> 16)) + big16(Int(value & 0xffff)) }

    static func packet(_ type: UInt8, count: Int, _ body: [UInt8], padding: Int = 0) -> [UInt8] {
        var bytes = [UInt8(0x80 | (padding > 0 ? 0x20 : 0) | count), type] + big16((body.count + padding) / 4) + body
        if padding > 0 { bytes += Array(repeating: 0, count: padding - 1) + [UInt8(padding)] }
        return bytes
    }

    static func block(
        _ ssrc: UInt32, fraction: UInt8 = 0, lost: Int32 = 0, highest: UInt32 = 0, jitter: UInt32 = 0,
        lsr: UInt32 = 0, dlsr: UInt32 = 0
    ) -> [UInt8] {
        big32(ssrc) + big32(UInt32(fraction) << 24 | UInt32(bitPattern: lost) & 0xff_ffff) + big32(highest)
            + big32(jitter) + big32(lsr) + big32(dlsr)
    }

    static func senderReport(
        _ ssrc: UInt32, ntp: UInt64 = 0, packets: UInt32 = 0, octets: UInt32 = 0, blocks: [[UInt8]] = []
    ) -> [UInt8] {
        packet(
            200, count: blocks.count,
            big32(ssrc) + big32(UInt32(ntp >> 32)) + big32(UInt32(truncatingIfNeeded: ntp)) + big32(777)
                + big32(packets) + big32(octets) + blocks.flatMap { $0 })
    }

    static func receiverReport(_ ssrc: UInt32, blocks: [[UInt8]] = []) -> [UInt8] {
        packet(201, count: blocks.count, big32(ssrc) + blocks.flatMap { $0 })
    }

    static func cname(_ ssrc: UInt32, _ name: String) -> [UInt8] {
        var chunk = big32(ssrc) + [1, UInt8(name.utf8.count)] + Array(name.utf8)
        repeat { chunk.append(0) } while chunk.count % 4 != 0
        return packet(202, count: 1, chunk)
    }

    static func extended(_ ssrc: UInt32, _ blocks: [(type: UInt8, body: [UInt8])]) -> [UInt8] {
        packet(207, count: 0, big32(ssrc) + blocks.flatMap { [$0.type, 0] + big16($0.body.count / 4) + $0.body })
    }
}

/// The macros of Testing take no spans: the same with arrays.
extension SenderReport { init?(_ packet: RTCPPacket, _ bytes: [UInt8]) { self.init(packet, in: bytes.span) } }
extension ReceiverReport { init?(_ packet: RTCPPacket, _ bytes: [UInt8]) { self.init(packet, in: bytes.span) } }
extension ReportBlocks { func block(_ number: Int, _ bytes: [UInt8]) -> ReportBlock { block(number, in: bytes.span) } }
extension Goodbye {
    init?(_ packet: RTCPPacket, _ bytes: [UInt8]) { self.init(packet, in: bytes.span) }
    func ssrc(_ number: Int, _ bytes: [UInt8]) -> UInt32 { ssrc(number, in: bytes.span) }
}
extension ApplicationDefined { init?(_ packet: RTCPPacket, _ bytes: [UInt8]) { self.init(packet, in: bytes.span) } }
extension VoIPMetrics {
    init?(_ block: ExtendedReportBlocks.Block, _ bytes: [UInt8]) { self.init(block, in: bytes.span) }
}
extension SecureRTCP {
    static func isLikely(_ bytes: [UInt8], _ isSignalled: Bool?) -> Bool {
        isLikely(bytes.span, datagramLength: bytes.count, isSignalled: isSignalled)
    }
}

@Suite("RTCP (RFC 3550 section 6, RFC 3611)")
struct RTCPTests {
    typealias Bytes = RTCPBytes

    func packets(_ bytes: [UInt8], length: Int? = nil) -> (packets: [RTCPPacket], fault: RTCPFault?) {
        var reader = RTCPReader(datagramLength: length ?? bytes.count)
        var packets: [RTCPPacket] = []
        while let packet = reader.next(in: bytes.span) { packets.append(packet) }
        return (packets, reader.fault)
    }

    func items(_ packet: RTCPPacket, _ bytes: [UInt8]) -> [SourceDescriptionItems.Item] {
        guard var items = SourceDescriptionItems(packet) else { return [] }
        var found: [SourceDescriptionItems.Item] = []
        while let item = items.next(in: bytes.span) { found.append(item) }
        return found
    }

    /// Who reports, the blocks, and whether all of them were whole.
    func blocks(_ bytes: [UInt8]) -> (ssrc: UInt32, blocks: [ExtendedReportBlocks.Block], isMalformed: Bool)? {
        guard let packet = packets(bytes).packets.first, var blocks = ExtendedReportBlocks(packet, in: bytes.span)
        else {
            return nil
        }
        var found: [ExtendedReportBlocks.Block] = []
        while let block = blocks.next(in: bytes.span) { found.append(block) }
        return (blocks.ssrc, found, blocks.isMalformed)
    }

    @Test func compound() throws {
        let bytes =
            Bytes.senderReport(
                1, ntp: 0x1122_3344_5566_7788, packets: 250, octets: 40000,
                blocks: [Bytes.block(2, fraction: 13, lost: -5, highest: 0x1_0003, jitter: 44, lsr: 9, dlsr: 0x8000)])
            + Bytes.cname(1, "alice@a.example") + Bytes.packet(203, count: 1, Bytes.big32(1) + [3] + Array("bye".utf8))
        let (found, fault) = packets(bytes)
        #expect(fault == nil && found.map(\.type) == [200, 202, 203])
        let report = try #require(SenderReport(found[0], bytes))
        #expect(report.ssrc == 1 && report.packetCount == 250 && report.octetCount == 40000)
        #expect(report.rtpTimestamp == 777 && report.ntp.middle == 0x3344_5566)
        #expect(report.reports.count == 1)
        let block = report.reports.block(0, bytes)
        #expect(block.ssrc == 2 && block.fractionLost == 13 && block.cumulativeLost == -5)
        #expect(block.highestSequence == 65539 && block.jitter == 44 && block.lastSenderReport == 9)
        #expect(block.delaySinceSenderReport == 0x8000)
        let items = items(found[1], bytes)
        #expect(items.map(\.ssrc) == [1] && items.map(\.type) == [1])
        #expect(String(decoding: bytes[items[0].text], as: UTF8.self) == "alice@a.example")
        let goodbye = try #require(Goodbye(found[2], bytes))
        #expect(goodbye.count == 1 && goodbye.ssrc(0, bytes) == 1)
        #expect(goodbye.reason.map { String(decoding: bytes[$0], as: UTF8.self) } == "bye")
    }

    /// RFC 5506: any packet alone. APP, feedback and unknown types are stepped over.
    @Test func reducedSize() throws {
        let alone = Bytes.packet(204, count: 3, Bytes.big32(5) + Array("PoC1".utf8) + Bytes.big32(1))
        let (found, fault) = packets(alone)
        #expect(fault == nil)
        let application = try #require(ApplicationDefined(found[0], alone))
        #expect(application.ssrc == 5 && application.subtype == 3 && application.name == 0x506f_4331)
        #expect(application.data.count == 4)
        let feedback = Bytes.packet(205, count: 1, Array(repeating: 0, count: 12)) + Bytes.packet(213, count: 0, [])
        #expect(packets(feedback).packets.map(\.kind) == [.transportFeedback, nil])
    }

    @Test func lengthPastTheDatagram() {
        var bytes = Bytes.receiverReport(1) + Bytes.receiverReport(2)
        bytes[11] = 9
        let (found, fault) = packets(bytes)
        #expect(found.count == 1)
        #expect(fault == .lengthPastDatagram(offset: 8, needed: 40, available: 8))
        // The same, cut by the capture and whole on the wire.
        #expect(packets(bytes, length: 48).fault == .cut(offset: 8))
        #expect(packets(Bytes.receiverReport(1) + [0x80]).fault == .tooShort(offset: 8, available: 1))
        #expect(packets(Bytes.receiverReport(1) + [0, 200, 0, 0]).fault == .notVersion2(offset: 8))
        #expect(packets(Bytes.receiverReport(1) + [0x80, 100, 0, 0]).fault == .notRTCP(offset: 8, type: 100))
    }

    @Test func padding() {
        let padded = Bytes.packet(201, count: 0, Bytes.big32(1), padding: 8)
        #expect(packets(padded).fault == nil && packets(padded).packets.first?.body == 4..<8)
        for wrong: UInt8 in [0, 3, 16, 255] {
            var bytes = padded
            bytes[bytes.count - 1] = wrong
            #expect(packets(bytes).fault == .paddingTooLong(offset: 0, padding: Int(wrong), available: 12))
        }
    }

    /// More report blocks or sources announced than there are.
    @Test func countsThatLie() throws {
        var bytes = Bytes.receiverReport(1, blocks: [Bytes.block(2)])
        bytes[0] = 0x9f
        let report = try #require(ReceiverReport(packets(bytes).packets[0], bytes))
        #expect(report.reports.count == 1)
        let goodbye = Bytes.packet(203, count: 31, Bytes.big32(1))
        #expect(Goodbye(packets(goodbye).packets[0], goodbye)?.count == 1)
        let short = Bytes.packet(200, count: 1, Bytes.big32(1))
        #expect(SenderReport(packets(short).packets[0], short) == nil)
    }

    /// The block of RFC 3611 section 4.7, field by field.
    @Test func voipMetrics() throws {
        let body: [UInt8] =
            Bytes.big32(0x0e0f_0001) + [12, 3, 64, 5] + Bytes.big16(200) + Bytes.big16(4000) + Bytes.big16(80)
            + Bytes.big16(120) + [0xec, 0xba, 55, 16] + [82, 127, 41, 39] + [0xb0, 0] + Bytes.big16(40)
            + Bytes.big16(60) + Bytes.big16(200)
        let bytes = Bytes.extended(7, [(7, body)])
        let found = try #require(blocks(bytes))
        #expect(found.ssrc == 7 && found.blocks.count == 1 && !found.isMalformed)
        let metrics = try #require(VoIPMetrics(found.blocks[0], bytes))
        #expect(metrics.ssrc == 0x0e0f_0001 && metrics.lossRate == 12 && metrics.discardRate == 3)
        #expect(metrics.burstDensity == 64 && metrics.gapDensity == 5)
        #expect(metrics.burstDuration == 200 && metrics.gapDuration == 4000)
        #expect(metrics.roundTripDelay == 80 && metrics.endSystemDelay == 120)
        #expect(metrics.signalLevel == -20 && metrics.noiseLevel == -70 && metrics.residualEchoReturnLoss == 55)
        #expect(metrics.gapThreshold == 16 && metrics.rFactor == 82 && metrics.externalRFactor == nil)
        #expect(metrics.listeningMOS == 41 && metrics.conversationalMOS == 39)
        #expect(metrics.jitterBufferNominal == 40 && metrics.jitterBufferMaximum == 60)
        #expect(metrics.jitterBufferAbsoluteMaximum == 200)
    }

    @Test func extendedBlocks() throws {
        let bytes = Bytes.extended(
            7,
            [
                (4, Bytes.big32(0x0001_0002) + Bytes.big32(0x0003_0004)),
                (5, Bytes.big32(9) + Bytes.big32(0x0002_0003) + Bytes.big32(65536)),
                (1, Bytes.big32(9) + Bytes.big32(5)),
            ])
        let found = try #require(blocks(bytes)).blocks
        #expect(found.map(\.kind) == [.receiverReferenceTime, .delays, .lossRunLengths])
        let reference = found[0].referenceTime(in: bytes.span)
        #expect(reference?.middle == 0x0002_0003)
        #expect(found[1].delayCount == 1)
        let delay = found[1].delay(0, in: bytes.span)
        #expect(delay == DelaySinceReceiverReport(ssrc: 9, lastReceiverReport: 0x0002_0003, delay: 65536))

        var broken = bytes
        broken[11] = 200
        let kept = try #require(blocks(broken))
        #expect(kept.blocks.isEmpty && kept.isMalformed)
    }

    /// Every prefix of a compound of all kinds, whole on the wire or not, and every byte changed: nothing traps, and what
    /// is read lies within.
    @Test func everyPrefixAndEveryByte() {
        let whole =
            Bytes.senderReport(1, blocks: [Bytes.block(2), Bytes.block(3)]) + Bytes.cname(1, "a")
            + Bytes.extended(7, [(7, Array(repeating: 1, count: 32)), (4, Array(repeating: 2, count: 8))])
            + Bytes.packet(203, count: 1, Bytes.big32(1) + [3, 65, 65, 65])
        for count in 0...whole.count {
            readAll(Array(whole[..<count]), length: count)
            readAll(Array(whole[..<count]), length: whole.count)
        }
        for place in whole.indices {
            for value: UInt8 in [0, 1, 0x7f, 0x80, 0xff] {
                var bytes = whole
                bytes[place] = value
                readAll(bytes, length: bytes.count)
            }
        }
    }

    private func readAll(_ bytes: [UInt8], length: Int) {
        let span = bytes.span
        for packet in packets(bytes, length: length).packets {
            #expect(packet.body.upperBound <= bytes.count)
            for reports in [SenderReport(packet, in: span)?.reports, ReceiverReport(packet, in: span)?.reports] {
                for number in 0..<(reports?.count ?? 0) { _ = reports?.block(number, in: span) }
            }
            if var items = SourceDescriptionItems(packet) {
                while let item = items.next(in: span) { #expect(item.text.upperBound <= bytes.count) }
            }
            if let goodbye = Goodbye(packet, in: span) {
                for number in 0..<goodbye.count { _ = goodbye.ssrc(number, in: span) }
            }
            _ = ApplicationDefined(packet, in: span)
            guard var blocks = ExtendedReportBlocks(packet, in: span) else { continue }
            while let block = blocks.next(in: span) {
                _ = VoIPMetrics(block, in: span)
                _ = block.referenceTime(in: span)
                for number in 0..<block.delayCount { _ = block.delay(number, in: span) }
            }
        }
        _ = SecureRTCP.isLikely(span, datagramLength: length, isSignalled: nil)
    }

    /// RFC 3711 section 3.4: what is encrypted has an index and a tag that no length counts.
    @Test func secure() {
        let clear = Bytes.senderReport(1) + Bytes.cname(1, "a")
        var secure = clear
        for place in 8..<secure.count { secure[place] = UInt8(truncatingIfNeeded: place &* 37) }
        let tag: [UInt8] = Array(repeating: 0x5a, count: 10)
        secure += [0x80, 0, 0, 1] + tag
        #expect(packets(clear).fault == nil && packets(secure).fault != nil)
        #expect(SecureRTCP.isLikely(secure, nil))
        #expect(SecureRTCP.isLikely(secure, true))
        #expect(!SecureRTCP.isLikely(secure, false))
    }
}

@Suite("Round trips")
struct RoundTripTests {
    /// RFC 3550 section 6.4.1, figure 2, as the sender of the report would measure it: 5.625 s - 0.125 s … of the RFC's
    /// example: A 0xb7108000, DLSR 0x00054000, LSR 0xb7052000 give a round trip of 0x00062000, 6.125 s.
    @Test func exampleOfTheRFC() {
        var trip = RoundTrip()
        func nanoseconds(_ fixed: UInt32) -> Int64 { Int64(fixed) * 1_000_000_000 / 65536 }
        trip.note(0xb705_2000, at: nanoseconds(0xb705_2000))
        trip.answer(0xb705_2000, delay: 0x0005_4000, at: nanoseconds(0xb710_8000))
        #expect(trip.samples == 1 && trip.latest == 6_125_000_000)
        #expect(trip.mean == 6.125e9 && trip.shortest == trip.longestSeen)
    }

    @Test func unknownAndImpossible() {
        var trip = RoundTrip()
        trip.answer(5, delay: 0, at: 10)
        trip.note(0, at: 0)
        trip.answer(0, delay: 0, at: 10)
        #expect(trip.samples == 0 && trip.mean == nil)
        trip.note(5, at: 1_000_000_000)
        trip.answer(5, delay: 65536, at: 1_500_000_000)
        #expect(trip.samples == 0 && trip.implausible == 1)
        // Packet times within a few milliseconds of disorder.
        trip.answer(5, delay: 65536, at: 1_999_000_000)
        #expect(trip.samples == 1 && trip.latest == 0)
        trip.answer(5, delay: 0, at: 100_000_000_000)
        trip.note(6, at: .min)
        trip.answer(6, delay: 0, at: .max)
        #expect(trip.samples == 1 && trip.implausible == 3)
    }

    @Test func forgetsTheOldest() {
        var trip = RoundTrip()
        for name in UInt32(1)...9 { trip.note(name, at: Int64(name)) }
        trip.answer(1, delay: 0, at: 100)
        #expect(trip.samples == 0)
        trip.answer(2, delay: 0, at: 100)
        #expect(trip.samples == 1 && trip.latest == 98)
    }

    /// What is lost beyond us is what the receiver misses more than we do.
    @Test func lossOnTheOtherSide() {
        var reports = StreamReports()
        #expect(reports.lostBeyond(fromBeginning: true) == nil)
        let bytes = RTCPBytes.block(1, fraction: 26, lost: 7, jitter: 16)
        reports.receive(ReportBlock(bytes.span, at: 0), seen: .init(packets: 100, lost: 5), at: 0)
        let later = RTCPBytes.block(1, fraction: 5, lost: 20, jitter: 8)
        reports.receive(ReportBlock(later.span, at: 0), seen: .init(packets: 300, lost: 15), at: 0)
        #expect(reports.lostBeyond(fromBeginning: true) == 5)
        #expect(reports.lostBeyond(fromBeginning: false) == 3)
        #expect(reports.meanJitter == 12 && reports.largestJitter == 16 && reports.largestFraction == 26)
    }
}

@Suite("UDPTL")
struct UDPTLPacketTests {
    func parse(_ bytes: [UInt8]) -> UDPTLPacket? { UDPTLPacket(parsing: bytes.span, datagramLength: bytes.count) }

    @Test func packets() {
        // A V.21 indication as gateways send it: number 5, one byte of IFP, no redundancy.
        #expect(parse([0, 5, 1, 6, 0, 0])?.sequence == 5)
        #expect(parse([0x82, 1, 1, 6, 0, 1, 1, 4])?.sequence == 0x8201)
        let long = [0, 9, 0x80, 200] + Array(repeating: UInt8(1), count: 200) + [0, 0]
        #expect(parse(long)?.primaryLength == 200)
        #expect(parse([0, 5, 0, 0, 0]) == nil)
        #expect(parse([0, 5, 4, 1, 2, 3]) == nil)
        #expect(parse([0, 5, 0xc1, 1, 2, 3]) == nil)
        for count in 0..<(long.count - 1) { #expect(parse(Array(long[..<count])) == nil) }
    }
}
