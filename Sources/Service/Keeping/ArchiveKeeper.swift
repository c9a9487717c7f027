import Archive
import Calls
import Engine
import Sealing

/// Everything that happens to files behind the packet path: each part has its own thread, and none is there that nothing was
/// asked of.
final class ArchiveKeeper: Sendable {
    private let directory: ArchiveDirectory?
    private let options: KeepingOptions
    private let pending: PendingFiles?
    private let hooks: Hooks?
    private let finishing: FinishingThread?
    private let watch: ArchiveWatch?
    private let retention: RetentionThread?

    /// - Parameter key: of `encrypt_key_file`.
    init(_ request: SniffRequest, _ directory: ArchiveDirectory?, _ key: SealingKey?) throws(CommandError) {
        self.directory = directory
        options = request.keeping
        let isLive = request.capture.isLive
        hooks = options.hasHooks ? Hooks(options) : nil
        if let directory {
            let (options, synchronises) = (request.keeping, request.keeping.synchronise == .finish)
            var transform: (@Sendable () throws -> any FileTransform)?
            if !options.suffix.isEmpty { transform = { try SealingTransform(options, key) } }
            pending = PendingFiles(
                directory, suffix: options.suffix, synchronises: synchronises, transform: transform)
        } else {
            pending = nil
        }
        let isNeeded = options.hasHooks || (directory != nil && options.leavesPending)
        finishing = isNeeded ? FinishingThread(options, directory, pending, hooks, isLive: isLive) : nil
        if let directory, isLive {
            watch = ArchiveWatch(directory, options)
            retention = try Self.retention(directory, options)
        } else {
            watch = nil
            retention = nil
        }
    }

    private static func retention(
        _ directory: ArchiveDirectory, _ options: KeepingOptions
    ) throws(CommandError) -> RetentionThread? {
        guard !options.rules.isEmpty else { return nil }
        guard directory.isOurs else {
            throw CommandError(
                "retention would delete in a directory that lc has not made", at: directory.path,
                remedy:
                    "use an empty directory with --output-dir, or write '\(ArchiveDirectory.mark.dropLast())' into its "
                    + "\(ArchiveDirectory.lockName) if every capture in it may be deleted",
                exitStatus: .configuration)
        }
        return RetentionThread(directory, options)
    }

    /// What a killed run left, finished; with the names that its files will have.
    func recover() -> [CallRecord] {
        guard let directory, directory.use == .live else { return [] }
        var records = Recovery.run(directory)
        guard options.leavesPending, let pending else { return records }
        for index in records.indices { records[index].files = records[index].files.map(pending.leavePending) }
        return records
    }

    /// Starts the threads.
    func start(_ output: RecordOutput, _ recovered: [CallRecord]) {
        if let directory, directory.use == .live, let pending {
            FinishingThread.clear(pending, isSealing: options.leavesPending)
        }
        finishing?.start(finishesPending: directory?.use == .live)
        for record in recovered { finishing?.add(record) }
        watch?.start(output)
        retention?.start()
    }

    /// A call whose record is out. The record itself has many parts to copy: only who needs it gets one.
    func add(_ outgoing: OutgoingRecord) { finishing?.add(outgoing.record) }

    /// Ends the threads: what was asked for is done first, live within a bounded time.
    func finish() {
        retention?.stop()
        finishing?.finish()
        watch?.stop()
    }

    /// For the summary: everything that is not zero, by name (`docs/counters.md`).
    var counters: [NamedCount] {
        let (sealed, refused) = (finishing?.counters ?? .init(), finishing?.refused ?? 0)
        let (deleted, hooks) = (retention?.counters ?? .init(), hooks?.counters ?? .init())
        let (watched, log) = (watch?.counters ?? .init(), watch?.logCounters ?? (lost: 0, rotations: 0))
        return [
            NamedCount("archive_stops", directory?.gate.closings ?? 0),
            NamedCount("call_records_lost", log.lost),
            NamedCount("record_log_rotations", log.rotations),
            NamedCount("syncs_failed", watched.syncsFailed + sealed.syncsFailed),
            NamedCount("files_sealed", sealed.sealed),
            NamedCount("files_seal_failed", sealed.failed),
            NamedCount("files_left_pending", sealed.leftPending),
            NamedCount("captures_deleted", deleted.deleted),
            NamedCount("capture_bytes_deleted", deleted.bytes),
            NamedCount("deletions_failed", deleted.failed),
            NamedCount("hooks_run", hooks.run),
            NamedCount("hooks_failed", hooks.failed),
            NamedCount("hooks_timed_out", hooks.timedOut),
            NamedCount("hooks_refused", hooks.refused + refused),
        ].filter { $0.count > 0 }
    }
}
