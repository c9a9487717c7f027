import Glibc

/// One of the process's standard streams, written without buffering.
public enum StandardStream: Int32, Sendable {
    case output = 1
    case error = 2

    /// Writes all of the text. False when the stream does not take it (a closed pipe, a full disk).
    @discardableResult
    public func write(_ text: String) -> Bool { writeAll(text, to: rawValue) }

    public var isTerminal: Bool { isatty(rawValue) == 1 }
}

extension CommandError {
    /// Says it on stderr: as an error, should the journal read that.
    public func say() {
        StandardStream.error.write((Journal.isStandardError ? "<3>" : "") + description + "\n")
    }
}

/// Writes all of the text to a descriptor, going on after interruptions.
func writeAll(_ text: String, to descriptor: Int32) -> Bool {
    var text = text
    return text.withUTF8 { writeAll($0, to: descriptor) }
}

func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    bytes.withUnsafeBufferPointer { writeAll($0, to: descriptor) }
}

private func writeAll(_ bytes: UnsafeBufferPointer<UInt8>, to descriptor: Int32) -> Bool {
    var rest = bytes[...]
    while !rest.isEmpty {
        let block = UnsafeBufferPointer(rebasing: rest)
        let written = Glibc.write(descriptor, block.baseAddress, block.count)
        if written > 0 {
            rest = rest.dropFirst(written)
        } else if errno != EINTR {
            return false
        }
    }
    return true
}

extension StandardStream {
    /// After a failed write: whether it was because nobody reads the pipe any more.
    public static var lastWriteFoundNoReader: Bool { errno == EPIPE }
}
