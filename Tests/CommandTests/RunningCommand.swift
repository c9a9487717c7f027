import Foundation

/// An `lc` that is still running, for tests that talk to it by signals and pipes.
final class RunningCommand {
    private let process = Process()
    private let folder: String
    /// Where its output goes: files, because nobody reads a pipe while the test waits.
    private var outputPath: String { folder + "/stdout" }
    private var errorPath: String { folder + "/stderr" }

    convenience init(_ arguments: String...) throws { try self.init(list: arguments) }

    /// - Parameter program: what to run instead of `lc`.
    init(list arguments: [String], environment: [String: String] = [:], program: String = Command.path) throws {
        folder = try Command.folder()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = Command.environment.merging(environment) { $1 }
        for path in [outputPath, errorPath] { try Data().write(to: URL(fileURLWithPath: path)) }
        process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: outputPath))
        process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: errorPath))
        process.standardInput = FileHandle.nullDevice
        try process.run()
    }

    var output: String { (try? String(contentsOfFile: outputPath, encoding: .utf8)) ?? "" }
    var error: String { (try? String(contentsOfFile: errorPath, encoding: .utf8)) ?? "" }
    var isRunning: Bool { process.isRunning }
    var processIdentifier: Int32 { process.processIdentifier }

    func signal(_ number: Int32) { kill(process.processIdentifier, number) }

    /// Waits, for ten seconds at most, until the condition holds.
    static func eventually(_ condition: () throws -> Bool) rethrows -> Bool {
        for _ in 0..<1000 {
            if try condition() { return true }
            usleep(10_000)
        }
        return try condition()
    }

    /// The exit status; -1 if it did not end within ten seconds.
    func wait() -> Int32 {
        guard Self.eventually({ !process.isRunning }) else {
            signal(SIGKILL)
            return -1
        }
        // Ended by a signal: as a shell shows it.
        return process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
    }
}

/// A named pipe with us at its writing end.
final class NamedPipe {
    let path: String
    private var writer: FileHandle?

    init() throws {
        path = try Command.folder() + "/pipe"
        guard mkfifo(path, 0o600) == 0 else { throw POSIXError(.EIO) }
    }

    /// The first write waits for a reader.
    func write(_ bytes: Data) throws {
        if writer == nil { writer = try FileHandle(forWritingTo: URL(fileURLWithPath: path)) }
        try writer?.write(contentsOf: bytes)
    }

    func close() { try? writer?.close() }
}

/// The captures that come with the project.
enum Capture {
    static func path(_ name: String) -> String {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        return root.appendingPathComponent("testdata/" + name).path
    }

    static func bytes(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path(name))) }

    /// The first bytes of a capture, as a file of its own.
    static func cut(_ name: String, to length: Int) throws -> String {
        let path = try Command.folder() + "/cut.pcap"
        try bytes(name).prefix(length).write(to: URL(fileURLWithPath: path))
        return path
    }
}

/// Runs `lc` as a user without any privilege.
enum Nobody {
    /// nil when this machine cannot: no setpriv, or a build directory that others must not enter.
    static func run(_ arguments: String...) throws -> Command? {
        guard geteuid() == 0 else { return try Command.run(list: arguments) }
        let prefix = ["--reuid=65534", "--clear-groups", "--inh-caps=-all", Command.path]
        let setpriv = "/usr/bin/setpriv"
        guard FileManager.default.isExecutableFile(atPath: setpriv),
            try Command.run(list: prefix + ["--version"], program: setpriv).status == 0
        else {
            print("nobody cannot run lc here: skipped")
            return nil
        }
        return try Command.run(list: prefix + arguments, program: setpriv)
    }
}
