import Glibc

/// What went wrong with the output, where, and the system's reason.
public struct ArchiveError: Error, Sendable, Equatable {
    public enum Reason: Sendable, Equatable {
        /// Another process (or another archive in this one) writes to the directory.
        case directoryLocked
        /// A replay was pointed at a directory that has captures, and `overwrite` was not given.
        case directoryHasCaptures
        /// The directory could not be made or opened.
        case directory
        /// A file could not be created.
        case create
        /// A write failed or was cut short; the file ends with its last whole record.
        case write
        /// A file could not be read back while it was put in order.
        case read
        /// A finished file could not be given its name.
        case rename
    }

    public var reason: Reason
    /// Relative to the archive's directory, or the directory itself.
    public var path: String
    /// `errno` of the call that failed; 0 where no call failed.
    public var systemError: Int32

    public init(_ reason: Reason, path: String, systemError: Int32 = 0) {
        self.reason = reason
        self.path = path
        self.systemError = systemError
    }

    /// The exit status by sysexits(3): 73 cannot create output, 74 I/O error, 77 permission.
    public var exitStatus: Int32 {
        switch reason {
        case .directoryLocked, .directoryHasCaptures: 73
        case .directory, .create: Self.isPermission(systemError) ? 77 : 73
        case .write, .read, .rename: 74
        }
    }

    private static func isPermission(_ code: Int32) -> Bool { code == EACCES || code == EPERM }
}

extension ArchiveError: CustomStringConvertible {
    public var description: String {
        switch reason {
        case .directoryLocked: "\(path): another lc writes to this directory; choose another one or stop it"
        case .directoryHasCaptures: "\(path): has captures already; choose an empty directory or give --overwrite"
        case .directory: "\(path): cannot use this directory: \(SystemCall.text(of: systemError))"
        case .create: "\(path): cannot create: \(SystemCall.text(of: systemError))"
        case .write: "\(path): cannot write: \(SystemCall.text(of: systemError))"
        case .read: "\(path): cannot read back: \(SystemCall.text(of: systemError))"
        case .rename: "\(path): cannot rename: \(SystemCall.text(of: systemError))"
        }
    }
}
