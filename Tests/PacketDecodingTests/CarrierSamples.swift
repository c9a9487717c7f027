@testable import PacketDecoding

/// One packet in each carrier, headers written out from their specifications. What is inside is always the same datagram
/// from 198.18.0.1:4000 to 198.18.0.2:5060, or from 2001:db8::1 to 2001:db8::2.
struct CarrierSample: Sendable, CustomStringConvertible {
    var name: String
    var linkType: LinkType
    var bytes: [UInt8]
    var isIPv6 = false
    var description: String { name }

    typealias Build = PacketBuilder
    static let ip = Build.ipv4(17, payload: Build.udp(Build.payload))
    static let ip6 = Build.ipv6(17, payload: Build.udp(Build.payload))
    static let frame = Build.ethernet(0x0800) + ip
    static let snap: [UInt8] = [0xaa, 0xaa, 3, 0, 0, 0, 8, 0]

    static let all: [CarrierSample] = ethernetCarriers + ipCarriers + udpCarriers + nested + links

    private static func ethernet(_ name: String, _ bytes: [UInt8], isIPv6: Bool = false) -> CarrierSample {
        CarrierSample(name: name, linkType: .ethernet, bytes: bytes, isIPv6: isIPv6)
    }

    private static func overIP(_ name: String, _ number: UInt8, _ bytes: [UInt8], isIPv6: Bool = false) -> CarrierSample
    {
        ethernet(name, Build.ethernet(0x0800) + Build.outerIPv4(number, bytes), isIPv6: isIPv6)
    }

    private static func overUDP(_ name: String, _ port: Int, _ bytes: [UInt8], isIPv6: Bool = false) -> CarrierSample {
        ethernet(name, Build.ethernet(0x0800) + Build.outerUDP(port, bytes), isIPv6: isIPv6)
    }

    private static func label(_ number: UInt32, isBottom: Bool) -> [UInt8] {
        Build.bytes32(number << 12 | (isBottom ? 0x100 : 0) | 64)
    }

    private static func pppoe(_ ppp: [UInt8]) -> [UInt8] { [0x11, 0, 0, 5] + Build.bytes16(ppp.count) + ppp }

    static let ethernetCarriers: [CarrierSample] = [
        ethernet("MPLS", Build.ethernet(0x8847) + label(100, isBottom: true) + ip),
        ethernet(
            "MPLS, two labels, IPv6",
            Build.ethernet(0x8847) + label(100, isBottom: false) + label(2, isBottom: true) + ip6, isIPv6: true),
        ethernet(
            "MPLS behind a VLAN tag",
            Build.ethernet(0x8100) + Build.vlanTag(5, then: 0x8848) + label(16, isBottom: true) + ip),
        ethernet(
            "pseudowire with control word",
            Build.ethernet(0x8847) + label(100, isBottom: true) + [0, 0, 0, 9] + frame),
        ethernet("pseudowire without control word", Build.ethernet(0x8847) + label(100, isBottom: true) + frame),
        ethernet(
            "pseudowire, address that begins with a zero nibble",
            Build.ethernet(0x8847) + label(100, isBottom: true) + [
                0, 0x1b, 0x21, 1, 2, 3, 0, 0x1b, 0x21, 4, 5, 6, 8, 0,
            ]
                + ip),
        ethernet(
            "pseudowire with VLAN tag",
            Build.ethernet(0x8847) + label(100, isBottom: true) + [0, 0, 0, 0] + Build.ethernet(0x8100)
                + Build.vlanTag(7, then: 0x0800) + ip),
        ethernet("PPPoE", Build.ethernet(0x8864) + pppoe([0, 0x21] + ip)),
        ethernet("PPPoE, compressed protocol", Build.ethernet(0x8864) + pppoe([0x21] + ip)),
        ethernet("PPPoE, IPv6", Build.ethernet(0x8864) + pppoe([0, 0x57] + ip6), isIPv6: true),
        ethernet("PPPoE with multilink", Build.ethernet(0x8864) + pppoe([0, 0x3d, 0xc0, 0, 0, 1, 0, 0x21] + ip)),
        ethernet(
            "provider backbone bridge",
            Build.ethernet(0x88a8) + Build.vlanTag(9, then: 0x88e7) + [0, 0, 1, 2] + frame),
        ethernet("VN-Tag", Build.ethernet(0x8926) + [0, 1, 0, 2, 8, 0] + ip),
        ethernet("HSR", Build.ethernet(0x892f) + [0x10, 60, 0, 1, 8, 0] + ip),
        ethernet("Cisco metadata", Build.ethernet(0x8909) + [1, 1, 0, 1, 0, 9, 8, 0] + ip),
        ethernet(
            "MACsec without encryption",
            Build.ethernet(0x88e5) + [0x20, 0, 0, 0, 0, 1] + [UInt8](repeating: 3, count: 8) + [8, 0] + ip
                + [UInt8](repeating: 9, count: 16)),
        ethernet(
            "NSH", Build.ethernet(0x894f) + [0x0f, 0xc6, 1, 1, 0, 0, 1, 255] + [UInt8](repeating: 0, count: 16) + ip),
    ]

