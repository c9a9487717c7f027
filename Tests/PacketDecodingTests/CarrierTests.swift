import Testing

@testable import PacketDecoding

@Suite struct CarrierTests {
    typealias Build = PacketBuilder

    @Test(arguments: CarrierSample.all) func findsWhatIsInside(_ sample: CarrierSample) {
        let decoded = Decoded(sample.bytes, sample.linkType)
        #expect(decoded.outcome == .udp)
        let isIPv6 = sample.isIPv6
        #expect(decoded.packet.source == (isIPv6 ? IPAddress("2001:db8::1") : IPAddress("198.18.0.1")))
        #expect(decoded.packet.destination == (isIPv6 ? IPAddress("2001:db8::2") : IPAddress("198.18.0.2")))
        #expect(decoded.packet.sourcePort == 4000 && decoded.packet.destinationPort == 5060)
        #expect(decoded.payload(of: sample.bytes) == Build.payload)
        #expect(decoded.packet.ipVersion == (isIPv6 ? 6 : 4) && decoded.packet.hopLimit == (isIPv6 ? 63 : 64))
        #expect(!decoded.packet.cut && !decoded.packet.isFragment)
        #expect(sample.linkType.isDecoded)
    }

    /// What came through a tunnel is told from what did not, and from what came through another one.
    @Test func tunnelsArePaths() {
        var paths: Set<UInt32> = []
        let samples = CarrierSample.ipCarriers + CarrierSample.udpCarriers + CarrierSample.nested.prefix(2)
        for sample in samples { paths.insert(Decoded(sample.bytes, sample.linkType).packet.carrierPath) }
        #expect(!paths.contains(0))
        // Some samples are of one tunnel: GRE without a key, VXLAN on both of its ports, the kinds of CAPWAP.
        #expect(paths.count >= 20)
        #expect(Decoded(CarrierSample.frame).packet.carrierPath == 0)
        for sample in CarrierSample.ethernetCarriers {
            #expect(Decoded(sample.bytes, sample.linkType).packet.carrierPath == 0, "\(sample)")
        }
    }

    @Test func theLinkHeaderIsThePathUnlessItDiffersFromPacketToPacket() {
        let mpls = CarrierSample.ethernetCarriers[0]
        #expect(Decoded(mpls.bytes).packet.pathLength == 18)
        let vxlan = CarrierSample.udpCarriers[0]
        #expect(Decoded(vxlan.bytes).packet.pathLength == 14)
        let radiotap = CarrierSample.links[7]
        #expect(Decoded(radiotap.bytes, radiotap.linkType).packet.pathLength == 0)
    }

    /// RTP, SIP and STUN on every port that a tunnel has, in both directions.
    @Test func portsProveNothing() {
        let rtp: [UInt8] = [0x80, 0, 0, 1, 0, 0, 0, 160, 1, 2, 3, 4] + [UInt8](repeating: 0x45, count: 160)
        let stun: [UInt8] = [0, 1, 0, 8, 0x21, 0x12, 0xa4, 0x42] + [UInt8](repeating: 0, count: 20)
        let texts = ["INVITE", "REGISTER", "OPTIONS", "SIP/2.0 200 OK", "HEP3", "\r\n\r\n"].map {
            Array("\($0) sip:a@example.org SIP/2.0\r\nVia: SIP/2.0/UDP a\r\n\r\n".utf8)
        }
        let zeros = [UInt8](repeating: 0, count: 64)
        for port in [1701, 2152, 3386, 3544, 4341, 4500, 4754, 4789, 4790, 5072, 5247, 6081, 6633, 6635, 8472, 37008] {
            for payload in [rtp, stun, zeros, []] + texts {
                var bytes = Build.ethernet(0x0800) + Build.outerUDP(port, payload)
                let decoded = Decoded(bytes)
                // Only who asks for ESP looks closer at what may be ESP.
                #expect(decoded.outcome == .udp || port == 4500 && decoded.outcome == .esp, "\(port) \(payload)")
                #expect(decoded.packet.destinationPort == UInt16(port))
                #expect(decoded.packet.source == IPAddress("203.0.113.1"))
                #expect(decoded.payload(of: bytes) == payload)
                if port == 4500 {
                    for mode in [ESPDecoding.closed, .heuristic, .null] {
                        var packet = DecodedPacket()
                        let outcome = PacketDecoder.decode(bytes.span, linkType: .ethernet, esp: mode, into: &packet)
                        #expect(outcome == .udp && Array(bytes[packet.payloadRange]) == payload)
                    }
                }
                bytes.swapAt(34, 36)
                bytes.swapAt(35, 37)
                let reply = Decoded(bytes)
                #expect(reply.outcome == .udp || port == 4500 && reply.outcome == .esp, "\(port) \(payload)")
                #expect(reply.payload(of: bytes) == payload)
            }
        }
    }

