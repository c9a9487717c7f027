import Glibc
import Sealing

/// Reads the key that files are encrypted with.
enum KeyFile {
    private static let mostBytes = 4096

    /// A key that others can read protects nothing, so such a file is refused.
    static func read(_ path: String) throws(CommandError) -> SealingKey {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else {
            let code = errno
            throw problem(
                "cannot open the key: \(describe(errno: code))", path, "check the name and who may read it",
                code == EACCES || code == EPERM ? .permission : .configuration)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw problem("the key is no regular file", path, "name a file with the key in it")
        }
        guard status.st_mode & 0o077 == 0 else {
            throw problem("others may read or change the key", path, "chmod 600 and choose a new key")
        }
        guard status.st_uid == geteuid() || status.st_uid == 0 else {
            throw problem("the key belongs to somebody else", path, "chown it to the user that lc runs as, or to root")
        }
        var bytes = [UInt8](repeating: 0, count: mostBytes)
        let count = Glibc.read(descriptor, &bytes, bytes.count)
        guard count >= 0, let key = SealingKey(contents: Array(bytes[..<count])) else {
            throw problem(
                "this is no key", path,
                "32 bytes or 64 hexadecimal digits: (umask 077; openssl rand -hex 32 > key)")
        }
        return key
    }

    private static func problem(
        _ what: String, _ path: String, _ remedy: String, _ status: ExitStatus = .configuration
    ) -> CommandError {
        CommandError(what, at: path, remedy: remedy, exitStatus: status)
    }
}
