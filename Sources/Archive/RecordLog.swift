import Calls
import Glibc

/// `calls.jsonl`: one line per call. Lines are collected and written together, whole lines only.
///
/// A replay begins a new file; live lines are appended to what is there, after a last line that a kill tore was repaired.
/// Written under its own name from the start: a reader may follow it, and every line of it is final.
///
/// Live, lines that cannot be written because the disk is full or gone wait until it is well again (`pendingLimit`), and a
/// file that has reached `rotationSize` is put aside as `calls-YYYYMMDD_HHMMSS.jsonl`.
public struct RecordLog: ~Copyable {
    /// Collected bytes after which `append` writes.
    public static let bufferLimit = 64 << 10
    /// Bytes that wait for a disk to be well again.
    public static let pendingLimit = 16 << 20
    static let rotatedPrefix = "calls-"
    static let ending = ".jsonl"

    private let directory: ArchiveDirectory
    private let rotationSize: UInt64
    private var descriptor: Int32
    /// Of the directory that `descriptor` is in.
    private var replacements: UInt64
    private var buffer: [UInt8] = []
    private var bufferedLines: UInt64 = 0
    public private(set) var linesWritten: UInt64 = 0
    /// Lines that could not be written.
    public private(set) var linesLost: UInt64 = 0
    public private(set) var rotations: UInt64 = 0

    /// - Parameter rotationSize: bytes after which a new file is begun, live; 0: never.
    public init(directory: ArchiveDirectory, rotationSize: UInt64 = 0) throws(ArchiveError) {
        self.directory = directory
        self.rotationSize = directory.use == .live ? rotationSize : 0
        replacements = directory.replacements.load(ordering: .relaxed)
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
        let isWaiting = directory.gate.reason != nil
        guard !isWaiting || buffer.count + line.count < Self.pendingLimit else {
            linesLost += 1
            return
        }
        buffer.append(contentsOf: line)
        if line.last != UInt8(ascii: "\n") { buffer.append(UInt8(ascii: "\n")) }
        bufferedLines += 1
        if buffer.count >= Self.bufferLimit { try flush() }
    }

    /// Writes what was collected. Lines that do not fit the disk are lost and counted, or wait when the disk may be well
    /// again; the file ends with a whole line.
    ///
    /// - Parameter isLast: nothing waits any more.
    public mutating func flush(isLast: Bool = false) throws(ArchiveError) {
        guard !buffer.isEmpty else { return }
        if let reason = directory.gate.reason, !isLast {
            // Told once, when the gate closed.
            _ = reason
            return
        }
        if replacements != directory.replacements.load(ordering: .relaxed) { try openAgain() }
        var written = 0
        do throws(SystemCall.Failure) {
            let before = try SystemCall.status(of: descriptor).st_size
            do throws(SystemCall.Failure) {
                try SystemCall.write(descriptor, buffer, written: &written)
                linesWritten += bufferedLines
                buffer.removeAll(keepingCapacity: true)
                bufferedLines = 0
                rotate(Int64(before) + Int64(written))
            } catch {
                let complete = buffer[..<written].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
                let whole = UInt64(buffer[..<complete].count { $0 == UInt8(ascii: "\n") })
                try? SystemCall.truncate(descriptor, to: Int64(before) + Int64(complete))
                linesWritten += whole
                bufferedLines -= whole
                buffer.removeFirst(complete)
                throw error
            }
        } catch {
            directory.note(error)
            if isLast || directory.gate.reason == nil {
                linesLost += bufferedLines
                buffer.removeAll(keepingCapacity: true)
                bufferedLines = 0
            }
            throw ArchiveError(.write, path: ArchiveDirectory.recordLogName, systemError: error.code)
        }
    }

    /// Puts a file that has become long aside. Should that fail it becomes longer.
    private mutating func rotate(_ size: Int64) {
        guard rotationSize > 0, size >= Int64(clamping: rotationSize) else { return }
        var now = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &now)
        var stem = Array(Self.rotatedPrefix.utf8)
        CivilTime(nanoseconds: Int64(now.tv_sec) * 1_000_000_000).appendTimestamp(to: &stem)
        for attempt in 1...FileName.attemptLimit {
            let number = attempt == 1 ? [] : Array("-\(attempt)".utf8)
            let target = SystemCall.terminated(stem + number + Self.ending.utf8)
            do throws(SystemCall.Failure) {
                try SystemCall.rename(at: directory.descriptor, Self.name, to: target, replacing: false)
            } catch {
                if error.code == EEXIST { continue }
                return
            }
            rotations += 1
            try? openAgain()
            return
        }
    }

    private mutating func openAgain() throws(ArchiveError) {
        let new = try Self.openForAppending(directory)
        SystemCall.close(descriptor)
        descriptor = new
        replacements = directory.replacements.load(ordering: .relaxed)
    }

    /// Writes what was collected and opens the file again: it may have been moved away (logrotate).
    public mutating func reopen() throws(ArchiveError) {
        try flush()
        try openAgain()
    }

    /// Everything written so far is on the disk when this returns. May be called from another thread.
    public static func synchronise(in directory: ArchiveDirectory) throws(ArchiveError) {
        do throws(SystemCall.Failure) {
            let descriptor = try SystemCall.open(at: directory.descriptor, name, O_RDONLY | O_NONBLOCK)
            defer { SystemCall.close(descriptor) }
            try SystemCall.synchronise(descriptor)
        } catch {
            guard error.code != ENOENT else { return }
            throw ArchiveError(.write, path: ArchiveDirectory.recordLogName, systemError: error.code)
        }
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
