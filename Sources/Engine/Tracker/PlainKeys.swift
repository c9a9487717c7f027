import Capture
import PacketDecoding
import Tables

/// What the tracker has to know of a plain RTP packet, all that is in its bytes: to find its flow, to recognise a copy
/// of it, and to hand it on.
struct PlainKey: BitwiseCopyable {
    /// As `PlainUDP` has them.
    var addresses: UInt64 = 0
    var ports: UInt32 = 0
    /// Where the flow is looked for.
    var place: UInt32 = 0
    var fingerprint: UInt64 = 0
    var path: UInt32 = 0
    /// The flow's, once it has been found.
    var slot: UInt32 = 0
    /// What an RTP header says of the stream: SSRC, marker and payload type. All but the lowest byte is the SSRC.
    var format: UInt64 = 0
    var payloadLength: UInt16 = 0

    /// RTP's marker bit in `format`.
    static let marker: UInt64 = 0x80

    /// Of a datagram's payload that is RTP, as far as its length allows.
    @inline(__always)
    static func format(_ payload: RawSpan) -> UInt64 {
        guard payload.byteCount >= 12 else { return Flow.noFormat }
        return UInt64(payload.load32(8)) << 8 | UInt64(payload.load32(0) >> 8 & 0xff)
    }
}

/// The keys of the next few packets of a batch.
///
/// Reading a packet and looking up its flow take turns by the dozen instead of by the packet: either loop has few values
/// to keep, and they stay in registers.
struct PlainKeys: ~Copyable {
    static let capacity = 128

    private var keys = OwnedTable<PlainKey>()
    /// Number of the first packet, and of the one behind the last, whose key is here.
    private(set) var first = 0
    private(set) var end = 0

    init() {
        for _ in 0..<PlainKeys.capacity { keys.append(PlainKey()) }
    }

    /// A new batch begins.
    mutating func forget() {
        first = 0
        end = 0
    }

    /// Reads packets from number `next` on until one is not plain, unless that has been done. False: `next` is not plain.
    mutating func read(
        from next: Int, _ packets: [CapturedPacket], _ bytes: [UInt8]
    ) -> Bool {
        if next >= first, next < end { return true }
        guard next >= 0, next < packets.count else { return false }
        let last = min(packets.count, next + PlainKeys.capacity)
        first = next
        end = unsafe keys.withElements { keys in
            unsafe next + PlainKeys.read(packets.span.extracting(next..<last), bytes.span.bytes, keys)
        }
        return end > next
    }

    /// The keys from packet `next` on, which `read` has found.
    @inline(__always)
    mutating func withKeys<Result>(
        from next: Int, _ body: (UnsafeMutableBufferPointer<PlainKey>) -> Result
    ) -> Result {
        let range = next - first..<end - first
        return unsafe keys.withElements { unsafe body(UnsafeMutableBufferPointer(rebasing: $0[range])) }
    }

    /// Returns how many packets were plain, and have their keys now.
    @inline(never)
    private static func read(
        _ packets: Span<CapturedPacket>, _ bytes: RawSpan, _ keys: UnsafeMutableBufferPointer<PlainKey>
    ) -> Int {
        guard packets.count <= keys.count, let output = keys.baseAddress else { return 0 }
        var place = 0
        while place < packets.count {
            // Not negative, and the loop's condition holds.
            let packet = unsafe packets[unchecked: place]
            let end = Int(packet.offset) &+ Int(packet.capturedLength)
            guard end <= bytes.byteCount else { break }
            // Both are 32-bit numbers, and the end has just been compared.
            let frame = unsafe bytes.extracting(unchecked: Int(packet.offset)..<end)
            guard let datagram = PlainUDP(frame), datagram.payloadLength >= 20 else { break }
            let head = frame.load32(PlainUDP.payloadOffset)
            // RTP begins with version 2, and so does RTCP, whose second byte is 192 to 223 (RFC 5761 section 4). 0 marks
            // the flows that are not IPv4.
            guard head & 0xc0 == 0x80, head & 0xe000 != 0xc000, datagram.addresses != 0 else { break }
            // There are as many keys as packets.
            unsafe output[place] = PlainKey(
                addresses: datagram.addresses, ports: datagram.ports,
                place: Flow.place(datagram.addresses, datagram.ports),
                fingerprint: Tracker.fingerprint(
                    frame, from: PlainUDP.payloadOffset, count: datagram.payloadLength),
                path: Tracker.path(frame, Int(packet.interface), 14, datagram.hopLimit),
                format: UInt64(frame.load32(PlainUDP.payloadOffset + 8)) << 8 | UInt64(head >> 8 & 0xff),
                payloadLength: UInt16(truncatingIfNeeded: datagram.payloadLength))
            place &+= 1
        }
        return place
    }
}

extension RawSpan {
    /// The four bytes at an offset, the first in the lowest place; traps past the end.
    @inline(__always)
    fileprivate func load32(_ offset: Int) -> UInt32 {
        unsafe UInt32(littleEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
    }
}
