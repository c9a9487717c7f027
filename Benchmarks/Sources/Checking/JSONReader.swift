/// Reads one JSON value from bytes. Strict enough to notice a broken record, and quick enough for 200,000 of them.
struct JSONReader {
    struct Failure: Error { var offset: Int }

    private static let deepest = 32
    private let bytes: UnsafeRawBufferPointer
    private var offset = 0
    private var depth = 0

    private init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    static func value(of bytes: UnsafeRawBufferPointer) throws -> JSONValue {
        var reader = JSONReader(bytes)
        let value = try reader.readValue()
        reader.skipSpace()
        guard reader.offset == bytes.count else { throw Failure(offset: reader.offset) }
        return value
    }

    private mutating func skipSpace() {
        while offset < bytes.count, [0x20, 0x09, 0x0A, 0x0D].contains(bytes[offset]) { offset += 1 }
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        skipSpace()
        guard offset < bytes.count, bytes[offset] == UInt8(ascii: character) else { return false }
        offset += 1
        return true
    }

    private mutating func require(_ character: Unicode.Scalar) throws {
        guard take(character) else { throw Failure(offset: offset) }
    }

    private mutating func readValue() throws -> JSONValue {
        skipSpace()
        guard offset < bytes.count, depth < Self.deepest else { throw Failure(offset: offset) }
        depth += 1
        defer { depth -= 1 }
        switch bytes[offset] {
        case UInt8(ascii: "{"): return try readObject()
        case UInt8(ascii: "["): return try readArray()
        case UInt8(ascii: "\""): return .string(try readString())
        case UInt8(ascii: "t"): return try readWord("true", .bool(true))
        case UInt8(ascii: "f"): return try readWord("false", .bool(false))
        case UInt8(ascii: "n"): return try readWord("null", .null)
        default: return try readNumber()
        }
    }

    private mutating func readWord(_ word: StaticString, _ value: JSONValue) throws -> JSONValue {
        for place in 0..<word.utf8CodeUnitCount {
            guard offset < bytes.count, bytes[offset] == word.utf8Start[place] else { throw Failure(offset: offset) }
            offset += 1
        }
        return value
    }

    private mutating func readObject() throws -> JSONValue {
        try require("{")
        var members: [(key: String, value: JSONValue)] = []
        if take("}") { return .object(members) }
        repeat {
            skipSpace()
            let key = try readString()
            try require(":")
            members.append((key, try readValue()))
        } while take(",")
        try require("}")
        return .object(members)
    }

    private mutating func readArray() throws -> JSONValue {
        try require("[")
        var elements: [JSONValue] = []
        if take("]") { return .array(elements) }
        repeat { elements.append(try readValue()) } while take(",")
        try require("]")
        return .array(elements)
    }

    private mutating func readString() throws -> String {
        try require("\"")
        let start = offset
        while offset < bytes.count, bytes[offset] != UInt8(ascii: "\""), bytes[offset] != UInt8(ascii: "\\") {
            offset += 1
        }
        guard offset < bytes.count else { throw Failure(offset: offset) }
        let plain = bytes[start..<offset]
        if bytes[offset] == UInt8(ascii: "\"") {
            offset += 1
            return String(decoding: plain, as: UTF8.self)
        }
        var text = Array(plain)
        while offset < bytes.count, bytes[offset] != UInt8(ascii: "\"") {
            if bytes[offset] == UInt8(ascii: "\\") {
                try readEscape(into: &text)
            } else {
                text.append(bytes[offset])
                offset += 1
            }
        }
        try require("\"")
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func readEscape(into text: inout [UInt8]) throws {
        offset += 1
        guard offset < bytes.count else { throw Failure(offset: offset) }
        let escape = bytes[offset]
        offset += 1
        switch escape {
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "u"):
            var unit = try readHex4()
            if 0xD800..<0xDC00 ~= unit, offset + 1 < bytes.count, bytes[offset] == UInt8(ascii: "\\") {
                offset += 2
                unit = 0x10000 + (unit - 0xD800) << 10 + (try readHex4() &- 0xDC00)
            }
            guard let scalar = Unicode.Scalar(unit) else { throw Failure(offset: offset) }
            text.append(contentsOf: UTF8.encode(scalar) ?? .encodedReplacementCharacter)
        default: text.append(escape)
        }
    }

    private mutating func readHex4() throws -> UInt32 {
        guard offset + 4 <= bytes.count,
            let unit = UInt32(String(decoding: bytes[offset..<(offset + 4)], as: UTF8.self), radix: 16)
        else { throw Failure(offset: offset) }
        offset += 4
        return unit
    }

    private mutating func readNumber() throws -> JSONValue {
        let start = offset
        var isInteger = true
        while offset < bytes.count {
            let byte = bytes[offset]
            let isDigit = byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
            guard isDigit || [0x2B, 0x2D, 0x2E, 0x45, 0x65].contains(byte) else { break }
            if !isDigit, byte != UInt8(ascii: "-") { isInteger = false }
            offset += 1
        }
        let text = String(decoding: bytes[start..<offset], as: UTF8.self)
        if isInteger, let number = Int(text) { return .integer(number) }
        guard let number = Double(text) else { throw Failure(offset: start) }
        return .number(number)
    }
}
