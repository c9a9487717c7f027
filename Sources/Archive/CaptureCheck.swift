/// How far a capture file of ours is whole.
struct CaptureCheck: Equatable {
    private static let chunk = 256 << 10

    /// Where the last whole record ends.
    var end: UInt64
    var packets: UInt64 = 0
    var bytes: UInt64 = 0
    var firstTimestamp: Int64 = 0
    var lastTimestamp: Int64 = 0

    /// Reads a file from its beginning. Nil: not a capture as we write them.
    ///
    /// After a power cut a file may end in zeros that were never written, or in the middle of anything; the first record
    /// that cannot be one of ours ends the file.
    static func check(_ descriptor: Int32, size: UInt64) throws(SystemCall.Failure) -> CaptureCheck? {
        var buffer = [UInt8](repeating: 0, count: Int(min(UInt64(chunk), size)))
        var (filled, at, start) = (0, 0, UInt64(0))

        /// Moves the unread rest to the front and reads on; false when fewer than `count` bytes are left in the file.
        func fill(_ count: Int) throws(SystemCall.Failure) -> Bool {
            if filled - at >= count { return true }
            buffer.replaceSubrange(0..<(filled - at), with: Array(buffer[at..<filled]))
            start += UInt64(at)
            (filled, at) = (filled - at, 0)
            if buffer.count < count { buffer.append(contentsOf: repeatElement(0, count: count - buffer.count)) }
            while filled < buffer.count {
                let got = try SystemCall.read(
                    descriptor, into: &buffer, from: filled, at: Int64(start) + Int64(filled))
                if got == 0 { break }
                filled += got
            }
            return filled >= count
        }

        guard try fill(PcapFormat.fileHeaderLength) else {
            // Less than a file header: ours and empty, or a torn one of ours; nothing is lost with it.
            return CaptureCheck(end: 0)
        }
        let magic = buffer.littleEndianWord(at: 0)
        guard magic == PcapFormat.microsecondMagic || magic == PcapFormat.nanosecondMagic else {
            return buffer[..<PcapFormat.fileHeaderLength].allSatisfy { $0 == 0 } ? CaptureCheck(end: 0) : nil
        }
        let ticksPerSecond: UInt32 = magic == PcapFormat.nanosecondMagic ? 1_000_000_000 : 1_000_000
        let snapLength = min(buffer.littleEndianWord(at: 16), PcapFormat.longestRecord)
        at = PcapFormat.fileHeaderLength
        var result = CaptureCheck(end: UInt64(at))
        while try fill(PcapFormat.recordHeaderLength) {
            let (seconds, ticks) = (buffer.littleEndianWord(at: at), buffer.littleEndianWord(at: at + 4))
            let (captured, original) = (buffer.littleEndianWord(at: at + 8), buffer.littleEndianWord(at: at + 12))
            guard captured <= snapLength, captured <= original, ticks < ticksPerSecond,
                seconds | ticks | captured | original != 0
            else { break }
            let length = PcapFormat.recordHeaderLength + Int(captured)
            guard try fill(length) else { break }
            at += length
            let timestamp =
                Int64(seconds) * 1_000_000_000 + Int64(ticks) * (ticksPerSecond == 1_000_000 ? 1_000 : 1)
            if result.packets == 0 { result.firstTimestamp = timestamp }
            result.lastTimestamp = timestamp
            result.packets += 1
            result.bytes += UInt64(captured)
            result.end += UInt64(length)
        }
        return result
    }
}
