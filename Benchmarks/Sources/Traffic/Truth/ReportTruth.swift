/// What the RTCP of a stream said, for the record.
public struct ReportTruth {
    /// In the last sender report.
    var senderPackets: Int?
    private var receiverLost: Int?
    private var lostBeyond = 0
    private var blocks = 0
    /// From the point of capture to the receiver and back, milliseconds.
    var roundTrip: Double?

    mutating func note(lost: Int, beyond: Int) {
        receiverLost = lost
        lostBeyond = beyond
        blocks += 1
    }

    func write(to json: inout JSONText) {
        guard senderPackets != nil || receiverLost != nil else { return }
        json.key("rtcp")
        json.open("{")
        if let senderPackets {
            json.key("sender_packets")
            json.number(senderPackets)
        }
        json.key("receiver_reports")
        json.number(blocks)
        if let receiverLost {
            json.key("receiver_lost_packets")
            json.number(receiverLost)
            json.key("lost_beyond_capture")
            json.number(lostBeyond)
        }
        if let roundTrip {
            json.key("receiver_round_trip_ms")
            json.number(roundTrip)
        }
        json.close("}")
    }
}