    static let ipCarriers: [CarrierSample] = [
        overIP("IP in IP", 4, ip),
        overIP("6in4", 41, ip6, isIPv6: true),
        ethernet("4in6", Build.ethernet(0x86dd) + Build.ipv6(4, payload: ip)),
        ethernet(
            "IP in IPv6 behind an extension header",
            Build.ethernet(0x86dd) + Build.ipv6(60, payload: [4, 0, 1, 4, 0, 0, 0, 0] + ip)),
        overIP("GRE", 47, [0, 0, 8, 0] + ip),
        overIP(
            "GRE with checksum, key and sequence", 47,
            [0xb0, 0, 8, 0, 0xaa, 0xbb, 0, 0, 0, 0, 0, 5, 0, 0, 0, 6] + ip),
        overIP("GRE with key, IPv6", 47, [0x20, 0, 0x86, 0xdd, 0, 0, 0, 5] + ip6, isIPv6: true),
        overIP(
            "GRE with a source route", 47,
            [0x40, 0, 8, 0, 0, 0, 0, 0, 8, 0, 0, 4, 1, 2, 3, 4, 0, 0, 0, 0] + ip),
        overIP("GRE bridging", 47, [0, 0, 0x65, 0x58] + frame),
        overIP("NVGRE", 47, [0x20, 0, 0x65, 0x58, 0, 1, 2, 3] + frame),
        overIP("MPLS in GRE", 47, [0, 0, 0x88, 0x47] + label(100, isBottom: true) + ip),
        overIP("WCCP", 47, [0, 0, 0x88, 0x3e, 0, 0, 0, 0] + ip),
        overIP(
            "PPTP", 47,
            [0x30, 0x81, 0x88, 0x0b] + Build.bytes16(4 + ip.count) + [0, 5, 0, 0, 0, 1, 0, 0, 0, 2]
                + [0xff, 3, 0, 0x21] + ip),
        overIP("EoIP", 47, [0x20, 1, 0x64, 0] + Build.bytes16(frame.count) + [5, 0] + frame),
        overIP("ERSPAN I", 47, [0, 0, 0x88, 0xbe] + frame),
        overIP("ERSPAN II", 47, [0x10, 0, 0x88, 0xbe, 0, 0, 0, 1, 0x10, 0, 0, 5, 0, 0, 0, 0] + frame),
        overIP(
            "ERSPAN III", 47,
            [0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 0] + frame),
        overIP(
            "ERSPAN III with subheader", 47,
            [0x10, 0, 0x22, 0xeb, 0, 0, 0, 1, 0x20, 0, 0, 5, 0, 0, 0, 0, 0, 0, 0, 1] + [UInt8](repeating: 0, count: 8)
                + frame),
        overIP("EtherIP", 97, [0x30, 0] + frame),
        overIP("L2TPv3 without cookie", 115, [0, 0, 0, 7] + frame),
        overIP("L2TPv3 with cookie and sublayer", 115, [0, 0, 0, 7, 1, 2, 3, 4, 5, 6, 7, 8, 0x40, 0, 0, 1] + frame),
        overIP("MPLS in IP", 137, label(100, isBottom: true) + ip),
        ethernet("SRv6 with a frame", Build.ethernet(0x86dd) + Build.ipv6(143, payload: frame)),
        overIP(
            "authenticated IP in IP", 51, [4, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 2] + [UInt8](repeating: 7, count: 12) + ip),
    ]

    private static let gtp: [UInt8] = [0x30, 255] + Build.bytes16(ip.count) + [0, 0, 0, 9]
    private static let l2tp: [UInt8] = [0, 2, 0, 1, 0, 2]

