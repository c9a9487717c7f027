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
    var value: UInt32
    /// Index into the batch's packets, or with `extraBit` into its extra packets.
    var packet: UInt32
    var payloadOffset: UInt16
    var payloadLength: UInt16
    /// Worker, kind and flags, a byte each: what is plain is told by one comparison.
    private(set) var what: UInt32

    static let extraBit: UInt32 = 1 << 31

    @inline(__always)
    init(
        call: UInt32, packet: UInt32, value: UInt32, payloadOffset: UInt16 = 0, payloadLength: UInt16 = 0, what: UInt32
    ) {
        self.call = call
        self.value = value
        self.packet = packet
        self.payloadOffset = payloadOffset
        self.payloadLength = payloadLength
        self.what = what
    }

    @inline(__always)
    static func what(_ kind: Kind, for worker: UInt8, flags: UInt8 = 0) -> UInt32 {
        UInt32(worker) | UInt32(kind.rawValue) << 8 | UInt32(flags) << 16
    }

    var worker: UInt8 {
        @inline(__always) get { UInt8(truncatingIfNeeded: what) }
        set { what = what & ~0xff | UInt32(newValue) }
    }

    var kind: Kind {
        // Every value was put there by `what(_:for:flags:)`.
        @inline(__always) get { Kind(rawValue: UInt8(truncatingIfNeeded: what >> 8)) ?? .related }
    }

    var flags: UInt8 {
        @inline(__always) get { UInt8(truncatingIfNeeded: what >> 16) }
        set { what = what & 0xffff | UInt32(newValue) << 16 }
    }
}
