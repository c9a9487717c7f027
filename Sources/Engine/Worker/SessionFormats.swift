import PacketDecoding
import RTP
import SIP

/// What a session description says for a record: the payload formats, each with the endpoint that wants to receive it,
/// where media goes and how it is protected, and the terms of its audio.
///
/// Kept and used again, so that a description costs no memory.
struct SessionFormats {
    private(set) var formats: [CallFormat] = []
    private(set) var places: [MediaPlace] = []
    private(set) var audio = AudioTerms.off
    private(set) var hasMedia = false
    private var session = SessionDescription()

    /// Reads a description in place of the last one.
    mutating func read(_ sdp: Span<UInt8>) {
        formats.removeAll(keepingCapacity: true)
        places.removeAll(keepingCapacity: true)
        (audio, hasMedia) = (.off, false)
        guard session.read(sdp) else { return }
        hasMedia = !session.media.isEmpty
        var hasAudio = false
        for index in session.media.indices {
            let media = session.media[index]
            if media.kind == .audio, !hasAudio {
                hasAudio = true
                audio = AudioTerms(media, session.direction, session.connection)
            }
            guard let receiver = receiver(of: media) else { continue }
            let keying =
                media.isRTP ? MediaKeying(media, sessionHasFingerprint: session.hasFingerprint, in: sdp) : .clear
            add(receiver, media, keying, isFax: !media.isRTP && session.isT38(media, in: sdp))
            if media.isRTP { addFormats(of: media, receiver, sdp) }
        }
    }

    /// Where the media wants to be received; nil when it is refused. A bundle has one port for all (RFC 8843).
    private func receiver(of media: MediaDescription) -> Endpoint? {
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
        add(MediaPlace(endpoint: receiver, kind: media.kind, isFax: isFax, keying: keying))
        for index in media.candidates where session.candidates[index].isUDP {
            let endpoint = Endpoint(session.candidates[index].address, session.candidates[index].port)
            add(MediaPlace(endpoint: endpoint, kind: media.kind, isFax: isFax, keying: keying))
        }
    }

    private mutating func add(_ place: MediaPlace) {
        guard !place.endpoint.address.isUnspecified, place.endpoint.port != 9, places.count < CallMedia.maxPlaces
        else { return }
        // Bundled media repeat it.
        if !places.contains(where: { $0.endpoint == place.endpoint }) { places.append(place) }
    }

    private mutating func addFormats(of media: MediaDescription, _ receiver: Endpoint, _ sdp: Span<UInt8>) {
        for place in media.payloadTypes {
            let payloadType = session.payloadTypes[place]
            var found: CallFormat
            if let format = session.format(of: payloadType, media, in: sdp) {
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
            let lines = session.formatParameters[media.formatParameters]
            if let line = lines.first(where: { $0.payloadType == payloadType }) {
                found.bitRate = CodecImpairment.negotiatedBitRate(
                    found.name, parameters: line.parameters.string(in: sdp))
            }
            formats.append(found)
        }
    }
}
