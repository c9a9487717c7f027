/// How per-call files are written; decided once for a run.
public struct CallFileOptions: Sendable, Equatable {
    /// Nanosecond magic and timestamps instead of microseconds.
    public var nanoseconds = false
    /// Written into every file header; longer records are cut to it and counted.
    public var snapLength: UInt32 = 262_144
    /// Bytes after which a call goes on in the next file; 0 = never. A file holds one record at least.
    public var maxFileSize: UInt64 = 0
    /// Finished files replace those of earlier runs.
    public var overwrite = false
    /// What the final names have behind `.pcap`, told in records; a later step makes it so (`PendingFiles`).
    public var finishedSuffix = ""
    /// Finished files wait for that step under their pending name.
    public var leavesPending = false
    /// Memory for the records of undecided calls, bytes in all.
    public var heldByteLimit = 16 << 20
    /// Record positions remembered for putting late records in their place, entries of 8 bytes in all.
    public var orderIndexLimit = 1 << 20
    /// Late records waiting for the end of their file, entries of 24 bytes in all.
    public var lateRecordLimit = 1 << 18

    public init() {}
}

/// What a record carries; decides the file when the name pattern has `{kind}`.
public enum RecordKind: UInt8, Sendable, BitwiseCopyable {
    case signalling
    case media
}

/// One call's files in a writer. Worthless after `finish` and `discard`, which is noticed.
@frozen
public struct FileSetID: Hashable, Sendable, BitwiseCopyable {
    @usableFromInline let index: UInt32
    @usableFromInline let generation: UInt32

    @inlinable
    init(index: UInt32, generation: UInt32) {
        self.index = index
        self.generation = generation
    }

    /// No set that there will ever be.
    @inlinable public static var none: FileSetID { FileSetID(index: .max, generation: 0) }
}

/// What a finished call left in the archive.
public struct FinishedFiles: Sendable, Equatable {
    /// Paths relative to the archive's directory: in the order of the first packet of each kind and link type, and each
    /// followed by its continuations.
    public var names: [String] = []
    /// Records in those files.
    public var packets: UInt64 = 0
    /// Captured bytes in those files, without headers.
    public var bytes: UInt64 = 0
    /// Records that an I/O error or a limit kept out of them.
    public var packetsLost: UInt64 = 0
    public var error: ArchiveError?

    public init() {}
}
