import Calls
import Testing

@testable import Engine

/// Calls inside of tunnels: whose they are, what their files hold, and what counts as the same packet again.
@Suite struct TunnelTests {
    private let call = Call(id: "c")
    private let left = Peer("203.0.113.1", 0)
    private let right = Peer("203.0.113.2", 0)

    // MARK: Carriers, written out from their RFCs

    /// RFC 2784; the frame's IP packet.
    private func gre(_ frame: [UInt8]) -> [UInt8] {
        let inside: [UInt8] = [0, 0, 8, 0] + frame[14...]
        return Frame.ethernet(7) + Frame.ipv4(left, right, 47, 60, inside.count) + inside
    }

    /// RFC 7348; the whole frame.
    private func vxlan(_ frame: [UInt8], vni: UInt8 = 5) -> [UInt8] {
        Frame.udp(
            Peer(left.address, 50_000), Peer(right.address, 4789), [8, 0, 0, 0, 0, 0, vni, 0] + frame, macTail: 9)
    }

    private func ipInIP(_ frame: [UInt8]) -> [UInt8] {
        Frame.ethernet(7) + Frame.ipv4(left, right, 4, 60, frame.count - 14) + frame[14...]
    }

    /// RFC 4303 in transport mode, NULL encryption, a check value of 96 bits.
    private func esp(_ frame: [UInt8]) -> [UInt8] {
        let content = Array(frame[34...])
        let padding = (4 - (content.count + 2) % 4) % 4
        let inside: [UInt8] =
            [0, 0, 1, 1, 0, 0, 0, 1] + content + (0..<padding).map { UInt8($0 + 1) } + [UInt8(padding), frame[23]]
            + [UInt8](repeating: 0xa5, count: 12)
        let from = Peer(frame[26..<30].map(String.init).joined(separator: "."), 0)
        let to = Peer(frame[30..<34].map(String.init).joined(separator: "."), 0)
        return Frame.ethernet(1) + Frame.ipv4(from, to, 50, 64, inside.count) + inside
    }

    /// The frame's IP packet in fragments of so many bytes.
    private func fragments(_ frame: [UInt8], of size: Int, identification: UInt16) -> [[UInt8]] {
        let payload = Array(frame[34...])
        return stride(from: 0, to: payload.count, by: size).map { start in
            let end = min(start + size, payload.count)
            var header = Array(frame[14..<34])
            header[2...3] = Frame.big16(UInt16(20 + end - start))[...]
            header[4...5] = Frame.big16(identification)[...]
            header[6...7] = Frame.big16((end < payload.count ? 0x2000 : 0) | UInt16(start / 8))[...]
            return Array(frame[..<14]) + header + payload[start..<end]
        }
    }

    /// Everything of the scenario, changed.
    private func changed(_ scenario: Scenario, _ change: ([UInt8]) -> [[UInt8]]) -> Scenario {
        var result = Scenario()
        for (place, packet) in scenario.packets.enumerated() {
            let calls = scenario.owners.filter { $0.value.contains(place) }.map(\.key)
            for (part, frame) in change(packet.bytes).enumerated() {
                let seconds = Double(packet.time - Scenario.start) / 1e9 + Double(part) * 1e-5
                result.add(seconds, frame, in: calls)
            }
        }
        return result
    }

    private var conversation: Scenario { call.alone(packets: 20) }

    private func checkConversation(_ scenario: Scenario, _ change: (inout EngineOptions) -> Void = { _ in }) throws {
        let outcome = try scenario.runAllWays(change)
        #expect(scenario.wrongFiles(outcome) == [])
        let record = try #require(outcome.record("c"))
        #expect(record.sipMessages.total == 6 && record.streams.map(\.packets) == [20, 20])
        #expect(record.signallingAddresses.map(\.description) == ["198.18.0.1:5060", "198.18.0.2:5060"])
        #expect(record.streams.first?.source.description == "198.18.0.1:10000")
        #expect(record.copies == 0 && record.streams.allSatisfy { $0.lostPackets == 0 && $0.duplicates == 0 })
        #expect(outcome.summary.ledger.check() == nil)
    }

    @Test func callsHaveTheAddressesInside() throws {
        try checkConversation(changed(conversation) { [gre($0)] })
        try checkConversation(changed(conversation) { [vxlan($0)] })
        try checkConversation(changed(conversation) { [vxlan(gre(ipInIP($0)))] })
    }

