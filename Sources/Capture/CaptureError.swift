/// Why an input cannot be used at all: what, where, and what to do about it.
public struct CaptureError: Error, Sendable, Equatable {
    public enum Code: Sendable, Equatable {
        // An input that cannot be opened.
        case notFound, permissionDenied, isDirectory, cannotOpen
        // An input that is open and of no use.
        case readFailed, empty, notACapture, truncatedHeader, unsupportedVersion
        // Live capture and filters.
        case invalidFilter, noSuchDevice, deviceUnavailable
    }

    public var code: Code
    /// File, device or filter expression it is about.
    public var subject: String
    /// What went wrong, in the words of errno or libpcap where they said something.
    public var detail: String
    /// What to do about it.
    public var hint: String

    @inline(never)
    public init(_ code: Code, _ subject: String, detail: String, hint: String) {
        self.code = code
        self.subject = subject
        self.detail = detail
        self.hint = hint
    }

    /// The status of sysexits.h that the command ends with.
    public var exitStatus: Int32 {
        switch code {
        case .notFound, .isDirectory, .cannotOpen, .noSuchDevice: 66  // EX_NOINPUT
        case .permissionDenied: 77  // EX_NOPERM
        case .empty, .notACapture, .truncatedHeader, .unsupportedVersion: 65  // EX_DATAERR
        case .invalidFilter: 64  // EX_USAGE
        case .deviceUnavailable: 69  // EX_UNAVAILABLE
        case .readFailed: 74  // EX_IOERR
        }
    }
}

extension CaptureError: CustomStringConvertible {
    public var description: String { "\(subject): \(detail); \(hint)" }
}

/// Where and why a capture file ended before its end. Everything before it was delivered.
public struct CaptureDamage: Sendable, Equatable {
    public enum Kind: Sendable, Equatable {
        /// The file ends inside a record.
        case truncated
        /// A record contradicts itself or the format.
        case corrupt
        /// The system could not read on.
        case readFailed
    }

    public var kind: Kind
    public var path: String
    /// Offset of the damaged record, counted in the (for gzip: inflated) capture.
    public var byteOffset: UInt64
    /// What is wrong.
    public var detail: String
    /// Bytes the record says it has.
    public var needed: UInt64
    /// Bytes there were, or are allowed.
    public var available: UInt64

    @inline(never)
    init(_ kind: Kind, path: String, at byteOffset: UInt64, _ detail: String, needed: UInt64, available: UInt64) {
        self.kind = kind
        self.path = path
        self.byteOffset = byteOffset
        self.detail = detail
        self.needed = needed
        self.available = available
    }

    /// The status of sysexits.h that the command ends with when all else went well.
    public var exitStatus: Int32 { kind == .readFailed ? 74 : 65 }
}

extension CaptureDamage: CustomStringConvertible {
    public var description: String {
        "\(path): \(detail) at byte \(byteOffset) (needs \(needed), has \(available)); "
            + "everything before it was read"
    }
}
