/// The name of a link type in file names: lower case, as tcpdump spells it.
enum LinkTypeName {
    static func name(of linkType: UInt32) -> String {
        switch linkType {
        case 0: "null"
        case 1: "en10mb"
        case 6: "ieee802_5"
        case 9: "ppp"
        case 12, 14, 101: "raw"
        case 50: "ppp_serial"
        case 51: "ppp_ether"
        case 104: "c_hdlc"
        case 105: "ieee802_11"
        case 107: "frelay"
        case 108: "loop"
        case 113: "linux_sll"
        case 119: "prism_header"
        case 127: "ieee802_11_radio"
        case 228: "ipv4"
        case 229: "ipv6"
        case 249: "usbpcap"
        case 276: "linux_sll2"
        default: "dlt\(linkType)"
        }
    }
    /// Longest of the names above and of `dlt4294967295`.
    static let longest = 16
}
