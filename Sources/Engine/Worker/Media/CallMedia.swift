import Calls
import PacketDecoding
import RTP
import SIP
import Tables

/// What a worker knows of a call's media beside the streams' figures.
struct CallMedia {
    /// Endpoints of media kept of a call; the tracker keeps as many.
    static let maxPlaces = 64
    static let maxFaxStreams = 16
    static let maxReferenceTrips = 16
    /// Key presses by INFO kept of a call, as many as of a stream.
    static let maxSignals = 256
    static let maxZRTPPeers = 8

    /// Hash of the From tag of the call's first message.
    private(set) var callerTag: UInt64?
    private(set) var hasSession = false
    /// One of each side, usually.
    private(set) var places = ShortList<2, MediaPlace>(filler: MediaPlace.nowhere)
    private(set) var hasFax = false
    private(set) var negotiation = OfferAnswer()
    /// The first 2xx to INVITE.
    private(set) var answerTime: Int64?
    private(set) var lastMessageTime: Int64 = .min

    var notes: [StreamNotes] = []
    /// None or one: a flood of calls has no room for what few calls have.
    private var extras: [CallMediaExtras] = []
    private(set) var besideRTP = BesideRTPCounts()

    private(set) var extra: CallMediaExtras {
        get { extras.first ?? CallMediaExtras() }
        _modify {
            if extras.isEmpty { extras.append(CallMediaExtras()) }
            yield &extras[0]
        }
    }

    var fax: [FaxStream] {
        get { extras.first?.fax ?? [] }
        _modify { yield &extra.fax }
    }

    var referenceTrips: [ReferenceTrip] {
        get { extras.first?.referenceTrips ?? [] }
        _modify { yield &extra.referenceTrips }
    }

    var signals: [DTMFRecord] { extras.first?.signals ?? [] }
    private var zrtpPeers: [(Endpoint, Endpoint)] { extras.first?.zrtpPeers ?? [] }

    // MARK: Signalling

    /// Whether the call's caller sent the message.
    func isByCaller(_ facts: MessageFacts) -> Bool { facts.isRequest == (facts.fromTag == callerTag) }

    /// Returns true when this message answers the call.
    mutating func receive(_ facts: MessageFacts, at time: Int64) -> Bool {
        if callerTag == nil { callerTag = facts.fromTag }
        lastMessageTime = max(lastMessageTime, time)
        guard answerTime == nil, !facts.isRequest, facts.method == .invite, facts.status / 100 == 2 else {
            return false
        }
        answerTime = time
        return true
    }

    /// A session description that has media.
    mutating func receive(_ places: [MediaPlace], _ audio: AudioTerms, _ facts: MessageFacts, at time: Int64) {
        hasSession = true
        let isCallers = isByCaller(facts)
        for place in places { add(place, isCallers) }
        negotiation.receive(audio, facts, byCaller: isCallers, at: time)
    }

    private mutating func add(_ place: MediaPlace, _ isCallers: Bool) {
        var place = place
        place.isCallers = isCallers
        if place.isFax { hasFax = true }
        if let known = places.firstIndex(where: { $0.endpoint == place.endpoint && $0.isCallers == isCallers }) {
            places[known] = place
        } else if places.count < CallMedia.maxPlaces {
            places.append(place)
        }
    }

    mutating func beginTalk(at time: Int64) { negotiation.answered(at: time) }

    /// A key press in INFO; of the same request on a second hop nothing is kept.
    mutating func receive(_ signal: DTMFRelay, _ facts: MessageFacts, at time: Int64) {
        let key = facts.fromTag &* 0x9e37_79b9_7f4a_7c15 ^ UInt64(facts.cseq)
        guard !extra.signalKeys.contains(key) else { return }
        guard signals.count < CallMedia.maxSignals else {
            extra.signalsRefused &+= 1
            return
        }
        extra.signalKeys.append(key)
        extra.signals.append(
            DTMFRecord(
                digit: signal.digit, time: time, duration: signal.durationMs.map { Int64($0) * 1_000_000 },
                source: .info, by: isByCaller(facts) ? .caller : .callee))
    }

    // MARK: Places

    private func place(_ endpoint: Endpoint) -> MediaPlace? { places.last { $0.endpoint == endpoint } }

