import Calls

/// The pattern of per-call file names: text with `{timestamp} {callid} {from} {to} {date} {hour} {kind}`, and `/` for
/// folders.
public struct FileNamePattern: Sendable, Equatable {
    public enum Field: String, Sendable, CaseIterable {
        /// UTC, `YYYYMMDD_HHMMSS`, of the first packet.
        case timestamp
        case callid
        /// User part of From.
        case from
        case to
        /// UTC, `YYYYMMDD`.
        case date
        /// UTC, `HH`.
        case hour
        /// `sip` or `rtp`; splits the call into two files.
        case kind
    }

    public enum Failure: Error, Sendable, Equatable {
        case empty
        /// Without it two calls would share a file.
        case callIDMissing
        case unknownField(String)
        /// `{` without `}`, or the other way round.
        case unbalancedBrace
        /// A path that begins with `/`, an empty component, or one that begins with `.`.
        case unusableComponent(String)
        /// NUL, another control character, or not ASCII where a field's text must be.
        case controlCharacter
        /// The fixed text of a component leaves too little room for the Call-ID.
        case componentTooLong(String)
    }

    private enum Piece: Sendable, Equatable {
        case text([UInt8])
        case field(Field)
    }

    public static let standard = "{timestamp}_{callid}.pcap"

    /// Longest component of a path on every file system in use (NAME_MAX).
    static let componentLimit = 255
    /// Kept free in the last component for `NameRegistry` and `FileName`.
    static let lastComponentLimit = componentLimit - FileName.reserve - NameRegistry.longestSuffix
    /// Bytes of `{from}` and `{to}` that are shown.
    static let userLimit = 40
    /// What a Call-ID may always take, however long the rest.
    static let callIDMinimum = 40

    private let components: [[Piece]]
    /// From and To are looked at.
    public let showsUsers: Bool

    /// - Parameter text: with or without `.pcap` at the end.
    public init(_ text: String) throws(Failure) {
        var bytes = Array(text.utf8)
        guard !bytes.isEmpty else { throw Failure.empty }
        guard !bytes.contains(where: { $0 < 0x20 || $0 == 0x7f }) else { throw Failure.controlCharacter }
        let ending = Array(FileName.ending.utf8)
        if bytes.suffix(ending.count).elementsEqual(ending) { bytes.removeLast(ending.count) }
        var components: [[Piece]] = []
        for component in bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            let name = String(decoding: component, as: UTF8.self)
            guard let first = component.first, first != UInt8(ascii: ".") else { throw Failure.unusableComponent(name) }
            components.append(try Self.pieces(of: component))
        }
        guard components.contains(where: { $0.contains(.field(.callid)) }) else { throw Failure.callIDMissing }
        self.components = components
        showsUsers = components.contains { $0.contains(.field(.from)) || $0.contains(.field(.to)) }
        for (index, component) in components.enumerated() where callIDRoom(index) < Self.callIDMinimum {
            guard component.contains(.field(.callid)) || callIDRoom(index) < 0 else { continue }
            throw Failure.componentTooLong(text)
        }
    }

    private static func pieces(of component: ArraySlice<UInt8>) throws(Failure) -> [Piece] {
        var pieces: [Piece] = []
        var rest = component
        while let first = rest.first {
            if first == UInt8(ascii: "}") { throw Failure.unbalancedBrace }
            guard first == UInt8(ascii: "{") else {
                let text = rest.prefix { $0 != UInt8(ascii: "{") && $0 != UInt8(ascii: "}") }
                pieces.append(.text(Array(text)))
                rest = rest.dropFirst(text.count)
                continue
            }
            guard let end = rest.firstIndex(of: UInt8(ascii: "}")) else { throw Failure.unbalancedBrace }
            let name = String(decoding: rest[(rest.startIndex + 1)..<end], as: UTF8.self)
            guard let field = Field(rawValue: name) else { throw Failure.unknownField(name) }
            pieces.append(.field(field))
            rest = rest[(end + 1)...]
        }
        return pieces
    }

    /// Signalling and media go to files of their own.
    public var splitsKinds: Bool { components.contains { $0.contains(.field(.kind)) } }

    /// A call's name. Deterministic; two calls may get the same one, which `NameRegistry` sorts out.
    public func stem(for values: FileNameValues) -> FileStem {
        // Times before the epoch count as the epoch.
        let time = CivilTime(nanoseconds: max(values.timestamp, 0))
        var path: [UInt8] = []
        // A date, an underline and a time; the rest is little, or sets its own room.
        path.reserveCapacity(values.callID.count + 32)
        for index in components.indices {
            if index > 0 { path.append(UInt8(ascii: "/")) }
            let start = path.count
            for piece in components[index] {
                switch piece {
                case .text(let text): path.append(contentsOf: text)
                case .field(.timestamp): time.appendTimestamp(to: &path)
                case .field(.date): time.appendDate(to: &path)
                case .field(.hour): time.appendHour(to: &path)
                case .field(.kind): path.append(FileStem.kindMarker)
                case .field(.from): path.append(contentsOf: SafeName.sanitised(values.from).prefix(Self.userLimit))
                case .field(.to): path.append(contentsOf: SafeName.sanitised(values.to).prefix(Self.userLimit))
                case .field(.callid):
                    path.append(contentsOf: SafeName.callID(values.callID, limit: callIDRoom(index)))
                }
            }
            // Only sanitised values and checked text came together here, so the component is never `.` or `..`.
            assert(path.count > start)
        }
        return FileStem(bytes: path)
    }

    /// What every Call-ID in a component may take when all other fields are as long as they get.
    private func callIDRoom(_ index: Int) -> Int {
        var fixed = 0
        var callIDs = 0
        for piece in components[index] {
            switch piece {
            case .text(let text): fixed += text.count
            case .field(.timestamp): fixed += 15
            case .field(.date): fixed += 8
            case .field(.hour): fixed += 2
            case .field(.kind): fixed += 3
            case .field(.from), .field(.to): fixed += Self.userLimit
            case .field(.callid): callIDs += 1
            }
        }
        let limit = index == components.count - 1 ? Self.lastComponentLimit : Self.componentLimit
        return (limit - fixed) / max(callIDs, 1)
    }
}
