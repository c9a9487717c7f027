import PacketDecoding
import RTP
import SIP

/// What a session description says for a record: the payload formats, each with the endpoint that wants to receive it,
/// where media goes and how it is protected, and the terms of its audio.
struct SessionFormats {
    private(set) var formats: [CallFormat] = []
    private(set) var places: [MediaPlace] = []
    private(set) var audio = AudioTerms.off
    private(set) var hasMedia = false

    init(_ sdp: Span<UInt8>) {
        guard let session = SessionDescription.parse(sdp) else { return }
        hasMedia = !session.media.isEmpty
        var hasAudio = false
        for media in session.media {
            if media.kind == .audio, !hasAudio {
                hasAudio = true
                audio = AudioTerms(media, session)
            }
            guard let receiver = SessionFormats.receiver(of: media, session) else { continue }
            let keying = media.isRTP ? MediaKeying(media, session, in: sdp) : .clear
            add(receiver, media, keying, isFax: !media.isRTP && media.isT38(in: sdp))
            if media.isRTP { addFormats(of: media, receiver, sdp) }
        }
    }

    /// Where the media wants to be received; nil when it is refused. A bundle has one port for all (RFC 8843).
    private static func receiver(of media: MediaDescription, _ session: SessionDescription) -> Endpoint? {
        guard let port = media.port else { return nil }
        if port != 0 {
            let address = (media.connection ?? session.connection)?.address
            return Endpoint(address ?? IPAddress(high: 0, low: 0), port)
        }
        guard media.isBundleOnly, let first = session.media.first, let shared = first.port, shared != 0 else {
            return nil
        }
        return Endpoint((first.connection ?? session.connection)?.address ?? IPAddress(high: 0, low: 0), shared)
    }

    private mutating func add(
        _ receiver: Endpoint, _ media: MediaDescription, _ keying: MediaKeying, isFax: Bool
    ) {
        func add(_ endpoint: Endpoint) {
            guard !endpoint.address.isUnspecified, endpoint.port != 9, places.count < CallMedia.maxPlaces else {
                return
            }
            // Bundled media repeat it.
            guard !places.contains(where: { $0.endpoint == endpoint }) else { return }
            places.append(MediaPlace(endpoint: endpoint, kind: media.kind, isFax: isFax, keying: keying))
        }
        add(receiver)
        for candidate in media.candidates where candidate.isUDP { add(Endpoint(candidate.address, candidate.port)) }
    }

    private mutating func addFormats(of media: MediaDescription, _ receiver: Endpoint, _ sdp: Span<UInt8>) {
        formats.reserveCapacity(formats.count + media.payloadTypes.count)
        for payloadType in media.payloadTypes {
            var found: CallFormat
            if let format = media.format(of: payloadType, in: sdp) {
                found = CallFormat(
                    receiver: receiver, payloadType: payloadType, name: format.name,
                    clockRate: format.clockRateHz, channels: format.channels, kind: media.kind)
            } else if let format = StaticPayloadType(payloadType) {
                found = CallFormat(
                    receiver: receiver, payloadType: payloadType, name: format.name,
                    clockRate: format.clockRate, channels: format.channels, kind: media.kind)
            } else {
                continue
            }
            if let line = media.formatParameters.first(where: { $0.payloadType == payloadType }) {
                found.bitRate = CodecImpairment.negotiatedBitRate(
                    found.name, parameters: line.parameters.string(in: sdp))
            }
            formats.append(found)
        }
    }
}
