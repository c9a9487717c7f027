import Glibc

/// A file that is written beside another one, and has its name only when it is complete.
final class OutputBeside {
    let path: String
    private let partial: String
    private(set) var descriptor: Int32
    private var isDone = false

    /// - Parameter replaces: a file of that name may be replaced.
    init(_ path: String, replaces: Bool) throws(CommandError) {
        self.path = path
        partial = path + ".partial"
        var status = stat()
        if !replaces, lstat(path, &status) == 0 {
            throw CommandError(
                "there is such a file already", at: path, remedy: "move it away, or give --overwrite",
                exitStatus: .cannotCreateOutput)
        }
        unlink(partial)
        descriptor = open(partial, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            throw CommandError(
                "cannot create the file: \(describe(errno: errno))", at: partial, remedy: "choose another --output-dir",
                exitStatus: .cannotCreateOutput)
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
        if !isDone { unlink(partial) }
    }

    func write(_ bytes: ArraySlice<UInt8>) throws(CommandError) {
        guard !writeAll(Array(bytes), to: descriptor) else { return }
        throw CommandError(
            "cannot write: \(describe(errno: errno))", at: path, remedy: "check the space on the disk",
            exitStatus: .inputOutput)
    }

    /// Gives the file its name.
    func finish() throws(CommandError) {
        let status = close(descriptor)
        descriptor = -1
        guard status == 0, rename(partial, path) == 0 else {
            throw CommandError(
                "cannot finish the file: \(describe(errno: errno))", at: path, exitStatus: .inputOutput)
        }
        isDone = true
    }

    /// Where the output for an input goes: beside it, or into another directory.
    static func path(for input: String, named change: (String) -> String, in directory: String?) -> String {
        let slash = input.lastIndex(of: "/")
        let name = change(slash.map { String(input[input.index(after: $0)...]) } ?? input)
        if let directory { return directory.hasSuffix("/") ? directory + name : directory + "/" + name }
        return (slash.map { String(input[...$0]) } ?? "") + name
    }
}

/// An input file, read from its beginning.
final class InputFile {
    let path: String
    private let descriptor: Int32

    init(_ path: String) throws(CommandError) {
        self.path = path
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY)
        var status = stat()
        // Every stored property is set: `deinit` closes the descriptor when we throw.
        guard descriptor >= 0, fstat(descriptor, &status) == 0 else {
            let code = errno
            throw CommandError(
                "cannot open the file: \(describe(errno: code))", at: path, remedy: "check the name",
                exitStatus: exitStatus(opening: code))
        }
        guard status.st_mode & S_IFMT != S_IFDIR else {
            throw CommandError("this is a directory", at: path, remedy: "name files", exitStatus: .cannotOpenInput)
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// The next bytes; 0 at the end.
    func read(into memory: UnsafeMutableRawBufferPointer) throws(CommandError) -> Int {
        while true {
            let count = Glibc.read(descriptor, memory.baseAddress, memory.count)
            if count >= 0 { return count }
            guard errno == EINTR else {
                throw CommandError(
                    "cannot read: \(describe(errno: errno))", at: path, remedy: nil, exitStatus: .inputOutput)
            }
        }
    }

    func read(_ count: Int) throws(CommandError) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: count)
        var failure: CommandError?
        var got = 0
        buffer.withUnsafeMutableBytes { memory in
            do throws(CommandError) { got = try read(into: memory) } catch { failure = error }
        }
        if let failure { throw failure }
        return Array(buffer[..<got])
    }
}
