import Glibc

/// Small files of /proc and /sys.
enum SystemFile {
    /// The text without the line feed at its end; nil when it cannot be read.
    static func text(_ path: String) -> String? {
        guard case .success(let bytes) = readSmallFile(path, limit: 1 << 20) else { return nil }
        return String(decoding: bytes.last == UInt8(ascii: "\n") ? bytes.dropLast() : bytes[...], as: UTF8.self)
    }

    /// Where a symbolic link leads; nil when it is none.
    static func target(_ path: String) -> String? {
        var target = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink(path, &target, target.count)
        return length < 0 ? nil : String(decoding: target[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    static func number(_ path: String) -> Int? { text(path).flatMap { Int($0) } }

    /// The value of `KEY:  value unit` in files like /proc/meminfo, without the unit.
    static func number(_ key: String, in path: String) -> Int? {
        guard let line = text(path)?.split(separator: "\n").first(where: { $0.hasPrefix(key + ":") }) else {
            return nil
        }
        let words = line.split(whereSeparator: { $0 == " " || $0 == "\t" })
        return words.count > 1 ? Int(words[1]) : nil
    }
}
