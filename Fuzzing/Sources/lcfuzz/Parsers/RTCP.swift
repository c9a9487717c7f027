import TestSupport

@testable import RTP

extension FuzzTarget {
    /// One datagram of RTCP, and as fax over UDPTL: every packet, block and item in it.
    static func rtcp(_ bytes: [UInt8]) {
        let span = bytes.span
        _ = MediaPacketKind.classify(span)
        _ = UDPTLPacket(parsing: span, datagramLength: bytes.count)
        for length in [bytes.count, bytes.count + 100] {
            _ = RTCPReader.fault(in: span, datagramLength: length)
            for isSignalled in [true, false, nil] {
                _ = SecureRTCP.isLikely(span, datagramLength: length, isSignalled: isSignalled)
            }
            var reader = RTCPReader(datagramLength: length)
            var reports = StreamReports()
            var steps = 0
            while let packet = reader.next(in: span) {
                steps += 1
                require(steps <= bytes.count, "a reader that does not move on")
                read(packet, span, &reports)
            }
        }
    }

    private static func read(_ packet: RTCPPacket, _ span: Span<UInt8>, _ reports: inout StreamReports) {
        _ = packet.ssrc(in: span)
        let seen = StreamReports.Seen(packets: 10, lost: 1)
        if let report = SenderReport(packet, in: span) {
            reports.receive(report, seen: seen, at: 1)
            for number in 0..<report.reports.count {
                reports.receive(report.reports.block(number, in: span), seen: seen, at: 2)
            }
        }
        if let report = ReceiverReport(packet, in: span) {
            for number in 0..<report.reports.count {
                reports.receive(report.reports.block(number, in: span), seen: seen, at: 3)
            }
        }
        if var items = SourceDescriptionItems(packet) { while items.next(in: span) != nil {} }
        if let bye = Goodbye(packet, in: span) { for number in 0..<bye.count { _ = bye.ssrc(number, in: span) } }
        _ = ApplicationDefined(packet, in: span)
        guard var blocks = ExtendedReportBlocks(packet, in: span) else { return }
        while let block = blocks.next(in: span) {
            _ = block.referenceTime(in: span)
            _ = VoIPMetrics(block, in: span)
            for number in 0..<block.delayCount { _ = block.delay(number, in: span) }
        }
    }
}
