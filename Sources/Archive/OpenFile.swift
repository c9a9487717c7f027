/// What `append` needs to know of an open file: plain numbers, changed in place.
///
/// A file's records form one stream over all its parts (`maxFileSize`); offsets count the bytes of that stream, without
/// file headers. The buffer holds the stream's end, behind the file header when the part has not reached the disk yet. It is
/// a chain of blocks, each with whole records.
struct OpenFile: BitwiseCopyable {
    static let none: Int32 = -1

    // Two cache lines, and all that a record looks at is in the first.
    /// Where in the arena the next record goes, and up to where records may go before the block or the part is full. The
    /// same without a buffer.
    private(set) var place = 0
    private var limit = 0
    /// Position of the record with the highest position.
    var lastPosition: UInt64 = 0
    /// Where in the arena that one begins.
    private var lastPlace = 0
    var packets: UInt64 = 0
    var index = OrderIndex.List()
    var linkType: UInt32 = 0
    /// The file set, and its next file.
    var set: Int32 = OpenFile.none
    /// What an offset in the stream has more than a place in the arena.
    private var base: UInt64 = 0
    /// Where in the stream the buffer's first record begins: everything before is on disk.
    var bufferStart: UInt64 = 0
    /// Where in the stream the current part begins.
    var partStart: UInt64 = 0
    var bufferedSince: Int64 = 0
    var next: Int32 = OpenFile.none
    /// Neighbours in the list of files with a buffer, oldest first; since `bufferedSince` this one has had it.
    var newer: Int32 = OpenFile.none
    var older: Int32 = OpenFile.none
    /// The buffer's first block and its last, which takes the records.
    var firstBlock = BufferArena.Block.none
    var block = BufferArena.Block.none
    var kind = RecordKind.signalling
    /// File header bytes in front of the buffer's records.
    var headerBytes: UInt8 = 0

    /// Bytes the next record may take before block or part is full; 0 without a buffer.
    var room: Int {
        get { limit - place }
        set { limit = place + newValue }
    }

    /// Bytes in the last block, file header included. Setting it leaves `endOffset` and `lastOffset`, and takes the room.
    var used: Int {
        get { place - blockStart }
        set {
            let moved = blockStart + newValue - place
            place += moved
            limit = place
            lastPlace += moved
            base &-= UInt64(bitPattern: Int64(moved))
        }
    }

    private var blockStart: Int { hasBuffer ? block.byteOffset : 0 }

    /// Length of the record stream, buffer included. Setting it leaves the buffer and `lastOffset`.
    var endOffset: UInt64 {
        get { base &+ UInt64(bitPattern: Int64(place)) }
        set {
            let last = lastOffset
            base = newValue &- UInt64(bitPattern: Int64(place))
            lastOffset = last
        }
    }

    /// Offset of the record with the highest position.
    var lastOffset: UInt64 {
        get { base &+ UInt64(bitPattern: Int64(lastPlace)) }
        set { lastPlace = Int(Int64(bitPattern: newValue &- base)) }
    }

    /// The record has the link type of the one before, is not late, and need not be cut.
    @inline(__always)
    func mayTake(_ linkType: UInt32, _ position: UInt64, _ captured: Int, longest: Int) -> Bool {
        linkType == self.linkType && position >= lastPosition && captured <= longest
    }

    /// Besides, it fits the buffer (0 bytes of room: there is none).
    @inline(__always)
    func accepts(_ linkType: UInt32, _ position: UInt64, _ captured: Int, longest: Int) -> Bool {
        mayTake(linkType, position, captured, longest: longest)
            && place &+ captured &+ PcapFormat.recordHeaderLength <= limit
    }

    /// Accounts for an accepted record; returns where in the arena it goes.
    @inline(__always)
    mutating func advance(_ position: UInt64, _ captured: Int) -> Int {
        let start = place
        place = start &+ captured &+ PcapFormat.recordHeaderLength
        lastPosition = position
        lastPlace = start
        packets &+= 1
        return start
    }

    /// Bytes that the current part may still take.
    func partRest(of partLimit: UInt64) -> UInt64 { partLimit - min(partLimit, endOffset - partStart) }

    var hasBuffer: Bool { block.unit != OpenFile.none }
    /// Bytes in the buffer, file header included.
    var buffered: Int { Int(headerBytes) + Int(endOffset - bufferStart) }
}

/// What is needed only when a file is flushed, ordered or finished.
struct OpenFileDetails {
    /// A part that has reached the disk: where in the stream it begins, and the number that made its name unique.
    struct Part {
        var start: UInt64
        var attempt: Int
    }

    /// A record that lies behind others with higher positions: which one it belongs in front of, and where it is.
    struct LateRecord {
        var before: UInt64
        var position: UInt64
        var offset: UInt64
    }

    var parts: [Part] = []
    /// The last part's name as long as it is open, so that a flush need not put it together.
    var openName = ArchivePath.none
    /// Number of the current part; `parts.count` when it is not on disk yet.
    var part = 0
    var late: [LateRecord] = []
    var orderByTimestamp = false
    var showsLinkType = false
}

struct FileSet {
    enum State: UInt8 {
        case free
        case held
        case open
        case failed
    }

    var generation: UInt32 = 0
    var state = State.free
    /// The files the last record of either kind went to; `OpenFile.none` sends `append` the slow way.
    var signalling: Int32 = OpenFile.none
    var media: Int32 = OpenFile.none
    var firstFile: Int32 = OpenFile.none
    var lastFile: Int32 = OpenFile.none
}

struct FileSetDetails {
    var stem = FileStem(bytes: [])
    var held = HeldRecords()
    var packets: UInt64 = 0
    var bytes: UInt64 = 0
    var packetsLost: UInt64 = 0
    var error: ArchiveError?
}
