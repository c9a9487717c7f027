import PacketDecoding

/// Writes one JSON object, and objects and arrays within it, key by key.
///
/// Keys are literals of ours and are not escaped.
struct JSONObject {
    private(set) var bytes: [UInt8]
    /// Something stands before at this level, so that a comma is due.
    private var needsComma = false

    private init(taking bytes: inout [UInt8]) {
        // Swapped, not assigned: a second reference would make the first append copy everything written so far.
        self.bytes = []
        swap(&self.bytes, &bytes)
        self.bytes.append(UInt8(ascii: "{"))
    }

    /// Appends an object and a line feed to `bytes`.
    static func appendLine(to bytes: inout [UInt8], _ body: (inout JSONObject) -> Void) {
        var object = JSONObject(taking: &bytes)
        body(&object)
        object.bytes.append(UInt8(ascii: "}"))
        object.bytes.append(UInt8(ascii: "\n"))
        swap(&object.bytes, &bytes)
    }

    // MARK: structure

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
        needsComma = true
    }

    mutating func key(_ key: StaticString) {
        bytes.append(addingCapacity: key.utf8CodeUnitCount + 4) { (output: inout OutputSpan<UInt8>) in
            if needsComma { output.append(UInt8(ascii: ",")) }
            output.append(UInt8(ascii: "\""))
            // A literal's text lives as long as the program.
            key.withUTF8Buffer { unsafe output.append(copying: $0) }
            output.append(UInt8(ascii: "\""))
            output.append(UInt8(ascii: ":"))
        }
        needsComma = true
    }

    mutating func key(_ key: StaticString, object body: (inout JSONObject) -> Void) {
        self.key(key)
        open(UInt8(ascii: "{"))
        body(&self)
        close(UInt8(ascii: "}"))
    }

    mutating func key<Element>(_ key: StaticString, array: [Element], each: (inout JSONObject, Element) -> Void) {
        self.key(key)
        open(UInt8(ascii: "["))
        for element in array { each(&self, element) }
        close(UInt8(ascii: "]"))
    }

    mutating func element(object body: (inout JSONObject) -> Void) {
        separate()
        open(UInt8(ascii: "{"))
        body(&self)
        close(UInt8(ascii: "}"))
    }

    private mutating func open(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        bytes.append(bracket)
        needsComma = true
    }

    // MARK: values

    /// A key out of a packet, such as a SIP method: escaped. `value` follows.
    mutating func wireKey(_ key: String) {
        separate()
        bytes.append(jsonString: key)
        bytes.append(UInt8(ascii: ":"))
    }

    mutating func value(_ number: UInt64) {
        bytes.append(decimal: number)
    }

    mutating func element(string: String) {
        separate()
        bytes.append(jsonString: string)
    }

    mutating func element(number: UInt64) {
        separate()
        bytes.append(decimal: number)
    }

    mutating func element(endpoint: Endpoint) {
        separate()
        appendQuoted(endpoint)
    }

    mutating func key(_ key: StaticString, string: String?) {
        self.key(key)
        if let string { bytes.append(jsonString: string) } else { appendNull() }
    }

    mutating func key(_ key: StaticString, endpoint: Endpoint) {
        self.key(key)
        appendQuoted(endpoint)
    }

    mutating func key(_ key: StaticString, ssrc: UInt32) {
        self.key(key)
        bytes.append(UInt8(ascii: "\""))
        bytes.append(hexadecimal: ssrc)
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func key(_ key: StaticString, boolean: Bool) {
        self.key(key)
        bytes.append(literal: boolean ? "true" : "false")
    }

    mutating func key(_ key: StaticString, number: UInt64?) {
        self.key(key)
        if let number { bytes.append(decimal: number) } else { appendNull() }
    }

    mutating func key(_ key: StaticString, signed number: Int64) {
        self.key(key)
        bytes.append(decimal: number)
    }

    mutating func key(_ key: StaticString, time: Int64?) {
        self.key(key)
        guard let time else { return appendNull() }
        bytes.append(UInt8(ascii: "\""))
        bytes.append(time: time)
        bytes.append(UInt8(ascii: "\""))
    }

    mutating func key(_ key: StaticString, seconds nanoseconds: Int64?) {
        self.key(key)
        if let nanoseconds { bytes.append(seconds: nanoseconds) } else { appendNull() }
    }

    /// `nanoseconds` come out as milliseconds.
    mutating func key(_ key: StaticString, milliseconds nanoseconds: Int64?) {
        self.key(key)
        if let nanoseconds { bytes.append(milliseconds: nanoseconds) } else { appendNull() }
    }

    /// Up to six decimals; not a number and out of range come out as null.
    mutating func key(_ key: StaticString, decimal: Double?) {
        self.key(key)
        if let fixed = decimal?.fixed(decimals: 6) { bytes.append(fixed: fixed, decimals: 6) } else { appendNull() }
    }

    private mutating func appendNull() {
        bytes.append(literal: "null")
    }

    private mutating func appendQuoted(_ endpoint: Endpoint) {
        bytes.append(UInt8(ascii: "\""))
        bytes.append(endpoint: endpoint)
        bytes.append(UInt8(ascii: "\""))
    }
}
