import TestSupport

@testable import RTP

extension FuzzTarget {
    /// Datagrams of at most 255 bytes, each behind a byte with its length, as one stream.
    static func rtp(_ input: [UInt8]) {
        var numbers = Numbers(input)
        var digits = TelephoneDigits()
        var arrival: Int64 = 0
        var statistics = StreamStatistics()
        while !numbers.isAtEnd {
            let length = Int(numbers.byte())
            arrival &+= Int64(numbers.word()) << 12
            let bytes = (0..<length).map { _ in numbers.byte() }
            let span = bytes.span
            _ = MediaPacketKind.classify(span)
            guard let header = try? RTPHeader(parsing: span) else { continue }
            for declared in [nil, length, 1500] { _ = header.layout(in: span, datagramLength: declared) }
            statistics.receive(
                sequence: header.sequence, timestamp: header.timestamp, marker: header.marker,
                payloadType: header.payloadType, clockRate: header.payloadType == 96 ? 48_000 : 0,
                isTelephoneEvent: header.payloadType == 101, arrival: arrival, payloadBytes: length)
            if length > 12, let event = TelephoneEvent(parsing: span.extracting(12..<length)) {
                digits.receive(event, timestamp: header.timestamp, at: arrival)
            }
        }
        require(statistics.distinctPackets <= statistics.packets, "more distinct packets than packets")
        require(statistics.lossPercent >= 0 && statistics.lossPercent <= 100, "loss \(statistics.lossPercent)")
        require(statistics.jitterMeanNanoseconds?.isFinite ?? true, "jitter")
        require(digits.text?.utf8.count ?? 0 <= TelephoneDigits.digitLimit, "more digits than the limit")
    }
}
