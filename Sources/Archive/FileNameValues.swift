/// What a call offers for its file's name. The texts come from the network and are not trusted.
public struct FileNameValues: Sendable {
    /// Of the call's first packet, nanoseconds since the epoch.
    public var timestamp: Int64
    public var callID: [UInt8]
    /// User part of From and To; empty where there is none.
    public var from: [UInt8]
    public var to: [UInt8]

    public init(timestamp: Int64, callID: [UInt8], from: [UInt8] = [], to: [UInt8] = []) {
        self.timestamp = timestamp
        self.callID = callID
        self.from = from
        self.to = to
    }
}

/// Untrusted text as part of a file name.
public enum SafeName {
    /// Only these survive; everything else, each byte of a longer UTF-8 sequence too, becomes `_`.
    static func isAllowed(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "@"),
            UInt8(ascii: "+"), UInt8(ascii: "="), UInt8(ascii: "-"):
            true
        default: false
        }
    }

    /// Never empty, never beginning with `.` (hidden, `..`) or `-` (taken for an option).
    static func sanitised(_ value: [UInt8]) -> [UInt8] {
        var result = value.map { isAllowed($0) ? $0 : UInt8(ascii: "_") }
        guard let first = result.first else { return [UInt8(ascii: "_")] }
        if first == UInt8(ascii: ".") || first == UInt8(ascii: "-") { result[0] = UInt8(ascii: "_") }
        return result
    }

    /// A Call-ID in at most `limit` bytes (at least 17).
    ///
    /// Unchanged where it can be. Where characters were replaced, `~` and 8 hex digits of its hash follow, so that two
    /// Call-IDs that differ only there do not meet; where it is too long, 16 digits after as much of it as fits. `~` is not
    /// an allowed character, so no Call-ID can look like another's hash.
    static func callID(_ value: [UInt8], limit: Int) -> [UInt8] {
        let safe = sanitised(value)
        if safe == value, safe.count <= limit { return safe }
        let hash = StableHash.hash(value)
        if safe.count + 9 <= limit {
            return safe + [UInt8(ascii: "~")] + hexadecimal(hash ^ hash >> 32, digits: 8)
        }
        return safe.prefix(max(limit - 17, 0)) + [UInt8(ascii: "~")] + hexadecimal(hash, digits: 16)
    }

    /// Untrusted text as an argument of a command: as in file names, and never beginning with `@` either, which many
    /// programs take for a file to read.
    public static func argument(_ value: [UInt8]) -> [UInt8] {
        var safe = callID(value, limit: argumentLimit)
        guard safe.first == UInt8(ascii: "@") else { return safe }
        safe[0] = UInt8(ascii: "_")
        return safe.contains(UInt8(ascii: "~"))
            ? safe : safe + [UInt8(ascii: "~")] + hexadecimal(StableHash.hash(value), digits: 16)
    }

    private static let argumentLimit = 1024

    static func hexadecimal(_ value: UInt64, digits: Int) -> [UInt8] {
        let alphabet = Array("0123456789abcdef".utf8)
        return (0..<digits).map { alphabet[Int(value >> UInt64(4 * (digits - 1 - $0)) & 0xf)] }
    }
}

/// The same for every run and machine, unlike the standard library's: names must not change from run to run.
enum StableHash {
    /// FNV-1a, 64 bits (http://www.isthe.com/chongo/tech/comp/fnv/), with the finishing step of MurmurHash3 so that every
    /// input bit reaches the digits that are shown.
    static func hash(_ bytes: [UInt8]) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ hash >> 33) &* 0xff51_afd7_ed55_8ccd
        hash = (hash ^ hash >> 33) &* 0xc4ce_b9fe_1a85_ec53
        return hash ^ hash >> 33
    }
}
