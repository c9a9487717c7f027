import PacketDecoding
import SIP

/// The payload formats that a session description declares.
struct SessionFormats {
    var formats: [PayloadFormat] = []

    init(_ sdp: Span<UInt8>) {}
}

struct SIPURI {
    var user = ByteRange.absent
    var host = ByteRange.absent
    init(_ bytes: Span<UInt8>, in range: ByteRange) {}
}
