import Glibc

/// `lc support-bundle`: everything that a support engineer asks for, in one archive.
public enum SupportBundle {
    public struct Request: Sendable {
        public var output: String?
        public var overwrites: Bool
        public var unit: String
        public var resolution: Resolution

        public init(output: String?, overwrites: Bool, unit: String, resolution: Resolution) {
            (self.output, self.overwrites) = (output, overwrites)
            (self.unit, self.resolution) = (unit, resolution)
        }
    }

    /// Writes the archive, mode 0600, and prints its name.
    public static func run(_ request: Request) throws(CommandError) -> ExitStatus {
        let stamp = BundleParts.stamp(WallClock.now)
        let path = request.output ?? "lippycat-support-\(stamp).tar.gz"
        guard ProgramOutput.path(of: "tar") != nil, ProgramOutput.path(of: "gzip") != nil else {
            throw CommandError(
                "there is no tar or gzip", remedy: "apt install tar gzip", exitStatus: .serviceUnavailable)
        }
        let output = try OutputBeside(path, replaces: request.overwrites)
        let folder = try BundleFolder(named: "lippycat-support-\(stamp)")
        defer { folder.remove() }
        for part in BundleParts(request).all { folder.write(part.name, part.content()) }
        try folder.writeContents()
        // Through our descriptor: the directory may be somebody else's, who could put a link in the place of a name.
        let said = ProgramOutput.text(
            [
                "tar", "--create", "--gzip", "--owner=root:0", "--group=root:0", "--directory", folder.parent,
                folder.name,
            ], seconds: 60, into: output.descriptor)
        guard said.isEmpty else {
            throw CommandError("tar failed: \(said)", at: path, exitStatus: .cannotCreateOutput)
        }
        try output.finish()
        StandardStream.output.write(sanitised(path) + "\n")
        return .ok
    }
}

/// The files of a bundle, in a folder that only we may read.
final class BundleFolder {
    /// All files together, bytes.
    static let mostBytes = 32 << 20

    let parent: String
    let name: String
    private var left = BundleFolder.mostBytes
    private var contents: [String] = []

    init(named name: String) throws(CommandError) {
        self.name = name
        let base = processEnvironment()["TMPDIR"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp"
        var template = Array((base + "/lippycat-XXXXXX").utf8CString)
        guard mkdtemp(&template) != nil else {
            throw CommandError(
                "cannot make a folder: \(describe(errno: errno))", at: base, remedy: "set TMPDIR",
                exitStatus: .cannotCreateOutput)
        }
        parent = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        mkdir(parent + "/" + name, 0o700)
    }

    /// What does not fit any more is cut, and the contents say so.
    func write(_ file: String, _ text: String) {
        let bytes = Array(text.utf8.prefix(left))
        left -= bytes.count
        let descriptor = open("\(parent)/\(name)/\(file)", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return }
        let isWhole = writeAll(bytes, to: descriptor) && bytes.count == text.utf8.count
        close(descriptor)
        contents.append("\(file): \(bytes.count) bytes\(isWhole ? "" : ", cut")")
    }

    /// What is in the bundle, and how it was changed.
    func writeContents() throws(CommandError) {
        let text =
            "Made by \(Version.text), \(InstantText.format(WallClock.now)).\n"
            + "Passwords, tokens and keys are masked; Call-IDs, users and numbers in logs are marks (~1a2b3c4d), the same\n"
            + "for the same value in all of these files. No captures and no call records are in here.\n\n"
        write("CONTENTS.txt", text + contents.map { $0 + "\n" }.joined())
        guard contents.last?.hasPrefix("CONTENTS.txt") == true else {
            throw CommandError(
                "cannot write: \(describe(errno: errno))", at: parent, remedy: "set TMPDIR",
                exitStatus: .cannotCreateOutput)
        }
    }

    func remove() {
        for line in contents { unlink("\(parent)/\(name)/\(line.prefix { $0 != ":" })") }
        rmdir(parent + "/" + name)
        rmdir(parent)
    }
}