    static let udpCarriers: [CarrierSample] = [
        overUDP("VXLAN", 4789, [8, 0, 0, 0, 0, 0, 42, 0] + frame),
        overUDP("VXLAN with group policy", 4789, [0x88, 0, 0, 7, 0, 0, 42, 0] + frame),
        overUDP("VXLAN on Linux's first port", 8472, [8, 0, 0, 0, 0, 0, 42, 0] + frame),
        overUDP("VXLAN-GPE", 4790, [0x0c, 0, 0, 1, 0, 0, 42, 0] + ip),
        overUDP("VXLAN-GPE, frame", 4790, [0x0c, 0, 0, 3, 0, 0, 42, 0] + frame),
        overUDP("Geneve", 6081, [0, 0, 0x65, 0x58, 0, 0, 42, 0] + frame),
        overUDP(
            "Geneve with options", 6081,
            [5, 0x40, 8, 0, 0, 0, 42, 0, 1, 2, 3, 1, 9, 9, 9, 9, 1, 2, 4, 2, 8, 8, 8, 8, 7, 7, 7, 7] + ip),
        overUDP("GTP-U", 2152, gtp + ip),
        overUDP(
            "GTP-U with sequence", 2152,
            [0x32, 255] + Build.bytes16(ip.count + 4) + [0, 0, 0, 9, 0, 1, 0, 0] + ip),
        overUDP(
            "GTP-U with extension headers", 2152,
            [0x34, 255] + Build.bytes16(ip.count + 16) + [
                0, 0, 0, 9, 0, 0, 0, 0x85, 1, 0, 9, 0xc0, 2, 1, 2, 3, 4, 5, 6, 0,
            ]
                + ip),
        overUDP("GTP-U, IPv6", 2152, [0x30, 255] + Build.bytes16(ip6.count) + [0, 0, 0, 9] + ip6, isIPv6: true),
        overUDP(
            "GTP version 0", 3386,
            [0x1e, 255] + Build.bytes16(ip.count) + [0, 1, 0, 2, 0xff, 0xff, 0xff, 0xff]
                + [UInt8](repeating: 1, count: 8)
                + ip),
        overUDP("L2TP", 1701, l2tp + [0xff, 3, 0, 0x21] + ip),
        overUDP(
            "L2TP with length, sequence and offset", 1701,
            [0x4a, 2] + Build.bytes16(20 + ip.count) + [0, 1, 0, 2, 0, 3, 0, 4, 0, 2, 0, 0, 0xff, 3, 0, 0x21] + ip),
        overUDP("L2TPv3 over UDP", 1701, [0, 3, 0, 0, 0, 0, 0, 7, 1, 2, 3, 4] + frame),
        overUDP("TZSP", 37008, [1, 0, 0, 1, 0, 10, 1, 0xd8, 1] + frame),
        overUDP("LISP", 4341, [0x80, 1, 2, 3, 0, 0, 0, 1] + ip),
        overUDP("LISP with instance", 4341, [0x88, 1, 2, 3, 0, 0, 1, 1] + ip6, isIPv6: true),
        overUDP("Teredo", 3544, ip6, isIPv6: true),
        overUDP(
            "Teredo with authentication and origin", 3544,
            [0, 1, 0, 0] + [UInt8](repeating: 5, count: 9) + [0, 0, 1, 2, 3, 4, 5, 6] + ip6, isIPv6: true),
        overUDP(
            "AYIYA", 5072,
            [0x42, 0x52, 0x11, 41, 0, 0, 0, 1] + [UInt8](repeating: 1, count: 16) + [UInt8](repeating: 2, count: 20)
                + ip6,
            isIPv6: true),
        overUDP("MPLS over UDP", 6635, label(100, isBottom: true) + ip),
        overUDP("GRE over UDP", 4754, [0, 0, 8, 0] + ip),
        overUDP("NSH over UDP", 6633, [0, 2, 2, 1, 0, 0, 1, 255] + ip),
        overUDP("CAPWAP, 802.3 frame", 5247, [0, 0x10, 2, 0, 0, 0, 0, 0] + frame),
        overUDP(
            "CAPWAP, 802.11 frame", 5247,
            [0, 0x10, 3, 0, 0, 0, 0, 0] + ieee80211([8, 1]) + snap + ip),
        overUDP(
            "CAPWAP, 802.11 frame control swapped", 5247,
            [0, 0x10, 3, 0, 0, 0, 0, 0] + ieee80211([1, 8]) + snap + ip),
    ]

