import Testing

@testable import PacketDecoding

@Suite struct LinkLayerTests {
    typealias Build = PacketBuilder
    static let ipv4 = Build.ipv4(17, payload: Build.udp(Build.payload))
    static let ipv6 = Build.ipv6(17, payload: Build.udp(Build.payload))

    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var linkType: LinkType
        var header: [UInt8]
        var testDescription: String { name }
    }

    static let cases: [Case] = [
        Case(name: "Ethernet", linkType: .ethernet, header: Build.ethernet(0x0800)),
        Case(
            name: "802.1Q", linkType: .ethernet,
            header: Build.ethernet(0x8100) + Build.vlanTag(5, then: 0x0800)),
        Case(
            name: "QinQ", linkType: .ethernet,
            header: Build.ethernet(0x88a8) + Build.vlanTag(5, then: 0x8100) + Build.vlanTag(6, then: 0x0800)),
        Case(
            name: "old QinQ", linkType: .ethernet,
            header: Build.ethernet(0x9100) + Build.vlanTag(5, then: 0x8100) + Build.vlanTag(6, then: 0x0800)),
        Case(
            name: "eight tags", linkType: .ethernet,
            header: Build.ethernet(0x8100) + (1...7).flatMap { Build.vlanTag($0, then: 0x8100) }
                + Build.vlanTag(8, then: 0x0800)),
        Case(
            name: "LLC/SNAP", linkType: .ethernet,
            header: Build.ethernet(50) + [0xaa, 0xaa, 3, 0, 0, 0, 8, 0]),
        Case(
            name: "LLC/SNAP behind a tag", linkType: .ethernet,
            header: Build.ethernet(0x8100) + Build.vlanTag(5, then: 50) + [0xaa, 0xaa, 3, 0, 0, 0, 8, 0]),
        Case(name: "LLC with IP's SAP", linkType: .ethernet, header: Build.ethernet(50) + [6, 6, 3]),
        Case(name: "SLL", linkType: .linuxSLL, header: Build.linuxSLL(0x0800)),
        Case(
            name: "SLL with tag", linkType: .linuxSLL,
            header: Build.linuxSLL(0x8100) + Build.vlanTag(5, then: 0x0800)),
        Case(
            name: "SLL with LLC", linkType: .linuxSLL,
            header: Build.linuxSLL(4) + [0xaa, 0xaa, 3, 0, 0, 0, 8, 0]),
        Case(name: "SLL2", linkType: .linuxSLL2, header: Build.linuxSLL2(0x0800)),
        Case(
            name: "SLL2 with two tags", linkType: .linuxSLL2,
            header: Build.linuxSLL2(0x88a8) + Build.vlanTag(5, then: 0x8100) + Build.vlanTag(6, then: 0x0800)),
        Case(name: "NULL, little endian", linkType: .null, header: [2, 0, 0, 0]),
        Case(name: "NULL, big endian", linkType: .null, header: [0, 0, 0, 2]),
        Case(name: "LOOP", linkType: .loop, header: [0, 0, 0, 2]),
        Case(name: "RAW 12", linkType: LinkType(rawValue: 12), header: []),
        Case(name: "RAW 14", linkType: LinkType(rawValue: 14), header: []),
        Case(name: "RAW 101", linkType: LinkType(rawValue: 101), header: []),
        Case(name: "IPV4", linkType: .ipv4, header: []),
    ]

    @Test(arguments: cases) func findsIPv4(_ sample: Case) {
        let bytes = sample.header + Self.ipv4 + [0, 0, 0]  // three bytes of padding
        let decoded = Decoded(bytes, sample.linkType)
        #expect(decoded.outcome == .udp)
        #expect(decoded.packet.networkOffset == sample.header.count)
        #expect(decoded.packet.sourceEndpoint == Endpoint(IPAddress(v4: 0xc612_0001), 4000))
        #expect(decoded.packet.destinationEndpoint == Endpoint(IPAddress(v4: 0xc612_0002), 5060))
        #expect(decoded.payload(of: bytes) == Build.payload)
        #expect(!decoded.packet.cut)
    }

    static let v6Cases: [Case] = [
        Case(name: "Ethernet", linkType: .ethernet, header: Build.ethernet(0x86dd)),
        Case(
            name: "802.1Q", linkType: .ethernet,
            header: Build.ethernet(0x8100) + Build.vlanTag(5, then: 0x86dd)),
        Case(name: "SLL", linkType: .linuxSLL, header: Build.linuxSLL(0x86dd)),
        Case(name: "SLL2", linkType: .linuxSLL2, header: Build.linuxSLL2(0x86dd)),
        Case(name: "NULL, Linux", linkType: .null, header: [10, 0, 0, 0]),
        Case(name: "NULL, NetBSD", linkType: .null, header: [24, 0, 0, 0]),
        Case(name: "NULL, FreeBSD", linkType: .null, header: [0, 0, 0, 28]),
        Case(name: "LOOP, macOS", linkType: .loop, header: [0, 0, 0, 30]),
        Case(name: "RAW", linkType: .raw, header: []),
        Case(name: "IPV6", linkType: .ipv6, header: []),
    ]

    @Test(arguments: v6Cases) func findsIPv6(_ sample: Case) {
        let bytes = sample.header + Self.ipv6
        let decoded = Decoded(bytes, sample.linkType)
        #expect(decoded.outcome == .udp)
        #expect(decoded.packet.ipVersion == 6)
        #expect(decoded.packet.networkOffset == sample.header.count)
        #expect(decoded.packet.source == IPAddress(high: 0x2001_0db8_0000_0000, low: 1))
        #expect(decoded.packet.destination == IPAddress(high: 0x2001_0db8_0000_0000, low: 2))
        #expect(decoded.payload(of: bytes) == Build.payload)
    }

    @Test func leavesOthersAlone() {
        let arp = [UInt8](repeating: 0, count: 28)
        #expect(Decoded(Build.ethernet(0x0806) + arp).outcome == .notIP)
        #expect(Decoded(Build.ethernet(0x8100) + Build.vlanTag(1, then: 0x0806) + arp).outcome == .notIP)
        #expect(Decoded(Build.ethernet(38) + [0x42, 0x42, 3] + arp).outcome == .notIP)  // spanning tree
        #expect(Decoded(Build.ethernet(38) + [0x42]).outcome == .notIP)
        #expect(Decoded(Build.linuxSLL(0x0806) + arp, .linuxSLL).outcome == .notIP)
        #expect(Decoded(Build.linuxSLL(0x0800, hardwareType: 824) + Self.ipv4, .linuxSLL).outcome == .notIP)
        #expect(Decoded([7, 0, 0, 0] + arp, .null).outcome == .notIP)
        #expect(Decoded(Self.ipv4, LinkType(rawValue: 147)).outcome == .notIP)
        #expect(!LinkType(rawValue: 147).isDecoded)
    }

    @Test func ninthTagIsMalformed() {
        let tags = (1...8).flatMap { Build.vlanTag($0, then: 0x8100) } + Build.vlanTag(9, then: 0x0800)
        let decoded = Decoded(Build.ethernet(0x8100) + tags + Self.ipv4)
        #expect(decoded.outcome == .malformed(.link))
        #expect(decoded.packet.fault.reason == .tooManyHeaders)
        #expect(decoded.packet.fault.needed == 9)
    }

    @Test func faultSaysWhatIsMissing() {
        let decoded = Decoded([1, 2, 3])
        #expect(decoded.outcome == .malformed(.link))
        let expected = DecodeFault(.link, .captureTooShort, offset: 0, needed: 14, available: 3)
        #expect(decoded.packet.fault == expected)
        #expect(Decoded([0x50, 0, 0], .raw).packet.fault.reason == .unknownVersion)
    }

    @Test func names() {
        #expect(LinkType.linuxSLL2.name == "linux_sll2")
        #expect(LinkType(rawValue: 12).name == "raw")
        #expect(LinkType(rawValue: 147).name == "linktype_147")
        #expect(LinkType(rawValue: 1) == .ethernet)
    }
}
