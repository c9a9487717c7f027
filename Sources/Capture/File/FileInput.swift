import Glibc

/// Why bytes could not be read; becomes a `CaptureError` while opening and a `CaptureDamage` afterwards.
struct InputError: Error {
    var kind: CaptureDamage.Kind
    var detail: String

    @inline(never)
    init(_ kind: CaptureDamage.Kind, _ detail: String) {
        self.kind = kind
        self.detail = detail
    }
}

/// The bytes of one file, pipe or standard input, in order.
///
/// The descriptor of a regular file can be given back and is taken again when the next byte is wanted, so that merging
/// thousands of files needs few descriptors.
struct FileInput: ~Copyable {
    let path: String
    /// A plain file: a short read means its end, not that somebody is still writing.
    let isRegular: Bool
    /// The file can be closed and opened again at the same place.
    var isReopenable: Bool { isRegular && path != "-" }
    private var descriptor: Int32
    private var position = 0
    private let device: dev_t
    private let inode: ino_t

    /// - Parameter path: a file name, or `-` for standard input.
    init(path: String) throws(CaptureError) {
        let isStandardInput = path == "-"
        let opened = isStandardInput ? STDIN_FILENO : unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard opened >= 0 else { throw CaptureError.opening(path, errno) }
        var status = stat()
        let failure = unsafe fstat(opened, &status) == 0 ? 0 : errno
        let kind = status.st_mode & S_IFMT
        guard failure == 0, kind != S_IFDIR else {
            if !isStandardInput { _ = close(opened) }
            throw CaptureError.opening(path, failure == 0 ? EISDIR : failure)
        }
        self.path = path
        descriptor = opened
        isRegular = kind == S_IFREG
        device = status.st_dev
        inode = status.st_ino
    }

    deinit {
        if descriptor > STDIN_FILENO || (descriptor == STDIN_FILENO && path != "-") { _ = close(descriptor) }
    }

    /// Reads into the whole of `buffer` or less; 0 at the end.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(InputError) -> Int {
        if descriptor < 0 { try reopen() }
        while true {
            let count = unsafe Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 {
                position += count
                return count
            }
            let code = errno
            guard code == EINTR else { throw InputError(.readFailed, "read: \(systemErrorText(code))") }
        }
    }

    /// Gives the descriptor back until the next read. Does nothing where the place could not be found again.
    mutating func suspend() {
        guard isReopenable, descriptor >= 0 else { return }
        _ = close(descriptor)
        descriptor = -1
    }

    private mutating func reopen() throws(InputError) {
        let opened = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard opened >= 0 else { throw InputError(.readFailed, "open again: \(systemErrorText(errno))") }
        var status = stat()
        guard unsafe fstat(opened, &status) == 0, status.st_dev == device, status.st_ino == inode,
            lseek(opened, position, SEEK_SET) == position
        else {
            _ = close(opened)
            throw InputError(.readFailed, "the file was replaced while it was read")
        }
        descriptor = opened
    }
}

/// The text of an errno value.
func systemErrorText(_ code: Int32) -> String {
    guard let text = unsafe strerror(code) else { return "error \(code)" }
    return unsafe String(cString: text)
}

extension CaptureError {
    @inline(never)
    static func opening(_ path: String, _ code: Int32) -> CaptureError {
        let text = systemErrorText(code)
        switch code {
        case ENOENT, ENOTDIR:
            return CaptureError(.notFound, path, detail: text, hint: "check the name, and the directory you are in")
        case EACCES, EPERM:
            return CaptureError(
                .permissionDenied, path, detail: text, hint: "make it readable for this user, or run as its owner")
        case EISDIR:
            return CaptureError(.isDirectory, path, detail: text, hint: "name the files in it, as in \(path)/*.pcap")
        case EMFILE, ENFILE:
            return CaptureError(.cannotOpen, path, detail: text, hint: "raise the limit with ulimit -n")
        default:
            return CaptureError(.cannotOpen, path, detail: text, hint: "check that it can be read")
        }
    }

    /// An input that opened but gave no bytes to look at.
    @inline(never)
    static func unreadable(_ path: String, _ error: InputError) -> CaptureError {
        switch error.kind {
        case .readFailed:
            CaptureError(.readFailed, path, detail: error.detail, hint: "check the disk or the program that writes it")
        case .truncated, .corrupt:
            CaptureError(.notACapture, path, detail: error.detail, hint: "check it with gzip -t, or copy it again")
        }
    }
}