    // MARK: Fragments

    @Test(arguments: [64, 256, 1024]) func theTunnelFragments(_ size: Int) throws {
        var identification: UInt16 = 0
        try checkConversation(
            changed(conversation) {
                identification += 1
                return fragments(gre($0), of: size, identification: identification)
            })
    }

    @Test(arguments: [64, 256]) func thePacketInsideIsFragmented(_ size: Int) throws {
        var identification: UInt16 = 0
        try checkConversation(
            changed(conversation) {
                identification += 1
                return fragments($0, of: size, identification: identification).map { vxlan($0) }
            })
    }

    /// The fragments inside have one identification, the tunnel's packets around them others, and all of them fragments
    /// again: 1 inside, 1 … outside, with the same addresses.
    @Test func fragmentsInsideOfFragments() throws {
        var inner: UInt16 = 0
        var outer: UInt16 = 0
        try checkConversation(
            changed(conversation) {
                inner += 1
                return fragments($0, of: 128, identification: inner).flatMap { fragment -> [[UInt8]] in
                    outer += 1
                    let from = Peer("198.18.0.1", 0)
                    let to = Peer("198.18.0.2", 0)
                    let around = Frame.ethernet(7) + Frame.ipv4(from, to, 4, 60, fragment.count - 14) + fragment[14...]
                    return fragments(around, of: 56, identification: outer)
                }
            })
    }

    @Test func incompleteInnerFragmentsAreCountedOnce() throws {
        var scenario = Scenario()
        let invite = Frame.udp(call.caller, call.callee, Array(repeating: 0x41, count: 600))
        for (number, fragment) in fragments(invite, of: 256, identification: 1).dropLast().enumerated() {
            for (part, outer) in fragments(gre(fragment), of: 96, identification: UInt16(number)).enumerated() {
                scenario.add(Double(number) + Double(part) / 100, outer)
            }
        }
        let outcome = try scenario.runAllWays()
        #expect(outcome.summary.ledger.check() == nil)
        // The last packet of each inner fragment waited for the rest; the others are fragments of what was put together.
        #expect(outcome.summary.ledger[.fragmentIncomplete] == 2)
        #expect(outcome.summary.ledger[.fragment] == UInt64(scenario.packets.count - 2))
    }

    /// SIP over TCP through a tunnel that fragments full segments; one segment out of order, one twice.
    @Test func segmentsInFragments() throws {
        let client = Peer("198.18.0.1", 40_000)
        let server = Peer("198.18.0.2", 5060)
        let invite = Array(
            Message.request("INVITE", "c", extra: "Subject: \(String(repeating: "x", count: 900))\r\n").text.utf8)
        let cut = 500
        let parts = [invite[..<cut], invite[cut...]].map { Array($0) }
        let segments = [
            Frame.tcp(client, server, sequence: 101, parts[0]),
            Frame.tcp(client, server, sequence: 101 + UInt32(cut), parts[1]),
        ]
        for order in [[0, 1], [1, 0], [0, 0, 1], [0, 1, 1]] {
            var scenario = Scenario()
            scenario.add(0, gre(Frame.tcp(client, server, sequence: 100, flags: Frame.TCPFlags.syn, [])))
            for (step, index) in order.enumerated() {
                let outer = fragments(gre(segments[index]), of: 200, identification: UInt16(step))
                for (part, frame) in outer.enumerated() {
                    scenario.add(1 + Double(step) + Double(part) / 100, frame, in: ["c"])
                }
            }
            let outcome = try scenario.runAllWays()
            #expect(scenario.wrongFiles(outcome) == [], "\(order)")
            #expect(outcome.record("c")?.sipMessages.total == 1)
            #expect(outcome.summary.ledger.check() == nil)
            #expect(outcome.summary.ledger[.sip] == UInt64(order.count))
        }
    }

    // MARK: Copies

