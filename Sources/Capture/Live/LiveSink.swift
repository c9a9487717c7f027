import CPcap
import Glibc

/// Where libpcap's callback puts packets: one copy from the kernel's ring to the arena.
///
/// Raw memory, because a C callback gets one pointer and is called per packet. All pointers are valid only inside
/// `LiveDevice.dispatch`.
@unsafe struct LiveSink {
    /// Free part of the batch's arena; `base` is the arena's first byte.
    var base: UnsafeMutableRawPointer
    var end: Int
    var capacity: Int
    /// Room for as many packets as the dispatch was allowed.
    var packets: UnsafeMutablePointer<CapturedPacket>
    var packetCapacity: Int
    var count = 0
    /// Nanoseconds in a unit of `tv_usec`.
    var fractionUnit: Int64
    var interface: UInt16
    var handle: OpaquePointer
    /// The packet that did not fit. The dispatch is ended at once, so that there is only one.
    var overflow: [UInt8] = []
    var overflowPacket: CapturedPacket?
    /// Packets that came after the one that did not fit; libpcap on Linux does not do that.
    var lost: UInt64 = 0

    /// `pcap_handler` (https://www.tcpdump.org/manpages/pcap_loop.3pcap.html).
    static let callback: pcap_handler = { user, header, bytes in
        guard let user = unsafe user, let header = unsafe header, let bytes = unsafe bytes else { return }
        let sink = unsafe UnsafeMutableRawPointer(user).assumingMemoryBound(to: LiveSink.self)
        let length = Int(unsafe header.pointee.caplen)
        let time = unsafe header.pointee.ts
        // A kernel's clock, not a file's claim: far from overflow, and wrapping rather than trapping if not.
        let unit = unsafe sink.pointee.fractionUnit
        let timestamp = Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_usec) &* unit
        var packet = CapturedPacket(
            timestamp: timestamp, offset: UInt32(truncatingIfNeeded: unsafe sink.pointee.end),
            capturedLength: unsafe header.pointee.caplen, originalLength: unsafe header.pointee.len,
            interface: unsafe sink.pointee.interface)
        if unsafe sink.pointee.overflowPacket != nil {
            unsafe sink.pointee.lost &+= 1
        } else if unsafe sink.pointee.count >= sink.pointee.packetCapacity
            || length > sink.pointee.capacity - sink.pointee.end
        {
            packet.offset = 0
            unsafe sink.pointee.overflow = Array(UnsafeBufferPointer(start: bytes, count: length))
            unsafe sink.pointee.overflowPacket = packet
            unsafe pcap_breakloop(sink.pointee.handle)
        } else {
            unsafe sink.pointee.base.advanced(by: sink.pointee.end).copyMemory(from: bytes, byteCount: length)
            unsafe sink.pointee.packets.advanced(by: sink.pointee.count).initialize(to: packet)
            unsafe sink.pointee.end &+= length
            unsafe sink.pointee.count &+= 1
        }
    }
}