    static let nested: [CarrierSample] = [
        overUDP(
            "GTP-U in GTP-U", 2152,
            [0x30, 255] + Build.bytes16(Build.outerUDP(2152, gtp + ip).count) + [0, 0, 0, 1]
                + Build.outerUDP(2152, gtp + ip)),
        overUDP(
            "VXLAN in VXLAN in GRE", 4789,
            [8, 0, 0, 0, 0, 0, 1, 0] + Build.ethernet(0x0800)
                + Build.outerIPv4(47, [0, 0, 8, 0] + Build.outerUDP(4789, [8, 0, 0, 0, 0, 0, 2, 0] + frame))),
        ethernet(
            "IP in IP in MPLS in PPPoE",
            Build.ethernet(0x8864) + pppoe([0x02, 0x81] + label(5, isBottom: true) + Build.outerIPv4(4, ip))),
        overIP("PPPoE in bridging GRE", 47, [0, 0, 0x65, 0x58] + Build.ethernet(0x8864) + pppoe([0, 0x21] + ip)),
    ]

    private static func ieee80211(_ control: [UInt8]) -> [UInt8] {
        control + [0, 0] + [UInt8](repeating: 2, count: 18) + [0x10, 0]
    }

    private static func nflogAttribute(_ kind: Int, _ value: [UInt8]) -> [UInt8] {
        let length = 4 + value.count
        return [UInt8(length & 255), UInt8(length >> 8), UInt8(kind), 0] + value
            + [UInt8](repeating: 0, count: (4 - length % 4) % 4)
    }

    private static func link(_ name: String, _ number: UInt32, _ bytes: [UInt8]) -> CarrierSample {
        CarrierSample(name: name, linkType: LinkType(rawValue: number), bytes: bytes)
    }

