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
        var run = MediaRun(floor: pendingFloor, longest: longestRecord, nanoseconds: options.nanoseconds)
        while true {
            let before = run.next
            Self.append(&run, records, bytes, sets, &files, arena, &index)
            counters.recordsAppended &+= UInt64(run.next &- before)
            guard run.next < records.count else { break }
            let record = records[run.next]
            append(
                record.set, kind: .media, linkType: record.linkType, timestamp: record.timestamp,
                originalLength: record.originalLength, position: record.position,
                bytes: bytes.extracting(record.range), pendingFloor: pendingFloor)
            run.next &+= 1
        }
        counters.orderIndexRefused &+= run.refused
    }

    private static func append(
        _ run: inout MediaRun, _ records: Span<MediaRecord>, _ bytes: Span<UInt8>, _ sets: [FileSet],
        _ files: inout OwnedTable<OpenFile>, _ arena: borrowing BufferArena, _ index: inout OrderIndex
    ) {
        unsafe run.append(records, bytes.bytes, sets.span, &files, arena, &index)
    }
}

/// A run of media records: where it is, and what all of them have in common.
private struct MediaRun {
    var next = 0
    /// Records that got no place in the order index.
    var refused: UInt64 = 0
    let floor: UInt64
    let longest: Int
    let nanoseconds: Bool

    init(floor: UInt64, longest: Int, nanoseconds: Bool) {
        self.floor = floor
        self.longest = longest
        self.nanoseconds = nanoseconds
    }

    /// Up to the first record that needs more than room in its file's buffer.
    @inline(never)
    mutating func append(
        _ records: Span<MediaRecord>, _ bytes: RawSpan, _ sets: Span<FileSet>, _ files: inout OwnedTable<OpenFile>,
        _ arena: borrowing BufferArena, _ index: inout OrderIndex
    ) {
        // Packets come many to a second: its beginning is remembered instead of divided for.
        var second = PcapFormat.Second()
        let (floor, longest, nanoseconds) = (floor, longest, nanoseconds)
        var place = next
        defer { next = place }
        guard place >= 0 else { return }
        while place < records.count {
            // Not negative, and the loop's condition holds.
            let media = unsafe records[unchecked: place]
            let slot = Int(media.set.index)
            let end = Int(media.offset) &+ Int(media.length)
            guard slot < sets.count, end <= bytes.byteCount else { return }
            // Not negative, and less than the count.
            let set = unsafe sets[unchecked: slot]
            guard set.generation == media.set.generation, set.media >= 0 else { return }
            let captured = Int(media.length)
            let accepted = files[Int(set.media)].accept(
                media.linkType, media.position, captured, longest: longest, floor: floor, &index, &refused)
            guard let start = accepted else { return }
            let time = second.split(media.timestamp, nanoseconds: nanoseconds)
            // The range's end has been compared with the count, and `accept` has found room in the file's buffer for the
            // header and all of the bytes.
            unsafe CaptureRecord.store(
                time, media.originalLength, bytes.extracting(unchecked: Int(media.offset)..<end),
                at: arena.memory(at: start))
            place &+= 1
        }
    }
}

extension MediaRecord {
    @inline(__always)
    fileprivate var range: Range<Int> { Int(offset)..<Int(offset) &+ Int(length) }
}
