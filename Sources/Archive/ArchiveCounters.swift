/// Everything the archive wrote, and everything it refused or failed to do.
public struct ArchiveCounters: Sendable, Equatable {
    public var filesFinished: UInt64 = 0
    public var recordsAppended: UInt64 = 0
    /// write(2) calls of whole buffers and of records too large for a buffer.
    public var writes: UInt64 = 0
    public var bytesWritten: UInt64 = 0
    /// Flushes forced because another file needed the buffer.
    public var buffersTaken: UInt64 = 0
    /// Records written without a buffer, because none was to be had or the record is larger than any.
    public var writtenThrough: UInt64 = 0

    /// Records that came after one with a higher position.
    public var lateRecords: UInt64 = 0
    /// Of those, put in their place in a buffer.
    public var lateInserted: UInt64 = 0
    /// Files that were put in order when they were finished.
    public var filesReordered: UInt64 = 0
    /// Positions not remembered because of `orderIndexLimit` or `lateRecordLimit`.
    public var orderIndexRefused: UInt64 = 0
    /// Late records whose place is not known any more; their file is put in order by timestamp.
    public var orderedByTimestamp: UInt64 = 0
    /// Files that could not be put in order (I/O error, or too many late records even for `Reorder.passLimit`).
    public var reorderFailed: UInt64 = 0

    /// Records of undecided calls that did not fit `heldByteLimit`.
    public var heldRefused: UInt64 = 0
    /// Records cut to the snap length of the file header.
    public var cutToSnapLength: UInt64 = 0
    /// File sets that met an I/O error; later records for them are lost.
    public var setsFailed: UInt64 = 0
    /// File sets that went on when the disk could be written again.
    public var setsResumed: UInt64 = 0
    /// Records lost to I/O errors.
    public var recordsLost: UInt64 = 0
    /// Uses of a file set that was finished or discarded.
    public var staleSets: UInt64 = 0

    public init() {}

    /// Adds another worker's figures.
    public mutating func add(_ other: ArchiveCounters) {
        filesFinished += other.filesFinished
        recordsAppended += other.recordsAppended
        writes += other.writes
        bytesWritten += other.bytesWritten
        buffersTaken += other.buffersTaken
        writtenThrough += other.writtenThrough
        lateRecords += other.lateRecords
        lateInserted += other.lateInserted
        filesReordered += other.filesReordered
        orderIndexRefused += other.orderIndexRefused
        orderedByTimestamp += other.orderedByTimestamp
        reorderFailed += other.reorderFailed
        heldRefused += other.heldRefused
        cutToSnapLength += other.cutToSnapLength
        setsFailed += other.setsFailed
        setsResumed += other.setsResumed
        recordsLost += other.recordsLost
        staleSets += other.staleSets
    }
}
