/// One question, as it came over HTTP; nothing of it has been believed yet.
public struct StatusRequest: Sendable {
    public enum Peer: Sendable, Equatable {
        /// Through the Unix socket.
        case socket(process: Int32, user: UInt32)
        case address(String)
    }

    public var method: String
    /// The request target as sent: path and query, percent-encoded.
    public var target: String
    public var peer: Peer
    /// Of the `Host` header.
    public var host: String?
    /// Of the `Authorization` header.
    public var authorization: String?
    public var hasBody = false

    public init(method: String, target: String, peer: Peer) {
        self.method = method
        self.target = target
        self.peer = peer
    }
}

public struct StatusReply: Sendable {
    public enum Body: Sendable {
        case bytes([UInt8])
        case file(StatusFile)
    }

    public var code: Int
    public var type: String
    public var headers: [(name: String, value: String)] = []
    public var body: Body

    init(_ code: Int, _ type: String, _ bytes: [UInt8]) {
        self.code = code
        self.type = type
        body = .bytes(bytes)
    }

    init(_ code: Int, file: StatusFile) {
        self.code = code
        type = file.type
        body = .file(file)
    }

    /// A document, with a line feed behind it.
    init(_ code: Int = 200, pretty: Bool = false, _ value: JSONValue) {
        self.init(code, "application/json", Array((value.text(pretty: pretty) + "\n").utf8))
    }

    /// What went wrong, and what to do about it.
    static func problem(_ code: Int, _ what: String, _ remedy: String? = nil) -> StatusReply {
        StatusReply(
            code, .object([("error", .string(what)), ("remedy", remedy.map { .string($0) } ?? .null)]))
    }
}

/// The path and the query of a request target, taken apart. What is encoded in them is data: a `%2f` is no separator.
struct StatusTarget: Equatable {
    var components: [String]
    var query: [(key: String, value: String)]

    static let longest = 4096
    static let mostParameters = 16

    /// Nil if it is no target: not a path, a wrong escape, not UTF-8.
    init?(_ text: String) {
        guard text.utf8.count <= Self.longest, text.utf8.first == UInt8(ascii: "/") else { return nil }
        let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        components = []
        for part in parts[0].dropFirst().split(separator: "/", omittingEmptySubsequences: false) {
            guard let component = Self.decoded(part) else { return nil }
            components.append(component)
        }
        query = []
        guard parts.count > 1 else { return }
        for pair in parts[1].split(separator: "&") {
            let sides = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard query.count < Self.mostParameters, let key = Self.decoded(sides[0]),
                let value = Self.decoded(sides.count > 1 ? sides[1] : "")
            else { return nil }
            query.append((key, value))
        }
    }

    static func == (left: Self, right: Self) -> Bool {
        left.components == right.components && left.query.map(\.key) == right.query.map(\.key)
            && left.query.map(\.value) == right.query.map(\.value)
    }

    /// RFC 3986 section 2.1. A plus stays a plus: numbers have them.
    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard let high = rest.popFirst().flatMap(digit), let low = rest.popFirst().flatMap(digit) else {
                return nil
            }
            bytes.append(high << 4 | low)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