    static let links: [CarrierSample] = [
        link("802.11", 105, ieee80211([8, 1]) + snap + ip),
        link("802.11 QoS", 105, ieee80211([0x88, 2]) + [0, 0] + snap + ip),
        link("802.11 QoS with HT control", 105, ieee80211([0x88, 0x82]) + [0, 0, 1, 2, 3, 4] + snap + ip),
        link(
            "802.11 with four addresses", 105,
            ieee80211([0x88, 3]) + [UInt8](repeating: 4, count: 6) + [0, 0] + snap + ip),
        link(
            "802.11 mesh", 105,
            ieee80211([0x88, 3]) + [UInt8](repeating: 4, count: 6) + [0, 1] + [0, 31, 0, 0, 0, 1] + snap + ip),
        link("802.11 decrypted by the driver", 105, ieee80211([8, 0x41]) + [1, 0, 0, 0x20, 0, 0, 0, 0] + snap + ip),
        link(
            "802.11 aggregate", 105,
            ieee80211([0x88, 1]) + [0x80, 0] + [UInt8](repeating: 6, count: 12) + [
                0, 9, 0xaa, 0xaa, 3, 0, 0, 0, 8, 6, 0,
            ]
                + [0] + [UInt8](repeating: 6, count: 12) + Build.bytes16(8 + ip.count) + snap + ip),
        link("radiotap", 127, [0, 0, 9, 0, 2, 0, 0, 0, 0] + ieee80211([8, 1]) + snap + ip),
        link(
            "radiotap with padding and time", 127,
            [0, 0, 25, 0, 3, 0, 0, 0x80, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 0x20] + ieee80211([0x88, 1])
                + [0, 0, 0, 0] + snap + ip),
        link(
            "Prism", 119,
            [0x44, 0, 0, 0, 144, 0, 0, 0] + [UInt8](repeating: 0, count: 136) + ieee80211([8, 1]) + snap + ip),
        link(
            "AVS", 163,
            [0x80, 0x21, 0x10, 1, 0, 0, 0, 64] + [UInt8](repeating: 0, count: 56) + ieee80211([8, 1]) + snap + ip),
        link("PPI", 192, [0, 0, 8, 0, 1, 0, 0, 0] + frame),
        link("PPI with 802.11", 192, [0, 0, 12, 0, 105, 0, 0, 0, 1, 2, 3, 4] + ieee80211([8, 1]) + snap + ip),
        link("PKTAP", 258, [20, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0] + [UInt8](repeating: 0, count: 8) + frame),
        link("PKTAP with raw IP", 149, [12, 0, 0, 0, 1, 0, 0, 0, 12, 0, 0, 0] + ip),
        link("ERF", 197, [UInt8](repeating: 1, count: 8) + [2, 4, 0, 100, 0, 0, 0, 90, 0, 0] + frame),
        link(
            "ERF with extension", 197,
            [UInt8](repeating: 1, count: 8) + [0x96, 4, 0, 100, 0, 0, 0, 90] + [1, 2, 3, 4, 5, 6, 7, 8] + ip),
        link(
            "NFLOG", 239,
            [2, 0, 0, 5] + nflogAttribute(1, [8, 0, 0, 0]) + nflogAttribute(10, Array("INPUT\0".utf8))
                + nflogAttribute(9, ip)),
        link("PFLOG", 117, [61, 2, 0, 0] + [UInt8](repeating: 0, count: 60) + ip),
        link("ENC", 109, [2, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0] + ip),
        link("PPP", 9, [0xff, 3, 0, 0x21] + ip),
        link("PPP without address", 9, [0, 0x21] + ip),
        link("PPP with Cisco's header", 50, [0x0f, 0, 8, 0] + ip),
        link("PPP with direction", 204, [1, 0xff, 3, 0, 0x21] + ip),
        link("PPP of pppd", 166, [1, 3, 0, 0x21] + ip),
        link("PPPoE", 51, pppoe([0, 0x21] + ip)),
        link("Cisco HDLC", 104, [0x8f, 0, 8, 0] + ip),
        link("Cisco HDLC with direction", 205, [0, 0x0f, 0, 8, 0] + ip),
        link("frame relay", 107, [0x18, 0x41, 3, 0xcc] + ip),
        link("frame relay with SNAP", 107, [0x18, 0x41, 3, 0, 0x80, 0, 0, 0, 8, 0] + ip),
        link("frame relay, Cisco's", 107, [0x18, 0x41, 8, 0] + ip),
        link("frame relay, bridged", 107, [0x18, 0x41, 3, 0, 0x80, 0, 0x80, 0xc2, 0, 7] + frame),
        link("frame relay with direction", 206, [0, 0x18, 0x41, 3, 0xcc] + ip),
        link("ATM with LLC", 100, snap + ip),
        link("ATM with IP", 100, ip),
        link("SunATM", 123, [2, 0, 0, 5] + snap + ip),
        link("token ring", 6, [0x10, 0x40] + [UInt8](repeating: 2, count: 12) + snap + ip),
        link(
            "token ring with route", 6,
            [0x10, 0x40] + [UInt8](repeating: 2, count: 6) + [0x82, 2, 2, 2, 2, 2, 4, 0, 1, 2] + snap + ip),
        link("FDDI", 10, [0x50] + [UInt8](repeating: 2, count: 12) + snap + ip),
        link("ARCNET", 7, [1, 2, 0xd4, 0, 0, 1] + ip),
        link("ARCNET on Linux", 129, [1, 2, 0, 0, 0xd4, 0, 0, 1] + ip),
        link("IP over Fibre Channel", 122, [UInt8](repeating: 1, count: 16) + snap + ip),
        link("IEEE 1394", 138, [UInt8](repeating: 1, count: 16) + [8, 0] + ip),
        link("InfiniBand", 242, [UInt8](repeating: 1, count: 40) + [8, 0, 0, 0] + ip),
        link("DOCSIS", 143, [1, 2, 0, 0, 9, 9, 5, 5] + frame),
        link("netANALYZER", 240, [0, 0, 0, 0] + frame),
        link("DSA", 284, Build.macs + [0xc0, 1, 0, 0, 8, 0] + ip),
        link("Broadcom tag", 281, Build.macs + [0x20, 0, 0, 1, 8, 0] + ip),
        link("Juniper Ethernet", 178, [0x4d, 0x47, 0x43, 0x80, 0, 2, 1, 2] + frame),
        link("Juniper without link header", 181, [0x4d, 0x47, 0x43, 2, 2, 0, 0, 0] + ip),
        link(
            "SLL with radiotap", 113,
            Build.linuxSLL(4, hardwareType: 803) + [0, 0, 8, 0, 0, 0, 0, 0] + ieee80211([8, 1]) + snap + ip),
        link("SLL2 with MPLS", 276, Build.linuxSLL2(0x8847) + label(3, isBottom: true) + ip),
    ]
}
