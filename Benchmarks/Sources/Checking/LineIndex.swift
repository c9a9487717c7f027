import Glibc
import Traffic

/// A JSON Lines file in memory, its call lines found by Call-ID without parsing the rest.
final class LineIndex {
    private let file = FileBytes()
    private(set) var lines: [Range<Int>] = []

    init(path: String) throws {
        try file.load(path)
        let bytes = file.bytes
        var start = 0
        while start < bytes.count, let base = bytes.baseAddress {
            let found = memchr(base + start, 0x0A, bytes.count - start)
            let end = found.map { base.distance(to: UnsafeRawPointer($0)) } ?? bytes.count
            if end > start { lines.append(start..<end) }
            start = end + 1
        }
    }

    func value(at line: Int) throws -> JSONValue {
        try JSONReader.value(of: UnsafeRawBufferPointer(rebasing: file.bytes[lines[line]]))
    }

    /// The Call-ID of a line, when there is one.
    func callID(at line: Int) -> String? {
        let range = lines[line]
        let key: StaticString = "\"call_id\":\""
        guard let found = first(key, in: range) else { return nil }
        var offset = found + key.utf8CodeUnitCount
        let start = offset
        while offset < range.upperBound, file.bytes[offset] != UInt8(ascii: "\"") {
            // An escape in a Call-ID is rare: leave it to the parser.
            if file.bytes[offset] == UInt8(ascii: "\\") { return (try? value(at: line))?["call_id"]?.string }
            offset += 1
        }
        return String(decoding: file.bytes[start..<offset], as: UTF8.self)
    }

    /// Where `key`, which begins with a quotation mark, is first found.
    private func first(_ key: StaticString, in range: Range<Int>) -> Int? {
        guard let base = file.bytes.baseAddress else { return nil }
        var offset = range.lowerBound
        while offset + key.utf8CodeUnitCount <= range.upperBound,
            let quote = memchr(base + offset, 0x22, range.upperBound - offset)
        {
            let place = base.distance(to: UnsafeRawPointer(quote))
            guard place + key.utf8CodeUnitCount <= range.upperBound else { return nil }
            if memcmp(quote, key.utf8Start, key.utf8CodeUnitCount) == 0 { return place }
            offset = place + 1
        }
        return nil
    }
}
