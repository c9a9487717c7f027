import Crypto
import Glibc

/// What the status service needs of files, read while the program may still read them.
public struct StatusCredentials: Sendable {
    /// Of the token: two digests are compared in a time that does not depend on where they differ.
    private let token: SHA256Digest?
    /// PEM.
    public let certificate: [UInt8]?
    public let key: [UInt8]?

    public var hasToken: Bool { token != nil }

    static let shortestToken = 16
    private static let mostBytes = 256 << 10

    init(token: String? = nil) {
        self.token = token.map { SHA256.hash(data: Array($0.utf8)) }
        (certificate, key) = (nil, nil)
    }

    init(_ options: StatusOptions) throws(CommandError) {
        token = try options.tokenFile.map { (path) throws(CommandError) in try Self.token(path) }
        guard options.listen != nil else {
            (certificate, key) = (nil, nil)
            return
        }
        certificate = try options.certificate.map { (path) throws(CommandError) in
            try Self.contents(path, "the certificate", isSecret: false)
        }
        key = try options.key.map { (path) throws(CommandError) in try Self.contents(path, "the key", isSecret: true) }
    }

    /// True if no token is needed, or this is it.
    func permit(_ authorization: String?) -> Bool {
        guard let token else { return true }
        guard let authorization else { return false }
        let words = authorization.split(separator: " ", maxSplits: 1)
        guard words.count == 2, words[0].lowercased() == "bearer" else { return false }
        return SHA256.hash(data: Array(words[1].utf8)) == token
    }

    private static func token(_ path: String) throws(CommandError) -> SHA256Digest {
        var bytes = try contents(path, "the token", isSecret: true)[...]
        while let last = bytes.last, last == 0x0A || last == 0x0D || last == 0x20 { bytes.removeLast() }
        guard bytes.count >= shortestToken, bytes.count <= 1024, bytes.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw CommandError(
                "this is no token", at: path,
                remedy: "\(shortestToken) to 1024 printable characters: (umask 077; openssl rand -hex 32 > token)",
                exitStatus: .configuration)
        }
        return SHA256.hash(data: Array(bytes))
    }

    private static func contents(_ path: String, _ what: String, isSecret: Bool) throws(CommandError) -> [UInt8] {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK)
        guard descriptor >= 0 else {
            let code = errno
            throw CommandError(
                "cannot open \(what): \(describe(errno: code))", at: path, remedy: "check the name and who may read it",
                exitStatus: code == EACCES || code == EPERM ? .permission : .configuration)
        }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw CommandError("\(what) is no regular file", at: path, exitStatus: .configuration)
        }
        // The group may: a key for a service's own group is usual.
        if isSecret, status.st_mode & 0o007 != 0 {
            throw CommandError(
                "others may read or change \(what)", at: path, remedy: "chmod 600, and choose a new one",
                exitStatus: .configuration)
        }
        var bytes = [UInt8](repeating: 0, count: mostBytes)
        let count = read(descriptor, &bytes, bytes.count)
        guard count >= 0 else {
            throw CommandError("cannot read \(what): \(describe(errno: errno))", at: path, exitStatus: .configuration)
        }
        return Array(bytes[..<count])
    }
}
