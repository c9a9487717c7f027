import Foundation

/// One run of the built `lc`.
struct Command {
    let status: Int32
    let output: String
    let error: String

    /// The binary stands beside the test bundle in the build directory.
    static let path: String = {
        // `#filePath` would tie the tests to a folder's name; the running test bundle knows its own place.
        let bundle = Bundle.allBundles.first { $0.bundlePath.hasSuffix(".xctest") } ?? Bundle.main
        let folder = URL(fileURLWithPath: bundle.executablePath ?? bundle.bundlePath).deletingLastPathComponent()
        let candidates = [
            folder, folder.deletingLastPathComponent(), folder.deletingLastPathComponent().deletingLastPathComponent(),
        ]
        let found = candidates.map { $0.appendingPathComponent("lc").path }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
        return found ?? "lc"
    }()

    /// Runs `lc` with an environment of its own, so that nobody's configuration matters.
    static func run(_ arguments: String..., environment: [String: String] = [:], input: String = "") throws -> Command {
        try run(list: arguments, environment: environment, input: input)
    }

    static let environment = ["HOME": "/nonexistent", "XDG_CONFIG_HOME": "/nonexistent"]

    /// - Parameter program: what to run instead of `lc`.
    static func run(
        list arguments: [String], environment: [String: String] = [:], input: String = "", program: String = path
    ) throws -> Command {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.environment = Self.environment.merging(environment) { $1 }
        let (output, error, standardInput) = (Pipe(), Pipe(), Pipe())
        (process.standardOutput, process.standardError, process.standardInput) = (output, error, standardInput)
        try process.run()
        try? standardInput.fileHandleForWriting.write(contentsOf: Data(input.utf8))
        try? standardInput.fileHandleForWriting.close()
        // Error texts are short; stdout may be longer than a pipe holds, so it is read first.
        let out = output.fileHandleForReading.readDataToEndOfFile()
        let err = error.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return Command(
            status: process.terminationStatus, output: String(decoding: out, as: UTF8.self),
            error: String(decoding: err, as: UTF8.self))
    }

    /// Everything that the tests write is in here, and goes when the process ends.
    private static let root: URL = {
        atexit { try? FileManager.default.removeItem(at: Command.root) }
        return FileManager.default.temporaryDirectory.appendingPathComponent("lippycat-" + UUID().uuidString)
    }()

    /// A file that holds the text, in a folder of its own.
    static func file(_ text: String, named name: String = "config.yaml") throws -> String {
        let file = try folder() + "/" + name
        try text.write(toFile: file, atomically: true, encoding: .utf8)
        return file
    }

    /// A new folder.
    static func folder() throws -> String {
        let folder = root.appendingPathComponent(UUID().uuidString)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        return folder.path
    }
}
