import Glibc

/// Whether captures can be written, and for how long.
enum DiskCheck {
    private static let name = "disk"
    static let (warning, critical) = (80, 90)
    /// Writing stops below that (`docs/limits.md`).
    private static let room = 16 << 20

    static func findings(_ settings: Settings, _ directory: DirectoryFacts?) -> [Finding] {
        guard let directory else {
            return [.note(name, nil, "no output_dir: records only, no captures are written", remedy: "set output_dir")]
        }
        var findings = [writing(directory)]
        findings += space(directory)
        findings += files(directory)
        findings.append(volume(directory))
        return findings + retention(settings.keeping, directory)
    }

    private static func writing(_ directory: DirectoryFacts) -> Finding {
        guard let code = directory.writeError else {
            return .ok(name, directory.path, directory.exists ? "writable" : "will be made in \(directory.existing)")
        }
        let remedy =
            switch code {
            case EROFS: "mount it read-write: sudo mount -o remount,rw \(directory.existing)"
            case ENOSPC, EDQUOT: "make room: retention_free_space, or delete the oldest captures"
            case ENOTDIR: "name a directory in output_dir"
            default:
                directory.exists
                    ? "sudo chown lippycat: \(directory.path), or run lc doctor as the user that lc runs as"
                    : "sudo install -d -o lippycat -g lippycat -m 0750 \(directory.path)"
            }
        return .problem(
            name, directory.path, "cannot be written: \(describe(errno: code))", remedy: remedy, .cannotCreateOutput)
    }

    private static func space(_ directory: DirectoryFacts) -> [Finding] {
        guard directory.size > 0 else { return [] }
        let what = "\(directory.percentUsed) % used, \(decimal(directory.free)) GB free"
        let remedy = "retention_free_space or retention_age in the configuration, or a larger disk"
        var finding: Finding
        if directory.percentUsed >= critical || directory.free < room {
            finding = .problem(name, directory.path, what, remedy: remedy, .inputOutput)
        } else if directory.percentUsed >= warning {
            finding = .warning(name, directory.path, what, remedy: remedy)
        } else {
            finding = .ok(name, directory.path, what)
        }
        finding.figures = [
            ("size_bytes", Int64(directory.size)), ("free_bytes", Int64(directory.free)),
            ("used_percent", Int64(directory.percentUsed)),
        ]
        return [finding]
    }

    /// Every call is a file. Some file systems (btrfs) have no such limit and say 0.
    private static func files(_ directory: DirectoryFacts) -> [Finding] {
        guard directory.percentFilesUsed >= warning else { return [] }
        return [
            .warning(
                name, directory.path,
                "\(directory.percentFilesUsed) % of the file system's inodes are used; \(directory.freeFiles) files can be made",
                remedy: "delete captures, or make the file system again with more inodes (mkfs.ext4 -i 8192)")
        ]
    }

    private static func volume(_ directory: DirectoryFacts) -> Finding {
        var what: String
        let bytes: Int
        if let volume = directory.volume, let measured = volume.perThousandCalls {
            bytes = measured
            what = "\(decimal(bytes)) GB per 1,000 calls, as the last \(volume.calls) took"
            what += " (captured bytes + 16 a packet + 24 a file)"
        } else {
            bytes = CallVolume.assumed.perThousandCalls
            what = "\(decimal(bytes)) GB per 1,000 calls of \(CallVolume.assumed.seconds) s"
            what += " (G.711 at 20 ms: 2 directions * 50 packets/s * (214 + 16) bytes * seconds, and 8 kB of SIP)"
        }
        if directory.size > 0, bytes > 0 {
            what += "; the free space holds about \(Int(Double(directory.free) / Double(bytes) * 1000)) calls"
        }
        return .note(name, directory.path, what).with((key: "bytes_per_1000_calls", value: Int64(bytes)))
    }

    private static func retention(_ keeping: KeepingOptions, _ directory: DirectoryFacts) -> [Finding] {
        if keeping.rules.isEmpty {
            return [
                .note(
                    name, directory.path, "nothing deletes old captures",
                    remedy: "retention_age: 30d, retention_free_space: 20GiB, or a find of your own")
            ]
        }
        guard directory.isOurs else {
            return [
                .problem(
                    name, directory.path, "retention would delete in a directory that lc has not made",
                    remedy: "name an empty directory in output_dir", .configuration)
            ]
        }
        let floor = keeping.retentionFreeSpace
        if floor > directory.size, directory.size > 0 {
            return [
                .warning(
                    name, directory.path,
                    "retention_free_space is more than the disk has: every capture is deleted at once",
                    remedy: "lower it below \(SizeText.format(directory.size / 5))")
            ]
        }
        return [.ok(name, directory.path, "retention is on")]
    }

    /// Gigabytes (10^9), one decimal.
    private static func decimal(_ bytes: Int) -> String {
        let tenths = (bytes + 50_000_000) / 100_000_000
        return "\(tenths / 10).\(tenths % 10)"
    }
}
