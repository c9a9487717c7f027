/// What a captured packet begins with: the LINKTYPE_ number of a capture file (tcpdump.org/linktypes.html).
///
/// Numbers we do not decode are carried along unchanged, so that such packets can still be counted and written.
@frozen
public struct LinkType: RawRepresentable, Hashable, Sendable {
    public var rawValue: UInt32

    @inlinable
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// BSD loopback: the address family in the byte order of the capturing host.
    public static let null = LinkType(rawValue: 0)
    public static let ethernet = LinkType(rawValue: 1)
    /// An IPv4 or IPv6 header without link header.
    public static let raw = LinkType(rawValue: 101)
    /// DLT_RAW as BSD and Linux number it, found in files of programs that wrote the DLT instead of the LINKTYPE.
    public static let rawBSD = LinkType(rawValue: 12)
    /// DLT_RAW as OpenBSD numbers it.
    public static let rawOpenBSD = LinkType(rawValue: 14)
    /// OpenBSD loopback: the address family in network order.
    public static let loop = LinkType(rawValue: 108)
    /// Linux cooked capture, version 1.
    public static let linuxSLL = LinkType(rawValue: 113)
    public static let ipv4 = LinkType(rawValue: 228)
    public static let ipv6 = LinkType(rawValue: 229)
    /// Linux cooked capture, version 2: what the `any` device gives.
    public static let linuxSLL2 = LinkType(rawValue: 276)

    /// Lower-case name fit for a file name; `linktype_147` for numbers we do not decode.
    public var name: String { knownName ?? "linktype_\(rawValue)" }

    /// Whether `PacketDecoder` looks into packets of this type; the others are `notIP`.
    public var isDecoded: Bool { knownName != nil }

    private var knownName: String? {
        switch self {
        case .null: "null"
        case .ethernet: "ethernet"
        case .raw, .rawBSD, .rawOpenBSD: "raw"
        case .loop: "loop"
        case .linuxSLL: "linux_sll"
        case .linuxSLL2: "linux_sll2"
        case .ipv4: "ipv4"
        case .ipv6: "ipv6"
        default: nil
        }
    }
}

extension LinkType: CustomStringConvertible {
    public var description: String { name }
}
