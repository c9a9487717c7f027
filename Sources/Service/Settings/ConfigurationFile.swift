import Glibc

/// A configuration file, read and parsed but not yet checked against the table.
public struct ConfigurationFile: Sendable {
    public let path: String
    let root: YAMLNode?

    init(path: String, bytes: [UInt8]) throws(CommandError) {
        self.path = path
        do throws(YAMLError) {
            root = try YAMLDocument.parse(bytes)
        } catch {
            throw CommandError(
                error.what, at: "\(path):\(error.mark.line):\(error.mark.column)", remedy: error.remedy,
                exitStatus: .configuration)
        }
    }

    /// Reads the file whatever its name ends in.
    public static func read(_ path: String) throws(CommandError) -> ConfigurationFile {
        switch readSmallFile(path, limit: YAMLLimits.bytes) {
        case .success(let bytes):
            return try ConfigurationFile(path: path, bytes: bytes)
        case .failure(let error):
            throw CommandError(
                "cannot read the configuration: \(error.what)", at: path, remedy: "check --config and its permissions",
                exitStatus: error.exitStatus)
        }
    }
}

/// A whole file of at most `limit` bytes; also from a pipe, so that `--config <(…)` works.
func readSmallFile(_ path: String, limit: Int) -> Result<[UInt8], CommandError> {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else {
        return .failure(CommandError(describe(errno: errno), exitStatus: exitStatus(opening: errno)))
    }
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 64 << 10)
    while true {
        let got = block.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress, $0.count) }
        if got < 0 {
            if errno == EINTR { continue }
            let status: ExitStatus = errno == EISDIR ? .cannotOpenInput : .inputOutput
            return .failure(CommandError(describe(errno: errno), exitStatus: status))
        }
        if got == 0 { return .success(bytes) }
        guard bytes.count + got <= limit else {
            return .failure(CommandError("larger than \(SizeText.format(limit))", exitStatus: .configuration))
        }
        bytes += block[..<got]
    }
}