    @Test func whatHoldsNoIPStaysWhatItWas() {
        let arp = Build.ethernet(0x0806) + [UInt8](repeating: 0, count: 28)
        let gre = Decoded(Build.ethernet(0x0800) + Build.outerIPv4(47, [0, 0, 0x65, 0x58] + arp))
        #expect(gre.outcome == .otherIP && gre.packet.ipProtocol == 47)
        #expect(gre.packet.source == IPAddress("203.0.113.1"))
        let vxlan = Decoded(Build.ethernet(0x0800) + Build.outerUDP(4789, [8, 0, 0, 0, 0, 0, 42, 0] + arp))
        #expect(vxlan.outcome == .udp && vxlan.packet.destinationPort == 4789)
        #expect(Decoded(Build.ethernet(0x8847) + [0, 0, 0x11, 64] + arp).outcome == .notIP)
        // PPP's own protocols, PPPoE discovery, a pseudowire's associated channel.
        #expect(Decoded(Build.ethernet(0x8864) + [0x11, 0, 0, 5, 0, 6, 0xc0, 0x21, 1, 1, 0, 4]).outcome == .notIP)
        #expect(Decoded(Build.ethernet(0x8863) + [0x11, 9, 0, 0, 0, 4, 1, 1, 0, 0]).outcome == .notIP)
        #expect(Decoded(Build.ethernet(0x8847) + [0, 0, 0x11, 64, 0x10, 0, 0, 7] + arp).outcome == .notIP)
        // Encrypted 802.11.
        let header: [UInt8] = [8, 0x41, 0, 0] + [UInt8](repeating: 2, count: 20)
        let closed = header + [1, 0, 0, 0x20, 0, 0, 0, 0] + [UInt8](repeating: 0x5a, count: 60)
        #expect(Decoded(closed, .ieee80211).outcome == .notIP)
    }

