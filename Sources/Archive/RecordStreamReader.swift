import Glibc

/// Reads the records of an open file's parts back, as one stream and with one descriptor and one buffer.
struct RecordStreamReader: ~Copyable {
    struct Part {
        /// Where in the stream it begins.
        var start: UInt64
        var path: [UInt8]
    }

    struct Record {
        /// In the stream.
        var offset: UInt64
        /// Seconds in the upper, ticks in the lower half.
        var time: UInt64
        /// Header and bytes, in `buffer`.
        var range: Range<Int>
    }

    private let parts: [Part]
    private let end: UInt64
    /// Least that is read at once.
    private let chunk: Int
    private var part = -1
    private var descriptor: Int32 = -1
    /// Stream offset of the next record, and of the buffer's first byte.
    private var offset: UInt64 = 0
    private var bufferStart: UInt64 = 0
    private(set) var buffer: [UInt8] = []

    init(parts: [Part], end: UInt64, chunk: Int) {
        self.parts = parts
        self.end = end
        self.chunk = chunk
    }

    deinit { if descriptor >= 0 { SystemCall.close(descriptor) } }

    mutating func seek(to offset: UInt64) { self.offset = offset }

    /// The next record, or nil at the end of the stream.
    mutating func next(in directories: inout DirectoryCache) throws(ArchiveError) -> Record? {
        guard offset < end else { return nil }
        let header = PcapFormat.recordHeaderLength
        var at = try fill(header, &directories)
        let captured = buffer.littleEndianWord(at: at + 8)
        guard captured <= PcapFormat.longestRecord else { throw damaged() }
        let length = header + Int(captured)
        at = try fill(length, &directories)
        let seconds = UInt64(buffer.littleEndianWord(at: at))
        let record = Record(
            offset: offset, time: seconds << 32 | UInt64(buffer.littleEndianWord(at: at + 4)),
            range: at..<(at + length))
        offset += UInt64(length)
        return record
    }

    /// Sees to `count` bytes in the buffer from the current offset; returns where they begin.
    private mutating func fill(_ count: Int, _ directories: inout DirectoryCache) throws(ArchiveError) -> Int {
        if offset >= bufferStart, offset - bufferStart <= UInt64(buffer.count) {
            let at = Int(offset - bufferStart)
            if buffer.count - at >= count { return at }
        }
        try select(&directories)
        // A record does not pass its part's end, so neither need the read.
        let partEnd = part + 1 < parts.count ? min(parts[part + 1].start, end) : end
        guard UInt64(count) <= partEnd - offset else { throw damaged() }
        let wanted = Int(min(UInt64(max(count, chunk)), partEnd - offset))
        let position = offset - parts[part].start + UInt64(PcapFormat.fileHeaderLength)
        if buffer.count != wanted { buffer = Array(repeating: 0, count: wanted) }
        bufferStart = offset
        var filled = 0
        while filled < wanted {
            let got: Int
            do throws(SystemCall.Failure) {
                got = try SystemCall.read(descriptor, into: &buffer, from: filled, at: Int64(position) + Int64(filled))
            } catch {
                throw ArchiveError(.read, path: path, systemError: error.code)
            }
            guard got > 0 else { break }
            filled += got
        }
        buffer.removeLast(wanted - filled)
        guard filled >= count else { throw damaged() }
        return 0
    }

    /// Opens the part that holds the current offset.
    private mutating func select(_ directories: inout DirectoryCache) throws(ArchiveError) {
        if part >= 0, parts[part].start <= offset, part + 1 == parts.count || offset < parts[part + 1].start { return }
        guard let index = parts.lastIndex(where: { $0.start <= offset }) else { throw damaged() }
        if descriptor >= 0 { SystemCall.close(descriptor) }
        (descriptor, part) = (-1, index)
        do throws(SystemCall.Failure) {
            descriptor = try directories.with(parts[index].path) { (directory, name) throws(SystemCall.Failure) in
                try SystemCall.open(at: directory, name, O_RDONLY)
            }
        } catch {
            throw ArchiveError(.read, path: path, systemError: error.code)
        }
    }

    private var path: String { String(decoding: parts[max(part, 0)].path, as: UTF8.self) }
    private func damaged() -> ArchiveError { ArchiveError(.read, path: parts.isEmpty ? "" : path, systemError: EIO) }
}

extension Array where Element == UInt8 {
    /// Four bytes as a little-endian number; the caller knows that they are there.
    func littleEndianWord(at offset: Int) -> UInt32 {
        UInt32(self[offset]) | UInt32(self[offset + 1]) << 8 | UInt32(self[offset + 2]) << 16
            | UInt32(self[offset + 3]) << 24
    }
}
