/// A call's file name without kind, continuation, link type and ending: a path relative to the archive's directory.
///
/// Made by `FileNamePattern`, which vouches for every component: no `..`, nothing hidden, short enough for what is added.
public struct FileStem: Hashable, Sendable {
    /// Stands where the kind goes; cannot occur in a name.
    static let kindMarker: UInt8 = 0
    let bytes: [UInt8]
    /// Signalling and media go to files of their own. Asked for every record that does not fit its buffer.
    let splitsKinds: Bool

    init(bytes: [UInt8]) {
        self.bytes = bytes
        splitsKinds = bytes.contains(Self.kindMarker)
    }

    /// The relative path with the kind filled in.
    func path(kind: RecordKind) -> [UInt8] {
        guard splitsKinds else { return bytes }
        var path: [UInt8] = []
        path.reserveCapacity(bytes.count + 8)
        for byte in bytes {
            if byte == Self.kindMarker {
                path.append(contentsOf: kind == .media ? "rtp".utf8 : "sip".utf8)
            } else {
                path.append(byte)
            }
        }
        return path
    }
}

/// The files of one call that share a name: which kind and link type, and which continuation.
public struct FileName {
    static let ending = ".pcap"
    static let openEnding = ".pcap.partial"
    /// A finished file that is still to be compressed, encrypted or synchronised, and the copy that is made of it.
    static let pendingEnding = ".pcap.pending"
    static let sealEnding = ".pcap.seal.partial"
    /// What is added to `ending` by compression and encryption, in this order.
    public static let gzipSuffix = ".gz"
    public static let encryptedSuffix = ".enc"
    /// All endings of finished files.
    static let finishedEndings = ["", gzipSuffix, encryptedSuffix, gzipSuffix + encryptedSuffix].map { ending + $0 }
    /// A file being put in order, beside its `openEnding` sibling; worth nothing while that one is there.
    static let orderEnding = ".pcap.order.partial"
    /// Names tried before giving up on one that is taken.
    static let attemptLimit = 9_999
    /// What the longest addition to a stem's last component takes: link type, `_9999999`, `-9999`, ending.
    static let reserve = 1 + LinkTypeName.longest + 8 + 5 + orderEnding.utf8.count

    /// `stem[.linktype][_part][-attempt]ending`; part 0 and attempt 1 are not shown.
    static func path(
        _ base: [UInt8], linkType: UInt32?, part: Int, attempt: Int, ending: String
    ) -> [UInt8] {
        var path = base
        path.reserveCapacity(base.count + reserve)
        if let linkType { path.append(contentsOf: ".\(LinkTypeName.name(of: linkType))".utf8) }
        if part > 0 { path.append(contentsOf: "_\(part)".utf8) }
        if attempt > 1 { path.append(contentsOf: "-\(attempt)".utf8) }
        path.append(contentsOf: ending.utf8)
        return path
    }
}
