/// The name of a link type in file names: lower case, as tcpdump spells it.
enum LinkTypeName {
    static func name(of linkType: UInt32) -> String {
        switch linkType {
        case 0: "null"
        case 1: "en10mb"
        case 6: "ieee802_5"
        case 7: "arcnet"
        case 8: "slip"
        case 9: "ppp"
        case 10: "fddi"
        case 12, 14, 101: "raw"
        case 50: "ppp_serial"
        case 51: "ppp_ether"
        case 100: "atm_rfc1483"
        case 104: "c_hdlc"
        case 105: "ieee802_11"
        case 107: "frelay"
        case 108: "loop"
        case 109: "enc"
        case 113: "linux_sll"
        case 117: "pflog"
        case 119: "prism_header"
        case 122: "ip_over_fc"
        case 123: "sunatm"
        case 127: "ieee802_11_radio"
        case 129: "arcnet_linux"
        case 138: "apple_ieee1394"
        case 143: "docsis"
        case 163: "ieee802_11_avs"
        case 178: "juniper_ether"
        case 179: "juniper_ppp"
        case 180: "juniper_frelay"
        case 181: "juniper_chdlc"
        case 192: "ppi"
        case 197: "erf"
        case 226: "ipnet"
        case 228: "ipv4"
        case 229: "ipv6"
        case 239: "nflog"
        case 249: "usbpcap"
        case 258: "pktap"
        case 276: "linux_sll2"
        default: "dlt\(linkType)"
        }
    }
    /// Longest of the names above and of `dlt4294967295`.
    static let longest = 16
}
