@testable import RTP

let millisecond: Int64 = 1_000_000

extension StreamStatistics {
    /// PCMU packets of 160 samples, 20 ms apart; `sequences` in capture order.
    init(sequences: [Int]) {
        self.init()
        for (index, sequence) in sequences.enumerated() {
            feed(sequence, at: Int64(index) * 20 * millisecond, timestamp: UInt32(truncatingIfNeeded: sequence * 160))
        }
    }

    mutating func feed(
        _ sequence: Int, at arrival: Int64, timestamp: UInt32, marker: Bool = false, payloadType: UInt8 = 0,
        clockRate: UInt32 = 8000, isEvent: Bool = false
    ) {
        receive(
            sequence: UInt16(truncatingIfNeeded: sequence), timestamp: timestamp, marker: marker,
            payloadType: payloadType, clockRate: clockRate, isTelephoneEvent: isEvent, arrival: arrival,
            payloadBytes: 172)
    }

    /// What must hold whatever comes.
    var isConsistent: Bool {
        lostPackets >= 0 && lostPackets == expectedPackets - Int64(distinctPackets)
            && rfc3550LostPackets == expectedPackets - Int64(packets) && lossPercent >= 0 && lossPercent <= 100
    }
}
