import PacketDecoding
import Testing

@testable import SIP

@Suite struct SDPEndpointsTests {
    private func list(_ text: String) -> [String] {
        var endpoints = SDPEndpoints()
        endpoints.collect(wire(text).span)
        return endpoints.items.map { "\($0.mediaIndex) \($0.kind) \($0.endpoint)" }
    }

    @Test func rtcpIsTheNextPort() {
        #expect(
            list("v=0\nc=IN IP4 192.0.2.1\nm=audio 4000 RTP/AVP 0\n") == [
                "0 rtp 192.0.2.1:4000", "0 rtcp 192.0.2.1:4001",
            ])
    }

    @Test func mediaConnectionBeatsTheSession() {
        let text = """
            c=IN IP4 192.0.2.1
            m=audio 4000 RTP/SAVP 0
            c=IN IP4 192.0.2.2
            m=video 5000 UDP/TLS/RTP/SAVPF 96
            c=IN IP6 2001:db8::1
            a=rtcp:53020
            m=audio 6000 RTP/AVP 0

            """
        #expect(
            list(text) == [
                "0 rtp 192.0.2.2:4000", "0 rtcp 192.0.2.2:4001", "1 rtp [2001:db8::1]:5000",
                "1 rtcp [2001:db8::1]:53020", "2 rtp 192.0.2.1:6000", "2 rtcp 192.0.2.1:6001",
            ])
    }

    @Test func rtcpAttributeMayNameAnAddress() {
        let text = "c=IN IP4 192.0.2.1\nm=audio 4000 RTP/AVP 0\na=rtcp:53020 IN IP4 198.51.100.4\n"
        #expect(list(text) == ["0 rtp 192.0.2.1:4000", "0 rtcp 198.51.100.4:53020"])
        let name = "c=IN IP4 192.0.2.1\nm=audio 4000 RTP/AVP 0\na=rtcp:53020 IN IP4 host.example.com\n"
        #expect(list(name) == ["0 rtp 192.0.2.1:4000"])
    }

    @Test func multiplexedRTCPSharesThePort() {
        let text = "c=IN IP4 192.0.2.1\nm=audio 4000 RTP/AVP 0\na=rtcp:4000\na=rtcp-mux\n"
        #expect(list(text) == ["0 rtpAndRTCP 192.0.2.1:4000"])
    }

    @Test func candidatesOverUDPAreListed() {
        let text = """
            c=IN IP4 203.0.113.7
            m=audio 9 UDP/TLS/RTP/SAVPF 111
            a=candidate:1 1 UDP 2130706431 192.168.1.4 50000 typ host
            a=candidate:1 2 udp 2130706430 192.168.1.4 50001 typ host
            a=candidate:2 1 udp 1694498815 203.0.113.7 61000 typ srflx raddr 192.168.1.4 rport 50000
            a=candidate:3 1 tcp 1 192.168.1.4 9 typ host tcptype active
            a=candidate:4 1 udp 1 6bd2cd4d.local 50002 typ host
            a=candidate:5 1 udp 1 2001:db8::4 50003 typ host
            a=candidate:odd
            m=video 50000 UDP/TLS/RTP/SAVPF 96
            c=IN IP4 192.168.1.4
            a=rtcp-mux

            """
        #expect(
            list(text) == [
                "0 rtpAndRTCP 192.168.1.4:50000", "0 rtcp 192.168.1.4:50001", "0 rtp 203.0.113.7:61000",
                "0 rtp [2001:db8::4]:50003",
            ])
    }

    @Test(arguments: [
        "c=IN IP4 0.0.0.0\nm=audio 4000 RTP/AVP 0\n", "c=IN IP6 ::\nm=audio 4000 RTP/AVP 0\n",
        "c=IN IP4 192.0.2.1\nm=audio 0 RTP/AVP 0\n", "c=IN IP4 192.0.2.1\nm=audio 9 RTP/AVP 0\n",
        "c=IN IP4 192.0.2.1\nm=audio 70000 RTP/AVP 0\n", "c=IN IP4 192.0.2.1\nm=X", "c=IN IP4 192.0.2.1\nm=", "m=",
        "c=",
        "c=IN IP4 media.example.com\nm=audio 4000 RTP/AVP 0\n", "m=audio 4000 RTP/AVP 0\n",
        "c=IN IP4 192.0.2.1\nm=audio -4 RTP/AVP 0\n", "c=IN IP4 192.0.2.1\nm=message 4000 TCP/MSRP *\n",
        "c=IN IP4 192.0.2.1\nm=audio 0 RTP/AVP 0\na=rtcp:4001\n",
        "c=IN IP4 192.0.2.1\nm=audio 4000 RTP/AVP 0\nc=IN IP4 host.example.com\n",
    ])
    func nowhereIsNotListed(text: String) {
        #expect(list(text) == [])
        #expect(list(text.replacing("\n", with: "\r\n")) == [])
    }

    @Test func lastPortHasNoNext() {
        #expect(list("c=IN IP4 192.0.2.1\nm=audio 65535 RTP/AVP 0\n") == ["0 rtp 192.0.2.1:65535"])
    }

    @Test func faxIsListedWithoutRTCP() {
        #expect(list("c=IN IP4 192.0.2.1/127\nm=image 4000 udptl t38\n") == ["0 other 192.0.2.1:4000"])
    }

    @Test func portCountsAreBounded() {
        #expect(
            list("c=IN IP4 224.2.1.1/127/3\nm=video 4000/2 RTP/AVP 31\n") == [
                "0 rtp 224.2.1.1:4000", "0 rtcp 224.2.1.1:4001", "0 rtp 224.2.1.1:4002", "0 rtcp 224.2.1.1:4003",
            ])
        var endpoints = SDPEndpoints()
        endpoints.collect(wire("c=IN IP4 192.0.2.1\nm=audio 4000/4294967295 RTP/AVP 0\n").span)
        #expect(endpoints.items.count == 64)
        #expect(endpoints.refused > 0)
        let many = "c=IN IP4 192.0.2.1\n" + (0..<100).map { "m=audio \(4000 + 2 * $0) RTP/AVP 0\n" }.joined()
        endpoints.collect(wire(many).span)
        #expect(endpoints.items.count == 64)
        #expect(endpoints.refused == 36 + 64)
        endpoints.collect(wire("c=IN IP4 192.0.2.1\nm=audio 4000 RTP/AVP 0\n").span)
        #expect(endpoints.items.count == 2)
        #expect(endpoints.refused == 0)
        #expect(endpoints.hasMedia)
    }
}
