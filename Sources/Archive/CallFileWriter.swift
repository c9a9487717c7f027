import Tables

/// Writes the captures of one worker's calls: for each call a set of files, through buffers that share one budget.
///
/// Not shared between threads. `append` copies a record into its file's buffer; a full buffer costs open, write and close,
/// so no descriptor is kept per file and any number of calls can be open. Only whole records reach a file, and an open
/// file's name ends in `.partial`, so what a killed process leaves is readable and recognisable.
///
/// The order of a finished file is that of the capture, whatever the order of the appends: see `append`.
public struct CallFileWriter: ~Copyable {
    let directory: ArchiveDirectory
    let options: CallFileOptions
    public internal(set) var counters = ArchiveCounters()
    /// Wall time in nanoseconds as the caller last told it; only `flushAll(olderThan:)` compares with it.
    public var wallTime: Int64 = 0
    /// Sets that are open or held.
    public internal(set) var openSets = 0
    /// Bytes charged for held sets, never above `CallFileOptions.heldByteLimit`.
    public internal(set) var heldBytes = 0

    var arena: BufferArena
    var index: OrderIndex
    var directories: DirectoryCache
    var sets: [FileSet] = []
    var setDetails: [FileSetDetails] = []
    var freeSets: [Int32] = []
    var files = OwnedTable<OpenFile>()
    var fileDetails: [OpenFileDetails] = []
    var freeFiles: [Int32] = []
    var openFiles = 0
    var lateRecords = 0
    /// Files with a buffer, the one that has waited longest first.
    var oldestBuffered = OpenFile.none
    var newestBuffered = OpenFile.none
    let longestRecord: Int
    /// Largest record stream of a part.
    let partLimit: UInt64

    /// - Parameter bufferBudget: bytes that the buffers of all open files may take together. Below 1 KiB every record is
    ///   written at once.
    public init(directory: ArchiveDirectory, options: CallFileOptions, bufferBudget: Int) {
        self.directory = directory
        self.options = options
        arena = BufferArena(budget: bufferBudget)
        index = OrderIndex(entryLimit: options.orderIndexLimit)
        directories = DirectoryCache(root: directory.descriptor)
        longestRecord = Int(min(options.snapLength, PcapFormat.longestRecord))
        let header = UInt64(PcapFormat.fileHeaderLength)
        partLimit = options.maxFileSize == 0 ? .max / 2 : max(options.maxFileSize, header + 1) - header
    }

    /// Bytes of buffers in use, and the most there were.
    public var bufferBytes: Int { arena.used }
    public var peakBufferBytes: Int { arena.peakUsed }

    /// Begins a call's files. Nothing is on disk before the first flush.
    ///
    /// - Parameter held: keep everything in memory until `release` or `discard`.
    public mutating func open(stem: FileStem, held: Bool) -> FileSetID {
        let slot: Int32
        if let free = freeSets.popLast() {
            slot = free
        } else {
            slot = Int32(sets.count)
            sets.append(FileSet())
            setDetails.append(FileSetDetails())
        }
        let at = Int(slot)
        sets[at] = FileSet(generation: sets[at].generation, state: held ? .held : .open)
        setDetails[at] = FileSetDetails(stem: stem)
        openSets += 1
        return FileSetID(index: UInt32(slot), generation: sets[at].generation)
    }

    /// Adds a packet to a call's file.
    ///
    /// Cost: about 120 instructions and the copy, 90 more while `pendingFloor` lies behind the file's last record; unless
    /// the buffer is full, the record is late or its file is new.
    ///
    /// - Parameters:
    ///   - timestamp: nanoseconds since the epoch.
    ///   - originalLength: length on the wire; `bytes` may be fewer.
    ///   - position: place in the capture. A record with a lower position than its predecessors is put in its place: at
    ///     once while that is in the buffer, else when the file is finished.
    ///   - pendingFloor: no record with a lower position will ever be appended to this set. The sooner it follows
    ///     `position`, the fewer positions have to be remembered.
    public mutating func append(
        _ set: FileSetID, kind: RecordKind, linkType: UInt32, timestamp: Int64, originalLength: UInt32,
        position: UInt64, bytes: Span<UInt8>, pendingFloor: UInt64
    ) {
        let slot = Int(set.index)
        guard slot < sets.count, sets[slot].generation == set.generation else {
            counters.staleSets += 1
            return
        }
        let file = Int(kind == .signalling ? sets[slot].signalling : sets[slot].media)
        guard file >= 0, files[file].accepts(linkType, position, bytes.count, longest: longestRecord) else {
            // The record's figures are put together here only: on the way below they stay in registers.
            appendSlowly(slot, kind, linkType, timestamp, originalLength, position, bytes, pendingFloor)
            return
        }
        if pendingFloor > files[file].lastPosition, files[file].index.isEmpty {
            // Nothing can come before the last record any more, so nothing has to be known about it and earlier ones.
            files[file].index.unknownBelow = files[file].lastPosition
        } else {
            remember(file, floor: pendingFloor)
        }
        counters.recordsAppended &+= 1
        unsafe CaptureRecord.store(
            timestamp, originalLength, bytes, nanoseconds: options.nanoseconds,
            at: arena.memory(at: files[file].advance(position, bytes.count)))
    }
}
