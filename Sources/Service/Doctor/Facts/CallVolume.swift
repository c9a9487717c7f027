import Glibc

/// How much of the disk calls take, measured on those that an archive has.
struct CallVolume: Sendable, Equatable {
    var calls = 0
    var packets = 0
    /// Captured bytes of them.
    var bytes = 0

    /// A capture's file header and the header of one record.
    static let fileHeader = 24
    static let recordHeader = 16

    var bytesOnDisk: Int { bytes + packets * Self.recordHeader + calls * Self.fileHeader }

    /// What a thousand calls take; nil without any.
    var perThousandCalls: Int? {
        calls > 0 ? Int((Double(bytesOnDisk) / Double(calls) * 1000).rounded()) : nil
    }

    /// G.711 at 20 ms, both ways, for three minutes, and ten SIP messages: Ethernet, IPv4, UDP and RTP headers are 54 bytes, the
    /// payload 160.
    static let assumed: (seconds: Int, perThousandCalls: Int) = {
        let (seconds, packet, messages) = (180, 54 + 160 + recordHeader, 10 * 800)
        return (seconds, 1000 * (2 * 50 * seconds * packet + messages + fileHeader))
    }()

    /// The end of a `calls.jsonl`; nil when there is none with calls in it.
    static func measured(in path: String, tail: Int = 4 << 20) -> CallVolume? {
        guard let bytes = FileTail.read(path, tail) else { return nil }
        let volume = measured(bytes[...])
        return volume.calls > 0 ? volume : nil
    }

    /// Of records, one a line: `"files":[…],"packets":N,"bytes":M`, which no text in a record can look like, because quotes in
    /// it are escaped.
    static func measured(_ lines: ArraySlice<UInt8>) -> CallVolume {
        var volume = CallVolume()
        let (packetsKey, bytesKey) = (Array("],\"packets\":".utf8), Array("\"bytes\":".utf8))
        for line in lines.split(separator: UInt8(ascii: "\n")) where line.starts(with: "{\"type\":\"call\"".utf8) {
            guard let at = find(packetsKey, in: line), let (packets, rest) = number(line[at...]),
                rest.first == UInt8(ascii: ","), rest.dropFirst().starts(with: bytesKey),
                let (bytes, _) = number(rest.dropFirst(1 + bytesKey.count)), packets > 0
            else { continue }
            volume.calls += 1
            volume.packets += packets
            volume.bytes += bytes
        }
        return volume
    }

    /// The index behind the first place of `key`.
    private static func find(_ key: [UInt8], in line: ArraySlice<UInt8>) -> Int? {
        guard let first = key.first else { return nil }
        var at = line.startIndex
        while let found = line[at...].firstIndex(of: first) {
            if line[found...].starts(with: key) { return found + key.count }
            at = found + 1
        }
        return nil
    }

    /// At most fifteen digits: sums of thousands of them fit.
    private static func number(_ text: ArraySlice<UInt8>) -> (Int, ArraySlice<UInt8>)? {
        let digits = text.prefix { (48...57).contains($0) }
        guard (1...15).contains(digits.count) else { return nil }
        return (digits.reduce(0) { $0 * 10 + Int($1 - 48) }, text.dropFirst(digits.count))
    }
}
