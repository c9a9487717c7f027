/// Leaves out of log lines who called whom: Call-IDs, users and numbers become marks.
///
/// The same value has the same mark as long as the program runs, so that lines can still be put together. The marks come
/// of a key that is made anew for each run and never leaves it: numbers are few enough to be tried out otherwise.
struct LogMask: Sendable {
    /// Of this run.
    static let standard = LogMask(key: .random(in: .min ... .max))

    private let key: UInt64

    init(key: UInt64) { self.key = key }

    /// Metadata whose whole value is somebody's.
    private static let personal: Set<String> = [
        "call_id", "from", "to", "user", "caller", "callee", "called", "number", "pattern",
    ]

    /// A value of metadata.
    func value(_ value: String, of name: String) -> String {
        if Self.personal.contains(name) { return mark(value) }
        // A count is nobody's number.
        return value.utf8.allSatisfy { (48...57).contains($0) } ? value : text(value)
    }

    /// A message, or a path in it: what looks like `user@host`, like a number of seven digits or more, or like the name of a
    /// call's file.
    func text(_ text: String) -> String {
        var result = ""
        for word in text.split(separator: " ", omittingEmptySubsequences: false) {
            if !result.isEmpty || word.startIndex != text.startIndex { result += " " }
            result += self.word(word)
        }
        return result
    }

    private func word(_ word: Substring) -> String {
        // The last part of a path is the call's file; its folders are ours.
        if let slash = word.lastIndex(of: "/"), word.contains(".pcap") {
            let name = word.index(after: slash)
            return String(word[..<name]) + mark(String(word[name...]))
        }
        if word.contains("@") || word.contains(".pcap") { return mark(String(word)) }
        var digits = 0
        for byte in word.utf8 where (48...57).contains(byte) { digits += 1 }
        return digits >= 7 && isNumber(word) ? mark(String(word)) : String(word)
    }

    private func isNumber(_ word: Substring) -> Bool {
        word.utf8.allSatisfy { (48...57).contains($0) || "+-().*#,;:'\"".utf8.contains($0) }
    }

    /// FNV-1a over the key and the text, then mixed: eight hexadecimal digits.
    private func mark(_ text: String) -> String {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325 ^ key
        for byte in text.utf8 { hash = (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
        hash ^= key &* 0x9e37_79b9_7f4a_7c15
        hash = (hash ^ hash >> 31) &* 0x94d0_49bb_1331_11eb
        let digits = String(UInt32(truncatingIfNeeded: hash >> 32), radix: 16)
        return "~" + String(repeating: "0", count: 8 - digits.count) + digits
    }
}
