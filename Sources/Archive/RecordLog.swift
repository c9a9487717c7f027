import Glibc

/// `calls.jsonl`: one line per call. Lines are collected and written together, whole lines only.
///
/// A replay begins a new file; live lines are appended to what is there, after a last line that a kill tore was repaired.
/// Written under its own name from the start: a reader may follow it, and every line of it is final.
public struct RecordLog: ~Copyable {
    /// Collected bytes after which `append` writes.
    public static let bufferLimit = 64 << 10

    private let directory: ArchiveDirectory
    private var descriptor: Int32
    private var buffer: [UInt8] = []
    private var bufferedLines: UInt64 = 0
    public private(set) var linesWritten: UInt64 = 0
    /// Lines that could not be written.
    public private(set) var linesLost: UInt64 = 0

    public init(directory: ArchiveDirectory) throws(ArchiveError) {
        self.directory = directory
        switch directory.use {
        case .live:
            descriptor = try Self.openForAppending(directory)
        case .replay(let overwrite):
            do throws(SystemCall.Failure) {
                if overwrite { try? SystemCall.remove(at: directory.descriptor, Self.name) }
                descriptor = try SystemCall.open(
                    at: directory.descriptor, Self.name, O_WRONLY | O_CREAT | O_EXCL | O_APPEND)
            } catch {
                throw ArchiveError(.create, path: ArchiveDirectory.recordLogName, systemError: error.code)
            }
        }
    }

    deinit { SystemCall.close(descriptor) }

    /// Adds a line, with or without its line feed. Throws when lines had to be written and could not be.
    public mutating func append(_ line: [UInt8]) throws(ArchiveError) {
        buffer.append(contentsOf: line)
        if line.last != UInt8(ascii: "\n") { buffer.append(UInt8(ascii: "\n")) }
        bufferedLines += 1
        if buffer.count >= Self.bufferLimit { try flush() }
    }

    /// Writes what was collected. Lines that do not fit the disk are lost and counted; the file ends with a whole line.
    public mutating func flush() throws(ArchiveError) {
        guard !buffer.isEmpty else { return }
        let lines = bufferedLines
        defer {
            buffer.removeAll(keepingCapacity: true)
            bufferedLines = 0
        }
        var written = 0
        var whole: UInt64 = 0
        do throws(SystemCall.Failure) {
            let before = try SystemCall.status(of: descriptor).st_size
            do throws(SystemCall.Failure) {
                try SystemCall.write(descriptor, buffer, written: &written)
                linesWritten += lines
            } catch {
                let complete = buffer[..<written].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
                whole = UInt64(buffer[..<complete].count { $0 == UInt8(ascii: "\n") })
                try? SystemCall.truncate(descriptor, to: Int64(before) + Int64(complete))
                throw error
            }
        } catch {
            linesWritten += whole
            linesLost += lines - whole
            throw ArchiveError(.write, path: ArchiveDirectory.recordLogName, systemError: error.code)
        }
    }

    /// Writes what was collected and opens the file again: it may have been moved away (logrotate).
    public mutating func reopen() throws(ArchiveError) {
        try flush()
        let new = try Self.openForAppending(directory)
        SystemCall.close(descriptor)
        descriptor = new
    }

    private static var name: [CChar] { SystemCall.terminated(Array(ArchiveDirectory.recordLogName.utf8)) }

    private static func openForAppending(_ directory: ArchiveDirectory) throws(ArchiveError) -> Int32 {
        let descriptor: Int32
        do throws(SystemCall.Failure) {
            descriptor = try SystemCall.open(
                at: directory.descriptor, name, O_RDWR | O_CREAT | O_APPEND | O_NONBLOCK)
        } catch {
            throw ArchiveError(.create, path: ArchiveDirectory.recordLogName, systemError: error.code)
        }
        do throws(SystemCall.Failure) {
            guard SystemCall.isRegularFile(try SystemCall.status(of: descriptor)) else {
                throw SystemCall.Failure(code: EINVAL)
            }
            try TornLine.repair(descriptor)
        } catch {
            SystemCall.close(descriptor)
            throw ArchiveError(.write, path: ArchiveDirectory.recordLogName, systemError: error.code)
        }
        return descriptor
    }
}

/// The last line of a file that a kill ended in the middle of a write.
enum TornLine {
    private static let chunk = 64 << 10

    /// A last line without line feed gets one when it is a whole JSON object, else it is cut off.
    static func repair(_ descriptor: Int32) throws(SystemCall.Failure) {
        let size = try SystemCall.status(of: descriptor).st_size
        var start = size
        var tail: [UInt8] = []
        // Backwards until a line feed: what is behind it is the torn line.
        while start > 0 {
            let length = min(chunk, start)
            var block = [UInt8](repeating: 0, count: length)
            var filled = 0
            while filled < length {
                let got = try SystemCall.read(
                    descriptor, into: &block, from: filled, at: Int64(start - length + filled))
                guard got > 0 else { throw SystemCall.Failure(code: EIO) }
                filled += got
            }
            start -= length
            if let feed = block.lastIndex(of: UInt8(ascii: "\n")) {
                start += feed + 1
                tail.insert(contentsOf: block[(feed + 1)...], at: 0)
                break
            }
            // Longer than any record of ours: only its beginning matters now, so it is not collected any further.
            if tail.count < lineLimit { tail.insert(contentsOf: block, at: 0) }
        }
        guard start < size else { return }
        if tail.count == size - start, isObject(tail) {
            try SystemCall.write(descriptor, [UInt8(ascii: "\n")])
        } else {
            try SystemCall.truncate(descriptor, to: Int64(start))
        }
    }

    /// Longest line looked at; a longer torn one is cut off.
    private static let lineLimit = 4 << 20

    /// Braces outside of strings balance for the first time at the very end.
    static func isObject(_ line: [UInt8]) -> Bool {
        guard line.first == UInt8(ascii: "{") else { return false }
        var (depth, inString, escaped) = (0, false, false)
        for (index, byte) in line.enumerated() {
            if escaped {
                escaped = false
            } else if inString {
                if byte == UInt8(ascii: "\\") { escaped = true }
                if byte == UInt8(ascii: "\"") { inString = false }
            } else if byte == UInt8(ascii: "\"") {
                inString = true
            } else if byte == UInt8(ascii: "{") {
                depth += 1
            } else if byte == UInt8(ascii: "}") {
                depth -= 1
                if depth == 0 { return index == line.count - 1 }
            }
        }
        return false
    }
}
