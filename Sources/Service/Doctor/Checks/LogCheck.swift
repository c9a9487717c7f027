/// Whether the log file can be written.
enum LogCheck {
    private static let name = "log"

    static func findings(_ settings: Settings, _ directory: DirectoryFacts?) -> [Finding] {
        guard let file = settings.log.file, let directory else { return [.ok(name, nil, "to stderr, or the journal")] }
        guard directory.exists, directory.writeError == nil else {
            let why = directory.exists ? describe(errno: directory.writeError ?? 0) : "its directory is not there"
            return [
                .problem(
                    name, file, "cannot be written: \(why)",
                    remedy: "sudo install -d -o lippycat -g lippycat -m 0750 \(directory.path)", .cannotCreateOutput)
            ]
        }
        guard directory.percentUsed < DiskCheck.critical else {
            return [
                .warning(
                    name, file, "the disk is \(directory.percentUsed) % full", remedy: "rotate and delete old logs")
            ]
        }
        return [.ok(name, file, "writable" + (settings.log.rotate ? ", rotated by lc" : ""))]
    }
}
