import PacketDecoding
import RTP
import SIP

/// The payload formats that a session description declares, each with the endpoint that wants to receive it.
struct SessionFormats {
    private(set) var formats: [CallFormat] = []

    init(_ sdp: Span<UInt8>) {
        guard let session = SessionDescription.parse(sdp) else { return }
        for media in session.media where media.isRTP {
            guard let port = media.port, port != 0 else { continue }
            let address = (media.connection ?? session.connection)?.address
            let receiver = Endpoint(address ?? IPAddress(high: 0, low: 0), port)
            for payloadType in media.payloadTypes {
                var found: CallFormat
                if let format = media.format(of: payloadType, in: sdp) {
                    found = CallFormat(
                        receiver: receiver, payloadType: payloadType, name: format.name,
                        clockRate: format.clockRateHz, channels: format.channels)
                } else if let format = StaticPayloadType(payloadType) {
                    found = CallFormat(
                        receiver: receiver, payloadType: payloadType, name: format.name,
                        clockRate: format.clockRate, channels: format.channels)
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
}
