/// One thing a worker has to do, in capture order. Twenty bytes; what needs more is in the batch's side tables.
struct Action {
    enum Kind: UInt8 {
        /// `value` indexes `begins`.
        case begin
        /// A packet that carries signalling: to the file.
        case signalling
        /// A media packet; `value` is the flow's serial number, the payload range lies in the packet.
        case media
        /// ICMP errors that quote media: to the file with the media, no figures.
        case related
        /// RTCP, STUN, DTLS, ZRTP, UDPTL, keepalives: to the file with the media, and the worker looks inside. Never
        /// plain. `value` and the payload range are as for `media`.
        case besideRTP
        /// A media datagram that came in fragments; `value` indexes `datagrams`.
        case mediaDatagram
        /// `value` indexes `messages`: to the record.
        case message
        /// `-u`: the call is wanted from here on; what was held goes out.
        case select
        /// `-u`: the call is not wanted (it may still be, later): held media is dropped.
        case deselect
        /// `value` indexes `ends`.
        case end
    }

    /// The packet is a copy of one just seen through another interface, VLAN, MAC or TTL.
    static let copyFlag: UInt8 = 1
    /// Not surely of the stream that the last media packet of its flow was of, or not surely media like that.
    static let newFormatFlag: UInt8 = 2
    /// The call is not decided yet and the bound on what is kept back does not allow the packet: figures, but no file.
    static let refusedFlag: UInt8 = 4

    var call: UInt32
    /// Index into the batch's packets, or with `extraBit` into its extra packets.
    var packet: UInt32
    var value: UInt32
    var payloadOffset: UInt16
    var payloadLength: UInt16
    var worker: UInt8
    var kind: Kind
    var flags: UInt8

    static let extraBit: UInt32 = 1 << 31
}
