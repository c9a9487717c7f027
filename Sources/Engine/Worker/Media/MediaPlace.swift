import PacketDecoding
import SIP

/// Where one side wants to receive media.
struct MediaPlace: BitwiseCopyable {
    var endpoint: Endpoint
    var kind: MediaDescription.Kind
    /// T.38 over UDPTL.
    var isFax: Bool
    var keying: MediaKeying
    /// Whose it is; set when the description's sender is known.
    var isCallers = false

    static let nowhere = MediaPlace(
        endpoint: Endpoint(IPAddress(high: 0, low: 0), 0), kind: .other, isFax: false, keying: .clear)
}

/// How a description protects its RTP. What only one side offers is not in force.
enum MediaKeying: UInt8, BitwiseCopyable {
    case clear
    /// RFC 4568.
    case sdes
    /// RFC 5763.
    case dtls
    /// A secure profile without a word on keys (MIKEY, or none).
    case unknown

    /// - Parameter sessionHasFingerprint: `a=fingerprint` before the first `m=` line.
    init(_ media: MediaDescription, sessionHasFingerprint: Bool, in sdp: Span<UInt8>) {
        let isSecure = media.isSecureProfile(in: sdp)
        let hasFingerprint = media.hasFingerprint || (sessionHasFingerprint && isSecure)
        if media.hasCrypto, !media.isTLSProfile(in: sdp) {
            self = .sdes
        } else if hasFingerprint || isSecure && media.isTLSProfile(in: sdp) {
            self = .dtls
        } else {
            self = isSecure ? .unknown : .clear
        }
    }

    var name: String? {
        switch self {
        case .sdes: "sdes"
        case .dtls: "dtls"
        case .clear, .unknown: nil
        }
    }
}

/// What a description says of its audio: whether there is any, and in which directions (RFC 3264 section 5.1).
struct AudioTerms: Equatable {
    var isOff: Bool
    var sends: Bool
    var receives: Bool

    static let off = AudioTerms(isOff: true, sends: false, receives: false)

    init(isOff: Bool, sends: Bool, receives: Bool) {
        self.isOff = isOff
        self.sends = sends
        self.receives = receives
    }

    /// - Parameters: what the session's `a=` and `c=` lines say where the media has none of its own.
    init(_ media: MediaDescription, _ sessionDirection: MediaDirection?, _ sessionConnection: SDPConnection?) {
        guard let port = media.port, port != 0 || media.isBundleOnly else {
            self = .off
            return
        }
        let direction = media.direction ?? sessionDirection ?? .sendrecv
        // `0.0.0.0` asks for nothing to be sent here (RFC 3264 section 8.4), unless ICE is to find the address.
        let connection = media.connection ?? sessionConnection
        let isNowhere = connection?.address?.isUnspecified ?? false
        self.init(
            isOff: false, sends: direction.sends,
            receives: direction.receives && (!isNowhere || port == 9 || !media.candidates.isEmpty))
    }
}
