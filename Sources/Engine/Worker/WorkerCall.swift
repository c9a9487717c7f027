import Archive
import Calls
import Capture
import PacketDecoding
import SIP
import Tables

/// What a worker gathers about one call until its record is made.
struct WorkerCall {
    var callID: [UInt8]
    var files: FileSetID?
    var packets: UInt64 = 0
    var bytes: UInt64 = 0
    var copies: UInt64 = 0

    var firstStream: Int32 = -1
    var lastStream: Int32 = -1
    var streamCount = 0
    /// What the session descriptions say of payload types.
    var formats: [CallFormat] = []

    var details = CallDetails()
    var media = CallMedia()

    @inline(__always)
    mutating func count(_ packet: CapturedPacket) {
        packets &+= 1
        bytes &+= UInt64(packet.capturedLength)
    }

    /// The format of a payload type in packets to `destination`: what that side asked for, else what the other side did,
    /// else what RFC 3551 fixes.
    func format(_ payloadType: UInt8, to destination: Endpoint) -> CallFormat? {
        var fallback: CallFormat?
        for format in formats.reversed() where format.payloadType == payloadType {
            if format.receiver == destination { return format }
            if fallback == nil { fallback = format }
        }
        return fallback
    }
}

/// One payload type as a session description declares it.
struct CallFormat: Equatable {
    /// Who receives it: the endpoint of the description's `m=` line.
    var receiver: Endpoint
    var payloadType: UInt8
    var name: String
    /// Hz, 0 when not known.
    var clockRate: UInt32
    var channels: UInt8
    /// bit/s, 0 when the session description does not fix it.
    var bitRate: UInt32 = 0
    var kind: MediaDescription.Kind
    let role: Role

    enum Role {
        case codec
        /// Go beside a codec: DTMF and comfort noise.
        case telephoneEvent, comfortNoise
    }

    init(
        receiver: Endpoint, payloadType: UInt8, name: String, clockRate: UInt32, channels: UInt8,
        kind: MediaDescription.Kind
    ) {
        self.receiver = receiver
        self.payloadType = payloadType
        self.name = name
        self.clockRate = clockRate
        self.channels = channels
        self.kind = kind
        switch name.utf8.count {
        case 2: role = name.lowercased() == "cn" ? .comfortNoise : .codec
        case 15: role = name.lowercased() == "telephone-event" ? .telephoneEvent : .codec
        default: role = .codec
        }
    }

    var isTelephoneEvent: Bool { role == .telephoneEvent }
    var isAuxiliary: Bool { role != .codec }
}

/// The parts of the record that come from the messages' text.
struct CallDetails {
    var from = CallRecord.Party()
    var to = CallRecord.Party()
    var hasParties = false
    var toTagIsConfirmed = false
    var requestURI: String?
    var assertedIdentity: String?
    var userAgents = TextList()
    var transport: String?
    var addresses = CallRecord.Addresses(filler: Endpoint(IPAddress(high: 0, low: 0), 0))
    var messages = MessageCounts()
    var retransmissions: UInt64 = 0
    var statusReason: String?
    var codecs: [CodecRecord] = []
    var codecsFromAnswer = false
    /// Hashes of messages seen (branch, CSeq, addresses), newest last.
    var seen = ShortList<8, UInt64>(filler: 0)

    static let maxUserAgents = 8
    static let maxAddresses = 16
    /// Messages remembered to recognise retransmissions; the oldest go.
    static let maxSeen = 64
    static let maxFormats = 128
}
