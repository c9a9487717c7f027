import PacketDecoding

/// Writes one JSON object, and objects and arrays within it, key by key.
///
/// Keys are literals of ours and are not escaped.
struct JSONObject: ~Copyable {
    private var text = TextBuffer(capacity: 8192)
    /// Something stands before at this level, so that a comma is due.
    private var needsComma = false

    private init() {}

    /// Appends an object and a line feed to `bytes`.
    static func appendLine(to bytes: inout [UInt8], _ body: (inout JSONObject) -> Void) {
        var object = JSONObject()
        object.open(UInt8(ascii: "{"))
        body(&object)
        object.close(UInt8(ascii: "}"))
        object.text.append(byte: UInt8(ascii: "\n"))
        object.text.copy(to: &bytes)
    }

    // MARK: structure

    private mutating func separate() {
        if needsComma { text.append(byte: UInt8(ascii: ",")) }
        needsComma = true
    }

    // Inlined, so that a key's length is known where it is copied.
    @inline(__always)
    mutating func key(_ key: StaticString) {
        let needsComma = needsComma
        unsafe text.withRoom(for: key.utf8CodeUnitCount + 4) { memory in
            var end = 0
            if needsComma {
                unsafe memory[0] = UInt8(ascii: ",")
                end = 1
            }
            unsafe memory[end] = UInt8(ascii: "\"")
            end += 1
            // A literal's text lives as long as the program.
            end += key.withUTF8Buffer { unsafe TextDigits.copy($0, to: memory + end) }
            unsafe memory[end] = UInt8(ascii: "\"")
            unsafe memory[end + 1] = UInt8(ascii: ":")
            return end + 2
        }
        self.needsComma = true
    }

    mutating func key(_ key: StaticString, object body: (inout JSONObject) -> Void) {
        self.key(key)
        open(UInt8(ascii: "{"))
        body(&self)
        close(UInt8(ascii: "}"))
    }

    mutating func key<Element>(_ key: StaticString, array: [Element], each: (inout JSONObject, Element) -> Void) {
        list(key) { object in for element in array { each(&object, element) } }
    }

    mutating func list(_ key: StaticString, _ body: (inout JSONObject) -> Void) {
        self.key(key)
        open(UInt8(ascii: "["))
        body(&self)
        close(UInt8(ascii: "]"))
    }

    mutating func element(object body: (inout JSONObject) -> Void) {
        separate()
        open(UInt8(ascii: "{"))
        body(&self)
        close(UInt8(ascii: "}"))
    }

    private mutating func open(_ bracket: UInt8) {
        text.append(byte: bracket)
        needsComma = false
    }

    private mutating func close(_ bracket: UInt8) {
        text.append(byte: bracket)
        needsComma = true
    }

    // MARK: values

    /// A key out of a packet, such as a SIP method: escaped. `value` follows.
    mutating func wireKey(_ key: String) {
        separate()
        text.append(jsonString: key)
        text.append(byte: UInt8(ascii: ":"))
    }

    /// A key that is a number. `value` follows.
    mutating func key(decimal key: UInt64) {
        separate()
        text.append(byte: UInt8(ascii: "\""))
        text.append(decimal: key)
        text.append(literal: "\":")
    }

    mutating func value(_ number: UInt64) {
        text.append(decimal: number)
    }

    mutating func element(string: String) {
        separate()
        text.append(jsonString: string)
    }

    mutating func element(number: UInt64) {
        separate()
        text.append(decimal: number)
    }

    mutating func element(endpoint: Endpoint) {
        separate()
        appendQuoted(endpoint)
    }

    mutating func key(_ key: StaticString, string: String?) {
        self.key(key)
        if let string { text.append(jsonString: string) } else { appendNull() }
    }

    mutating func key(_ key: StaticString, endpoint: Endpoint) {
        self.key(key)
        appendQuoted(endpoint)
    }

    mutating func key(_ key: StaticString, ssrc: UInt32) {
        self.key(key)
        text.append(byte: UInt8(ascii: "\""))
        text.append(hexadecimal: ssrc)
        text.append(byte: UInt8(ascii: "\""))
    }

    mutating func key(_ key: StaticString, boolean: Bool) {
        self.key(key)
        text.append(literal: boolean ? "true" : "false")
    }

    mutating func key(_ key: StaticString, number: UInt64?) {
        self.key(key)
        if let number { text.append(decimal: number) } else { appendNull() }
    }

    mutating func key(_ key: StaticString, signed number: Int64) {
        self.key(key)
        text.append(decimal: number)
    }

    mutating func key(_ key: StaticString, time: Int64?) {
        self.key(key)
        guard let time else { return appendNull() }
        text.append(byte: UInt8(ascii: "\""))
        text.append(time: time)
        text.append(byte: UInt8(ascii: "\""))
    }

    mutating func key(_ key: StaticString, seconds nanoseconds: Int64?) {
        self.key(key)
        if let nanoseconds { text.append(seconds: nanoseconds) } else { appendNull() }
    }

    /// `nanoseconds` come out as milliseconds.
    mutating func key(_ key: StaticString, milliseconds nanoseconds: Int64?) {
        self.key(key)
        if let nanoseconds { text.append(milliseconds: nanoseconds) } else { appendNull() }
    }

    /// Up to `decimals` decimals; not a number and out of range come out as null.
    mutating func key(_ key: StaticString, decimal: Double?, decimals: Int = 6) {
        self.key(key)
        append(decimal, decimals: decimals)
    }

    mutating func element(decimal: Double?, decimals: Int) {
        separate()
        append(decimal, decimals: decimals)
    }

    /// `nanoseconds` come out as milliseconds.
    mutating func element(milliseconds nanoseconds: Int64?) {
        separate()
        if let nanoseconds { text.append(milliseconds: nanoseconds) } else { appendNull() }
    }

    private mutating func append(_ decimal: Double?, decimals: Int) {
        if let fixed = decimal?.fixed(decimals: decimals) {
            text.append(fixed: fixed, decimals: decimals)
        } else {
            appendNull()
        }
    }

    private mutating func appendNull() {
        text.append(literal: "null")
    }

    private mutating func appendQuoted(_ endpoint: Endpoint) {
        text.append(byte: UInt8(ascii: "\""))
        text.append(endpoint: endpoint)
        text.append(byte: UInt8(ascii: "\""))
    }
}
