import PacketDecoding
import Tables

/// The records of a classic capture file (https://www.tcpdump.org/manpages/pcap-savefile.5.html).
struct ClassicParser {
    /// How the two lengths of a record are stored; old versions had them the other way round (libpcap, sf-pcap.c).
    enum LengthOrder { case capturedFirst, originalFirst, unknown }

    /// The one there is; an array because it is asked for as one with every batch.
    let interfaces: [CaptureInterface]
    /// The file's byte order is not the machine's.
    let isSwapped: Bool
    /// Nanoseconds in a unit of the fraction field: 1 or 1000.
    let fractionUnit: Int64
    /// 16, or 24 in files of Kuznetzov's patched libpcap.
    let headerBytes: Int
    let lengthOrder: LengthOrder
    let recordLimit: UInt32

    /// Appends the complete records of `bytes[start..<end]`, until there are `limit` packets.
    func parse(
        _ bytes: RawSpan, from start: Int, to end: Int, into packets: inout [CapturedPacket], limit: Int
    ) -> ParseStep {
        var position = start
        var stop = ParseStep.Stop.limit
        guard packets.count < limit else { return ParseStep(position: position, stop: stop) }
        let end = min(end, bytes.byteCount)
        let lastHeader = end - headerBytes
        let most = min(limit - packets.count, max(end - start, 0) / headerBytes + 1)
        let isUnusual = isSwapped || lengthOrder != .capturedFirst || headerBytes != RecordHeaders.length
        var recordHeaders = isUnusual ? RecordHeaders.none : fractionUnit == 1 ? .nanoseconds : .microseconds
        packets.append(addingCapacity: most) { (output: inout OutputSpan<CapturedPacket>) in
            if !isUnusual { position = parseUsual(bytes, from: position, to: end, into: &output) }
            while output.freeCapacity > 0 {
                guard position <= lastHeader else {
                    stop = .needs(headerBytes)
                    return
                }
                // One load of the four fields, one bounds check.
                var header = unsafe bytes.unsafeLoadUnaligned(fromByteOffset: position, as: SIMD4<UInt32>.self)
                if isUnusual { header = normalised(header) }
                let length = header[2]
                guard length <= recordLimit else {
                    stop = .damage(
                        "a record claims to be longer than any packet", needed: UInt64(length),
                        available: UInt64(recordLimit))
                    return
                }
                let next = position &+ headerBytes &+ Int(length)
                guard next <= end else {
                    stop = .needs(next &- position)
                    return
                }
                // What `parseUsual` left has a time that is put differently in other files.
                recordHeaders = .none
                // 2^32 seconds and 2^32 units are less than 2^63 ns.
                let time = Int64(header[0]) &* 1_000_000_000 &+ Int64(header[1]) &* fractionUnit
                output.append(
                    CapturedPacket(
                        timestamp: time, offset: UInt32(truncatingIfNeeded: position &+ headerBytes),
                        capturedLength: length, originalLength: header[3], interface: 0))
                position = next
            }
        }
        return ParseStep(position: position, stop: stop, recordHeaders: recordHeaders)
    }

    /// Records as nearly all files have them: in the machine's byte order, with a header of 16 bytes, and less than a second
    /// in the fraction. Returns where the first one begins that is none, is not complete, or has no place.
    @inline(never)
    private func parseUsual(
        _ bytes: RawSpan, from start: Int, to end: Int, into output: inout OutputSpan<CapturedPacket>
    ) -> Int {
        let (unit, recordLimit) = (UInt64(fractionUnit), UInt64(recordLimit))
        let unitsPerSecond = 1_000_000_000 / unit
        let lastHeader = end - RecordHeaders.length
        var position = start
        guard start >= 0, end <= bytes.byteCount else { return start }
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe output.withUnsafeMutableBufferPointer { (free, used) in
                guard let base = bytes.baseAddress, let first = free.baseAddress else { return }
                var packet = unsafe first + used
                let last = unsafe first + free.count
                // Both loads lie before `end`, and there is room for the packet.
                while unsafe packet < last, position <= lastHeader {
                    let times = unsafe (base + position).loadUnaligned(as: UInt64.self).littleEndian
                    let lengths = unsafe (base + position).loadUnaligned(fromByteOffset: 8, as: UInt64.self)
                        .littleEndian
                    let captured = lengths & 0xffff_ffff
                    let offset = position &+ RecordHeaders.length
                    let next = offset &+ Int(truncatingIfNeeded: captured)
                    guard captured <= recordLimit, next <= end, times >> 32 < unitsPerSecond else { break }
                    let time = (times & 0xffff_ffff) &* 1_000_000_000 &+ (times >> 32) &* unit
                    unsafe packet.initialize(
                        to: CapturedPacket(
                            timestamp: Int64(bitPattern: time), offset: UInt32(truncatingIfNeeded: offset),
                            capturedLength: UInt32(truncatingIfNeeded: captured),
                            originalLength: UInt32(truncatingIfNeeded: lengths >> 32), interface: 0))
                    unsafe packet += 1
                    // Where a header is, the one before says. Most records are as long as the one before, so this is where
                    // one will be in a while; what the kernel has copied is not in the nearest cache.
                    unsafe Prefetch.line(at: base + (next &+ 4 &* (next &- position)))
                    position = next
                }
                used = unsafe packet - first
            }
        }
        return position
    }

    /// The four fields in the machine's byte order, captured length before original length.
    private func normalised(_ fields: SIMD4<UInt32>) -> SIMD4<UInt32> {
        var header = fields
        if isSwapped {
            for index in header.indices { header[index] = header[index].byteSwapped }
        }
        guard lengthOrder == .originalFirst || (lengthOrder == .unknown && header[2] > header[3]) else { return header }
        return SIMD4(header[0], header[1], header[3], header[2])
    }
}
