/// A media packet on its way to its call's file, one of many whose bytes lie in one arena.
@frozen
public struct MediaRecord {
    public var set: FileSetID
    /// Nanoseconds since the epoch.
    public var timestamp: Int64
    /// Place in the capture.
    public var position: UInt64
    /// Where its bytes are.
    public var offset: UInt32
    public var length: UInt32
    /// Length on the wire.
    public var originalLength: UInt32
    public var linkType: UInt32

    @inlinable
    public init(
        set: FileSetID, timestamp: Int64, position: UInt64, offset: UInt32, length: UInt32, originalLength: UInt32,
        linkType: UInt32
    ) {
        self.set = set
        self.timestamp = timestamp
        self.position = position
        self.offset = offset
        self.length = length
        self.originalLength = originalLength
        self.linkType = linkType
    }
}

extension CallFileWriter {
    /// What `append` does for each of the records in turn, at less cost: the tables are borrowed once for all of them.
    public mutating func append(media records: Span<MediaRecord>, in bytes: Span<UInt8>, pendingFloor: UInt64) {
        var next = 0
        while true {
            let before = next
            Self.append(
                records, from: &next, bytes, pendingFloor, nanoseconds: options.nanoseconds,
                longest: longestRecord, sets, &files, arena, &index, &counters.orderIndexRefused)
            counters.recordsAppended &+= UInt64(next &- before)
            guard next < records.count else { return }
            let record = records[next]
            append(
                record.set, kind: .media, linkType: record.linkType, timestamp: record.timestamp,
                originalLength: record.originalLength, position: record.position,
                bytes: bytes.extracting(record.range), pendingFloor: pendingFloor)
            next &+= 1
        }
    }

    private static func append(
        _ records: Span<MediaRecord>, from next: inout Int, _ bytes: Span<UInt8>, _ floor: UInt64, nanoseconds: Bool,
        longest: Int, _ sets: [FileSet], _ files: inout [OpenFile], _ arena: borrowing BufferArena,
        _ index: inout OrderIndex, _ refused: inout UInt64
    ) {
        var open = files.mutableSpan
        append(
            records, from: &next, bytes, floor, nanoseconds: nanoseconds, longest: longest, sets.span, &open, arena,
            &index, &refused)
    }

    /// Up to the first record that needs more than room in its file's buffer.
    @inline(never)
    private static func append(
        _ records: Span<MediaRecord>, from next: inout Int, _ bytes: Span<UInt8>, _ floor: UInt64, nanoseconds: Bool,
        longest: Int, _ sets: Span<FileSet>, _ files: inout MutableSpan<OpenFile>, _ arena: borrowing BufferArena,
        _ index: inout OrderIndex, _ refused: inout UInt64
    ) {
        var place = next
        defer { next = place }
        while place < records.count {
            let media = records[place]
            let slot = Int(media.set.index)
            guard slot < sets.count, sets[slot].generation == media.set.generation, Int(media.length) <= longest
            else { return }
            let file = Int(sets[slot].media)
            guard file >= 0 else { return }
            let record = CaptureRecord(
                kind: .media, linkType: media.linkType, timestamp: media.timestamp,
                originalLength: media.originalLength, position: media.position, floor: floor)
            guard
                files[file].append(
                    record, bytes.extracting(media.range), nanoseconds: nanoseconds, arena: arena, index: &index,
                    refused: &refused)
            else { return }
            place &+= 1
        }
    }
}

extension MediaRecord {
    @inline(__always)
    fileprivate var range: Range<Int> { Int(offset)..<Int(offset) &+ Int(length) }
}