    @Test func theSamePacketBareAndThroughATunnelIsACopy() throws {
        let once = conversation
        let twice = changed(once) { [$0, vxlan($0)] }
        let outcome = try twice.runAllWays()
        #expect(twice.wrongFiles(outcome) == [])
        let record = try #require(outcome.record("c"))
        #expect(record.copies == once.packets.count)
        #expect(record.sipMessages.total == 6 && record.sipRetransmissions == 0)
        #expect(record.streams.map(\.packets) == [20, 20] && record.streams.map(\.copies) == [20, 20])

        let deduplicated = try twice.run { $0.calls.deduplicate = true }
        #expect(deduplicated.packetsByCall["c"] == once.packets.map(\.bytes))
    }

    @Test func copiesThroughTunnelsThatFragment() throws {
        var identification: UInt16 = 0
        let twice = changed(conversation) {
            identification += 1
            return [$0] + fragments(gre($0), of: 96, identification: identification)
        }
        let outcome = try twice.runAllWays()
        #expect(twice.wrongFiles(outcome) == [])
        let record = try #require(outcome.record("c"))
        #expect(record.sipMessages.total == 6 && record.sipRetransmissions == 0)
        #expect(record.streams.map(\.packets) == [20, 20] && record.streams.allSatisfy { $0.duplicates == 0 })
    }

    /// Twice through one tunnel is not a copy, although the tunnel counts its packets: the network duplicated it.
    @Test func theSamePacketTwiceThroughOneTunnelIsADuplicate() throws {
        var sequence: UInt8 = 0
        let twice = changed(conversation) { frame in
            [frame, frame].map { frame in
                sequence &+= 1
                let inside: [UInt8] = [0x10, 0, 8, 0, 0, 0, 0, sequence] + frame[14...]
                let identification = UInt16(sequence)
                return Frame.ethernet(7) + Frame.ipv4(left, right, 47, 60, inside.count, identification) + inside
            }
        }
        let outcome = try twice.runAllWays()
        let record = try #require(outcome.record("c"))
        #expect(record.copies == 0)
        #expect(record.sipRetransmissions == 6 && record.streams.map(\.duplicates) == [20, 20])
    }

    // MARK: What is not looked into

    @Test func deepTunnelsAreRefusedByName() throws {
        var frame = Frame.udp(call.caller, call.callee, Array(Message.request("INVITE", "c").text.utf8))
        for _ in 0..<17 { frame = ipInIP(frame) }
        var scenario = Scenario()
        scenario.add(0, frame)
        for (part, fragment) in fragments(frame, of: 64, identification: 1).enumerated() {
            scenario.add(1 + Double(part) / 100, fragment)
        }
        let outcome = try scenario.runAllWays()
        #expect(outcome.records.isEmpty)
        #expect(outcome.summary.ledger.check() == nil)
        #expect(outcome.summary.ledger.refused == [NamedCount("max_carriers", 2)])
    }

    @Test func espIsLookedIntoWhenAskedTo() throws {
        let scenario = changed(conversation) { [esp($0)] }
        #expect(try scenario.run().records.isEmpty)
        try checkConversation(scenario) { $0.selection.espNull = true }
        // No checksums in the datagrams: nothing contradicts the heuristic.
        try checkConversation(scenario) { $0.selection.espHeuristic = true }
        try checkConversation(changed(conversation) { [gre(esp($0))] }) { $0.selection.espHeuristic = true }
        var identification: UInt16 = 0
        let inFragments = changed(conversation) {
            identification += 1
            return fragments(esp($0), of: 256, identification: identification)
        }
        try checkConversation(inFragments) { $0.selection.espNull = true }
        #expect(try inFragments.run().records.isEmpty)
    }

    /// A call whose phones use the ports of tunnels.
    @Test(arguments: [1701, 2152, 3544, 4341, 4500, 4789, 6081, 37008] as [UInt16])
    func portsOfTunnelsAreOrdinaryPorts(_ port: UInt16) throws {
        var odd = Call(id: "c")
        odd.caller.port = port
        odd.callerMedia.port = port
        odd.calleeMedia.port = port
        var scenario = Scenario()
        odd.setUp(&scenario, at: 0)
        odd.talk(&scenario, from: 1, packets: 20)
        odd.hangUp(&scenario, at: 3)
        for heuristic in [false, true] {
            let outcome = try scenario.runAllWays { $0.selection.espHeuristic = heuristic }
            #expect(scenario.wrongFiles(outcome) == [])
            #expect(outcome.record("c")?.streams.map(\.packets) == [20, 20])
        }
    }
}