    /// Who sends from one endpoint to another; nil when the descriptions do not tell.
    func sender(from source: Endpoint, to destination: Endpoint) -> CallRecord.Side? {
        for (endpoint, isSender) in [(destination, false), (source, true)] {
            let named = places.filter { $0.endpoint == endpoint }
            guard let first = named.first, named.allSatisfy({ $0.isCallers == first.isCallers }) else { continue }
            return first.isCallers == isSender ? .caller : .callee
        }
        return nil
    }

    func kind(from source: Endpoint, to destination: Endpoint) -> MediaDescription.Kind? {
        (place(destination) ?? place(source))?.kind
    }

    /// Whether packets between the endpoints are SRTP, and by which keys: what both sides' descriptions say. nil when
    /// neither names its endpoint.
    func keying(from source: Endpoint, to destination: Endpoint) -> MediaKeying? {
        let named = [place(destination), place(source)].compactMap { $0?.keying }
        guard let first = named.first else { return nil }
        return named.contains(.clear) ? .clear : first
    }

    func isZRTP(from source: Endpoint, to destination: Endpoint) -> Bool {
        zrtpPeers.contains { $0 == (source, destination) || $0 == (destination, source) }
    }

    func isSecure(from source: Endpoint, to destination: Endpoint) -> Bool? {
        if isZRTP(from: source, to: destination) { return true }
        return keying(from: source, to: destination).map { $0 != .clear }
    }

    func isFax(from source: Endpoint, to destination: Endpoint) -> Bool {
        hasFax && (place(destination) ?? place(source))?.isFax == true
    }

    // MARK: Packets beside RTP

    mutating func count(_ kind: BesideRTPCounts.Kind) { besideRTP.count(kind) }

    /// A ZRTP packet: after Conf2ACK (RFC 6189 section 5.8) both sides send SRTP.
    mutating func receiveZRTP(_ payload: Span<UInt8>, from source: Endpoint, to destination: Endpoint) {
        let name: [UInt8] = Array("Conf2ACK".utf8)
        guard payload.count >= 24, zrtpPeers.count < CallMedia.maxZRTPPeers else { return }
        for index in 0..<8 where payload[16 + index] != name[index] { return }
        if !isZRTP(from: source, to: destination) { extra.zrtpPeers.append((source, destination)) }
    }

    /// The place of a stream's notes; made when there are none.
    mutating func noteIndex(_ stream: Int) -> Int {
        if let known = notes.firstIndex(where: { $0.stream == Int32(stream) }) { return known }
        notes.append(StreamNotes(stream: Int32(stream)))
        return notes.count - 1
    }

    func notes(of stream: Int) -> StreamNotes? { notes.first { $0.stream == Int32(stream) } }

    /// The call's streams end.
    mutating func forgetStreams() {
        notes = []
        if !extras.isEmpty {
            fax = []
            referenceTrips = []
        }
        besideRTP = BesideRTPCounts()
    }
}

/// What only few calls have.
struct CallMediaExtras {
    var fax: [FaxStream] = []
    var referenceTrips: [ReferenceTrip] = []
    var signals: [DTMFRecord] = []
    var signalsRefused: UInt64 = 0
    /// Of INFO requests that carried one: the same on every hop.
    var signalKeys: [UInt64] = []
    var zrtpPeers: [(Endpoint, Endpoint)] = []
}

/// Packets on media endpoints that are not RTP, by kind.
struct BesideRTPCounts {
    enum Kind: Int, CaseIterable {
        case rtcp, secureRTCP, malformedRTCP, stun, turnChannel, dtls, zrtp, udptl, keepalive, other

        var name: String {
            switch self {
            case .rtcp: "rtcp"
            case .secureRTCP: "srtcp"
            case .malformedRTCP: "rtcp_malformed"
            case .stun: "stun"
            case .turnChannel: "turn_channel"
            case .dtls: "dtls"
            case .zrtp: "zrtp"
            case .udptl: "udptl"
            case .keepalive: "keepalive"
            case .other: "other"
            }
        }
    }

    /// Empty as long as there is none.
    private var counts: [UInt64] = []

    mutating func count(_ kind: Kind) {
        if counts.isEmpty { counts = Array(repeating: 0, count: Kind.allCases.count) }
        counts[kind.rawValue] &+= 1
    }

    /// Those that came, in the order of the cases.
    var named: [NamedCount] {
        guard !counts.isEmpty else { return [] }
        return Kind.allCases.compactMap { kind in
            counts[kind.rawValue] > 0 ? NamedCount(kind.name, counts[kind.rawValue]) : nil
        }
    }
}
