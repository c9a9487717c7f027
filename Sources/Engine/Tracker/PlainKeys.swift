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
        return format(payload.load32(0), ssrc: payload.load32(8))
    }

    /// Of the first and the third four bytes of the header, as they lie in the packet.
    @inline(__always)
    fileprivate static func format(_ head: UInt32, ssrc: UInt32) -> UInt64 {
        UInt64(ssrc) << 8 | UInt64(head >> 8 & 0xff)
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
        // That the bytes have an address is said here once instead of found out for each packet.
        guard packets.count <= keys.count, let output = keys.baseAddress,
            unsafe bytes.withUnsafeBytes({ unsafe $0.baseAddress != nil })
        else { return 0 }
        var place = 0
        while place < packets.count {
            // Not negative, and the loop's condition holds.
            let packet = unsafe packets[unchecked: place]
            let end = Int(packet.offset) &+ Int(packet.capturedLength)
            guard end <= bytes.byteCount else { break }
            // Both are 32-bit numbers, and the end has just been compared.
            let frame = unsafe bytes.extracting(unchecked: Int(packet.offset)..<end)
            guard packet.originalLength == packet.capturedLength, let datagram = PlainUDP(frame) else { break }
            let payload = datagram.payload
            // RTP begins with version 2, and so does RTCP, whose second byte is 192 to 223 (RFC 5761 section 4).
            let head = payload.load32(0)
            let difference = head ^ 0xc080
            guard difference & 0xc0 == 0, difference & 0xe000 != 0 else { break }
            // There are as many keys as packets. Each value is stored as soon as it is known: registers are few.
            let key = unsafe output + place
            unsafe key.pointee.payloadLength = UInt16(truncatingIfNeeded: payload.byteCount)
            unsafe key.pointee.format = PlainKey.format(head, ssrc: payload.load32(8))
            unsafe key.pointee.fingerprint = Tracker.fingerprint(payload)
            unsafe key.pointee.path = Flow.plain(
                Tracker.path(frame, Int(packet.interface), 14, datagram.hopLimit))
            let (addresses, ports) = (datagram.addresses, datagram.ports)
            unsafe key.pointee.addresses = addresses
            unsafe key.pointee.ports = ports
            unsafe key.pointee.place = Flow.place(addresses, ports)
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
