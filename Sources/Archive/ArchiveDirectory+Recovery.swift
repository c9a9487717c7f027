import Glibc

/// A capture that an earlier process left open, now readable and under its final name.
public struct RecoveredFile: Sendable, Equatable {
    /// Relative to the archive's directory.
    public var path: String
    public var packets: UInt64
    /// Captured bytes, without headers.
    public var bytes: UInt64
    /// Nanoseconds since the epoch, of the first and the last record.
    public var firstTimestamp: Int64
    public var lastTimestamp: Int64
    /// Bytes of a torn record that were cut off.
    public var bytesCut: UInt64
}

/// What a recovery did.
public struct RecoveryReport: Sendable, Equatable {
    /// Sorted by path.
    public var files: [RecoveredFile] = []
    /// Open files without a whole record, and unfinished copies, that were removed.
    public var removed = 0
    /// Open files that are no captures of ours or could not be dealt with; untouched.
    public var skipped = 0
    /// Folders left alone because another process has locked them.
    public var foldersLocked = 0

    public init() {}
}

extension ArchiveDirectory {
    /// Finishes what a killed process left: every `*.pcap.partial` here and in the folders below is cut to its last whole
    /// record and gets its final name. Needs the lock, which this value has; to be called before the first writer.
    ///
    /// Symbolic links are not followed, other names not touched, folders locked by others left alone.
    public func recover() -> RecoveryReport {
        var report = RecoveryReport()
        recover(in: descriptor, prefix: [], depth: 0, &report)
        report.files.sort { $0.path < $1.path }
        return report
    }

    private func recover(in directory: Int32, prefix: [UInt8], depth: Int, _ report: inout RecoveryReport) {
        guard let listing = try? DirectoryListing(of: directory) else {
            report.skipped += 1
            return
        }
        // Copies first: whether they are needed depends on their originals still having the open name.
        let copies = listing.files.filter { $0.hasSuffix(FileName.orderEnding) }
        let open = listing.files.filter { $0.hasSuffix(FileName.openEnding) && !$0.hasSuffix(FileName.orderEnding) }
        for name in copies {
            let base = Array(name.dropLast(FileName.orderEnding.utf8.count))
            if open.contains(base + Array(FileName.openEnding.utf8)) {
                remove(name, in: directory, &report)
            } else {
                recover(name, base: base, in: directory, prefix: prefix, &report)
            }
        }
        for name in open {
            let base = Array(name.dropLast(FileName.openEnding.utf8.count))
            recover(name, base: base, in: directory, prefix: prefix, &report)
        }
        guard depth < Self.depthLimit else { return }
        for name in listing.directories {
            let path = SystemCall.terminated(name)
            guard let child = try? SystemCall.openDirectory(at: directory, path) else { continue }
            defer { SystemCall.close(child) }
            guard let guarding = FolderLock(of: child) else {
                report.foldersLocked += 1
                continue
            }
            recover(in: child, prefix: prefix + name + [UInt8(ascii: "/")], depth: depth + 1, &report)
            guarding.release()
        }
    }

    private func recover(
        _ name: [UInt8], base: [UInt8], in directory: Int32, prefix: [UInt8], _ report: inout RecoveryReport
    ) {
        do throws(SystemCall.Failure) {
            let path = SystemCall.terminated(name)
            // Not blocking, should the name have become a pipe since it was listed.
            let descriptor = try SystemCall.open(at: directory, path, O_RDWR | O_NONBLOCK)
            defer { SystemCall.close(descriptor) }
            let status = try SystemCall.status(of: descriptor)
            guard SystemCall.isRegularFile(status) else { throw SystemCall.Failure(code: EINVAL) }
            let size = UInt64(max(status.st_size, 0))
            guard let found = try CaptureCheck.check(descriptor, size: size) else {
                report.skipped += 1
                return
            }
            guard found.packets > 0 else {
                remove(name, in: directory, &report)
                return
            }
            if found.end < size { try SystemCall.truncate(descriptor, to: Int64(found.end)) }
            guard let final = try rename(path, base: base, in: directory, inode: status.st_ino) else {
                remove(name, in: directory, &report)
                return
            }
            report.files.append(
                RecoveredFile(
                    path: String(decoding: prefix + final, as: UTF8.self), packets: found.packets, bytes: found.bytes,
                    firstTimestamp: found.firstTimestamp, lastTimestamp: found.lastTimestamp,
                    bytesCut: size - found.end))
        } catch {
            report.skipped += 1
        }
    }

    /// The name it got. Nil: it has its final name already, and only the open one was left to be removed (a kill between
    /// link and unlink, see `SystemCall.rename`).
    private func rename(
        _ path: [CChar], base: [UInt8], in directory: Int32, inode: ino_t
    ) throws(SystemCall.Failure) -> [UInt8]? {
        for attempt in 1...FileName.attemptLimit {
            let final = FileName.path(base, linkType: nil, part: 0, attempt: attempt, ending: FileName.ending)
            do throws(SystemCall.Failure) {
                try SystemCall.rename(at: directory, path, to: SystemCall.terminated(final), replacing: false)
                return final
            } catch {
                guard error.code == EEXIST else { throw error }
            }
            if let taken = try? SystemCall.status(at: directory, SystemCall.terminated(final)), taken.st_ino == inode {
                return nil
            }
        }
        throw SystemCall.Failure(code: EEXIST)
    }

    private func remove(_ name: [UInt8], in directory: Int32, _ report: inout RecoveryReport) {
        do throws(SystemCall.Failure) {
            try SystemCall.remove(at: directory, SystemCall.terminated(name))
            report.removed += 1
        } catch {
            report.skipped += 1
        }
    }
}
