import Archive

/// When files are brought onto the disk with fsync(2).
public enum SynchronisePolicy: String, Sendable, CaseIterable { case never, finish, interval }

/// What finished files are compressed with.
public enum Compression: String, Sendable, CaseIterable { case none, gzip }

/// What becomes of files after their call: how long they stay, in what form, and who is told.
public struct KeepingOptions: Sendable, Equatable {
    /// Nanoseconds; 0: captures stay.
    public var retentionAge: Int64 = 0
    /// Bytes; 0: no limit.
    public var retentionSize = 0
    /// Bytes; 0: no floor.
    public var retentionFreeSpace = 0
    /// Nanoseconds; 0: old files of records stay.
    public var retentionRecordsAge: Int64 = 0
    /// Nanoseconds between two looks at the directory.
    public var retentionInterval: Int64 = 60_000_000_000
    /// Bytes after which a new `calls.jsonl` is begun; 0: never.
    public var recordLogSize = 0
    public var synchronise = SynchronisePolicy.never
    public var synchroniseInterval: Int64 = 5_000_000_000
    public var compression = Compression.none
    public var compressionLevel = 6
    /// Encrypt finished files with the key in this file.
    public var keyFile: String?
    public var pcapCommand: CommandTemplate?
    public var voipCommand: CommandTemplate?
    /// Nanoseconds after which a command is ended.
    public var commandTimeout: Int64 = 30_000_000_000
    public var commandConcurrency = 4
    /// Commands that wait for their turn.
    public var commandQueue = 1000

    public init() {}

    var rules: RetentionRules {
        var rules = RetentionRules()
        rules.age = retentionAge
        rules.bytes = UInt64(max(retentionSize, 0))
        rules.freeBytes = UInt64(max(retentionFreeSpace, 0))
        rules.recordsAge = retentionRecordsAge
        return rules
    }

    /// What finished files have behind `.pcap`.
    var suffix: String {
        (compression == .gzip ? FileName.gzipSuffix : "") + (keyFile == nil ? "" : FileName.encryptedSuffix)
    }

    /// Finished files need something more before they get their names.
    var leavesPending: Bool { compression != .none || keyFile != nil || synchronise == .finish }

    var hasHooks: Bool { pcapCommand != nil || voipCommand != nil }
}
