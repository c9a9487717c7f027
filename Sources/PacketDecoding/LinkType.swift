/// What a captured packet begins with: the LINKTYPE_ number of a capture file (tcpdump.org/linktypes.html).
///
/// Numbers we do not decode are carried along unchanged, so that such packets can still be counted and written.
@frozen
public struct LinkType: RawRepresentable, Hashable, Sendable {
    public var rawValue: UInt32

    @inlinable
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// From the number that programs use for the same thing (DLT_), which differs in a few cases.
    init(dlt: UInt32) {
        switch dlt {
        case 11: self = .atm
        default: self.init(rawValue: dlt)
        }
    }

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

    // Wireless.
    static let ieee80211 = LinkType(rawValue: 105)
    static let prism = LinkType(rawValue: 119)
    static let radiotap = LinkType(rawValue: 127)
    static let avs = LinkType(rawValue: 163)

    // Serial and wide-area links.
    static let slip = LinkType(rawValue: 8)
    static let ppp = LinkType(rawValue: 9)
    static let pppSerial = LinkType(rawValue: 50)
    static let pppoe = LinkType(rawValue: 51)
    static let atm = LinkType(rawValue: 100)
    static let ciscoHDLC = LinkType(rawValue: 104)
    static let frameRelay = LinkType(rawValue: 107)
    static let sunATM = LinkType(rawValue: 123)
    static let docsis = LinkType(rawValue: 143)
    static let pppd = LinkType(rawValue: 166)
    static let pppWithDirection = LinkType(rawValue: 204)
    static let ciscoHDLCWithDirection = LinkType(rawValue: 205)
    static let frameRelayWithDirection = LinkType(rawValue: 206)

    // Other local networks.
    static let tokenRing = LinkType(rawValue: 6)
    static let arcnet = LinkType(rawValue: 7)
    static let fddi = LinkType(rawValue: 10)
    static let fibreChannel = LinkType(rawValue: 122)
    static let arcnetLinux = LinkType(rawValue: 129)
    static let ieee1394 = LinkType(rawValue: 138)
    static let infiniBand = LinkType(rawValue: 242)
    static let epon = LinkType(rawValue: 259)

    // What capture programs, cards and systems put in front.
    static let enc = LinkType(rawValue: 109)
    static let pflog = LinkType(rawValue: 117)
    /// DLT_USER2, which macOS once used for PKTAP.
    static let pktapOfApple = LinkType(rawValue: 149)
    static let juniperEthernet = LinkType(rawValue: 178)
    static let juniperPPP = LinkType(rawValue: 179)
    static let juniperFrameRelay = LinkType(rawValue: 180)
    static let juniperHDLC = LinkType(rawValue: 181)
    static let ppi = LinkType(rawValue: 192)
    static let erf = LinkType(rawValue: 197)
    static let ipnet = LinkType(rawValue: 226)
    static let nflog = LinkType(rawValue: 239)
    static let netAnalyzer = LinkType(rawValue: 240)
    static let netAnalyzerTransparent = LinkType(rawValue: 241)
    /// Wireshark's "Export PDUs".
    static let exportedPDU = LinkType(rawValue: 252)
    static let pktap = LinkType(rawValue: 258)
    static let switchTagBroadcom = LinkType(rawValue: 281)
    static let switchTagPrepended = LinkType(rawValue: 282)
    static let switchTagDSA = LinkType(rawValue: 284)
    static let switchTagEDSA = LinkType(rawValue: 285)

    /// LLC without anything in front, found inside of others; no capture has this number.
    static let llc = LinkType(rawValue: .max)

    /// Lower-case name fit for a file name; `linktype_147` for numbers we do not decode.
    public var name: String { LinkType.names[rawValue] ?? "linktype_\(rawValue)" }

    /// Whether `PacketDecoder` looks into packets of this type; the others are `notIP`.
    public var isDecoded: Bool { LinkType.names[rawValue] != nil }

    /// All that are decoded.
    public static var decoded: [LinkType] { names.keys.sorted().map { LinkType(rawValue: $0) } }

    private static let names: [UInt32: String] = [
        0: "null", 1: "ethernet", 6: "token_ring", 7: "arcnet", 8: "slip", 9: "ppp", 10: "fddi", 12: "raw", 14: "raw",
        50: "ppp_serial", 51: "pppoe", 100: "atm", 101: "raw", 104: "c_hdlc", 105: "ieee802_11", 107: "frame_relay",
        108: "loop", 109: "enc", 113: "linux_sll", 117: "pflog", 119: "prism", 122: "fibre_channel", 123: "sunatm",
        127: "radiotap", 129: "arcnet_linux", 138: "ieee1394", 143: "docsis", 149: "pktap", 163: "avs", 166: "pppd",
        178: "juniper_ethernet", 179: "juniper_ppp", 180: "juniper_frame_relay", 181: "juniper_hdlc", 192: "ppi",
        197: "erf", 204: "ppp_with_direction", 205: "c_hdlc_with_direction", 206: "frame_relay_with_direction",
        226: "ipnet", 228: "ipv4", 229: "ipv6", 239: "nflog", 240: "netanalyzer", 241: "netanalyzer_transparent",
        242: "infiniband", 252: "exported_pdu", 258: "pktap", 259: "epon", 276: "linux_sll2", 281: "dsa_broadcom",
        282: "dsa_broadcom_prepended", 284: "dsa", 285: "dsa_ethertype",
    ]
}

extension LinkType: CustomStringConvertible {
    public var description: String { name }
}