    /// Wireshark's tags: the dissector's name, addresses, port type TCP, ports; then the message itself.
    @Test func exportedMessagesHaveTheEndpointsOfTheirTags() {
        let tags: [UInt8] =
            [0, 12, 0, 4] + Array("sip".utf8) + [0, 0, 20, 0, 4, 198, 18, 0, 1, 0, 21, 0, 4, 198, 18, 0, 2]
            + [0, 24, 0, 4, 0, 0, 0, 2, 0, 25, 0, 4, 0, 0, 0x9c, 0x40, 0, 26, 0, 4, 0, 0, 0x13, 0xc5, 0, 0, 0, 0]
        let bytes = tags + Build.payload
        let decoded = Decoded(bytes, .exportedPDU)
        #expect(decoded.outcome == .udp && decoded.payload(of: bytes) == Build.payload)
        #expect(decoded.packet.sourceEndpoint.description == "198.18.0.1:40000")
        #expect(decoded.packet.destinationEndpoint.description == "198.18.0.2:5061")
        for count in 0..<tags.count { #expect(Decoded(Array(tags[..<count]), .exportedPDU).outcome != .udp) }
        #expect(Decoded([0, 0, 0, 0] + Build.payload, .exportedPDU).outcome == .notIP)
        let nameless = Decoded([0, 12, 0, 3] + Array("sip".utf8) + [0, 0, 0, 0] + Build.payload, .exportedPDU)
        #expect(nameless.outcome == .udp && nameless.packet.source.isUnspecified)
    }

    @Test func tunnelPaddingIsNoPayload() {
        let bytes = CarrierSample.udpCarriers[0].bytes + [0, 0, 0, 0, 0, 0]
        #expect(Decoded(bytes).payload(of: bytes) == Build.payload)
    }

    // MARK: Depth

    private static func nestedIPIP(_ depth: Int) -> [UInt8] {
        var bytes = CarrierSample.ip
        for _ in 0..<depth { bytes = Build.outerIPv4(4, bytes) }
        return bytes
    }

    @Test func sixteenCarriersAreOpenedAndNoMore() {
        let limit = PacketDecoder.maxCarriers
        #expect(limit == 16)
        #expect(Decoded(Self.nestedIPIP(limit), .raw).outcome == .udp)
        #expect(Decoded(Self.nestedIPIP(limit + 1), .raw).outcome == .tooDeep)
    }

    /// As deep as a packet can be long: neither the stack nor the time may depend on it.
    @Test func bottomlessPacketsEndEarly() {
        let unit: [[UInt8]] = [
            Build.ethernet(0x8847) + [0, 0, 0x11, 64],
            Build.ethernet(0x8864) + [0x11, 0, 0, 5, 0, 0, 0, 0x3d, 0xc0, 0, 0, 1, 0, 0x3d],
            Build.ethernet(0x88e7) + [0, 0, 0, 1],
            Build.ethernet(0x894f) + [0, 2, 1, 3, 0, 0, 0, 1],
        ]
        for each in unit {
            let bytes = [UInt8]((0..<3000).map { _ in each }.joined())
            let outcome = Decoded(bytes).outcome
            #expect(outcome == .tooDeep || outcome == .notIP || outcome == .malformed(.link), "\(outcome)")
        }
        var vxlan = CarrierSample.frame
        for _ in 0..<500 {
            vxlan = Build.ethernet(0x0800) + Build.outerUDP(4789, [8, 0, 0, 0, 0, 0, 1, 0] + vxlan)
        }
        #expect(Decoded(vxlan).outcome == .tooDeep)
    }

    // MARK: Fragments

    @Test func innerFragmentsAreNotOuterOnes() {
        let inner = Build.ipv4(17, payload: Build.udp(Build.payload), fragment: 0x2000)
        let gre = Decoded(Build.ethernet(0x0800) + Build.outerIPv4(47, [0, 0, 8, 0] + inner))
        #expect(gre.outcome == .fragment && gre.packet.identification == 0x1234)
        #expect(gre.packet.source == IPAddress("198.18.0.1") && gre.packet.ipProtocol == 17)
        let bare = Decoded(Build.ethernet(0x0800) + inner)
        #expect(gre.packet.carrierPath != bare.packet.carrierPath)
        let outer = Decoded(Build.ethernet(0x0800) + Build.outerIPv4(47, [0, 0, 8, 0] + inner, fragment: 0x2000))
        #expect(outer.outcome == .fragment && outer.packet.identification == 7)
        #expect(outer.packet.ipProtocol == 47 && outer.packet.carrierPath == 0)
    }

    @Test func tunnelsInReassembledDatagrams() {
        let gre: [UInt8] = [0, 0, 8, 0] + CarrierSample.ip
        var decoded = Decoded(Build.ethernet(0x0800) + Build.outerIPv4(47, Array(gre[..<16]), fragment: 0x2000))
        #expect(decoded.outcome == .fragment)
        #expect(PacketDecoder.decodeTransport(of: gre.span, ipProtocol: 47, into: &decoded.packet) == .udp)
        #expect(decoded.packet.source == IPAddress("198.18.0.1"))
        #expect(Array(gre[decoded.packet.payloadRange]) == Build.payload)

        let inner: [UInt8] = [0, 0, 8, 0] + Build.ipv4(17, payload: Build.udp(Build.payload), fragment: 0x2000)
        #expect(PacketDecoder.decodeTransport(of: inner.span, ipProtocol: 47, into: &decoded.packet) == .fragment)
        #expect(decoded.packet.identification == 0x1234 && decoded.packet.isFragment)
    }
}
