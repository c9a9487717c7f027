/// A file of `--sip-user` patterns: one a line, blank lines and lines that begin with `#` left out.
enum SIPUserFile {
    static let mostBytes = 16 << 20
    static let mostPatterns = 100_000

    static func read(_ path: String) throws(CommandError) -> [String] {
        switch readSmallFile(path, limit: mostBytes) {
        case .failure(let error):
            throw CommandError(
                "cannot read the users: \(error.what)", at: path, remedy: "check --sip-user-file",
                exitStatus: error.exitStatus)
        case .success(let bytes):
            let patterns = patterns(in: bytes)
            guard patterns.count <= mostPatterns else {
                throw CommandError(
                    "more than \(mostPatterns) users", at: path, remedy: "use shorter prefixes",
                    exitStatus: .configuration)
            }
            // An empty list would mean every call, the opposite of what a list of users is for.
            guard !patterns.isEmpty else {
                throw CommandError(
                    "no users in the file", at: path, remedy: "add patterns, or leave --sip-user-file out",
                    exitStatus: .configuration)
            }
            return patterns
        }
    }

    static func patterns(in bytes: [UInt8]) -> [String] {
        bytes.split(whereSeparator: { $0 == 10 || $0 == 13 }).compactMap { line in
            let isBlank: (UInt8) -> Bool = { $0 == 32 || $0 == 9 }
            var text = line.drop(while: isBlank)
            while let last = text.last, isBlank(last) { text = text.dropLast() }
            return text.isEmpty || text.first == UInt8(ascii: "#") ? nil : String(decoding: text, as: UTF8.self)
        }
    }
}
