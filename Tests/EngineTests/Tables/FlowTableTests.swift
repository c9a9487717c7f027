import PacketDecoding
import TestSupport
import Testing

@testable import Engine

@Suite struct FlowTableTests {
    private static let hash = FlowHash(seed: 11)

    /// The rule for copies over a plain list of a flow's packets.
    private struct Model {
        struct Packet {
            var bytes: UInt64
            var path: UInt32
            var time: Int64
        }
        /// Of the flow now known by these endpoints; another number is another flow.
        var serial: UInt32
        var packets: [Packet] = []

        mutating func isCopy(_ packet: Packet) -> Bool {
            defer {
                packets.append(packet)
                if packets.count > 8 { packets.removeFirst() }
            }
            let same = packets.filter { $0.bytes == packet.bytes && packet.time - $0.time < 60_000_000 }
            guard let origin = same.first?.path, origin != packet.path,
                same.contains(where: { $0.path != packet.path && packet.time - $0.time < 10_000_000 })
            else { return false }
            return same.count { $0.path == packet.path } < same.count { $0.path == origin }
        }
    }

    /// IPv4 and IPv6, and the address that is none, in both.
    private static let addresses =
        (0..<5).map { IPAddress(v4: 0x0a00_0001 * UInt32($0)) }
        + (0..<5).map { IPAddress(high: $0 == 0 ? 0 : 0x2001_0db8 << 32, low: UInt64($0)) }

    @Test(arguments: [1, 40, 100_000])
    func flowsKeepTheirEndpointsAndKnowTheirCopies(maxFlows: Int) {
        var random = SeededRandom(printedFor: "flows, \(maxFlows) at most")
        var table = FlowTable(hash: Self.hash, maxFlows: maxFlows)
        var models: [EndpointPair: Model] = [:]
        var time: Int64 = 1_000_000_000
        var copies = 0
        for step in 0..<60_000 {
            // Seldom so long that idle flows go; steps of the unit in which sightings remember times.
            time += random.below(500) == 0 ? 2_048_000_000 : 1024 * Int64(random.below(6000))
            func endpoint() -> Endpoint {
                Endpoint(Self.addresses[random.below(Self.addresses.count)], UInt16(5060 + random.below(3)))
            }
            let pair = EndpointPair(source: endpoint(), destination: endpoint())
            let slot = table.slot(
                pair.source.address, pair.destination.address, pair.source.port, pair.destination.port, now: time)
            guard table.endpoints(slot) == pair else {
                Issue.record("step \(step): another flow's slot")
                return
            }
            let serial = table.flows[slot].serial
            var model = models[pair] ?? Model(serial: serial)
            if model.serial != serial { model = Model(serial: serial) }
            // Some packets in a row, or with so many flows none would be a copy.
            let paths = random.below(4) == 0 ? 3 : 1
            for _ in 0..<1 + random.below(6) {
                let packet = Model.Packet(
                    bytes: UInt64(1 + random.below(3)) << 60, path: UInt32(1 + random.below(paths)), time: time)
                let expected = model.isCopy(packet)
                copies += expected ? 1 : 0
                guard
                    table.isCopy(slot, fingerprint: packet.bytes, path: packet.path, time: time, now: time)
                        == expected
                else {
                    Issue.record("step \(step): \(packet) is \(expected ? "a" : "no") copy")
                    return
                }
                time += 1024 * Int64(random.below(4000))
            }
            models[pair] = model
        }
        #expect(copies > 1000)
        #expect(table.flows.count <= maxFlows)
        // 10 addresses and 3 ports at each end are 900 pairs.
        #expect((table.evicted > 0) == (maxFlows < 900))
    }

    /// A flow's slot, and what else it needed, is used again by another kind of flow.
    @Test func nothingOfAForgottenFlowIsLeft() {
        var table = FlowTable(hash: Self.hash, maxFlows: 1)
        let (four, six) = (IPAddress(v4: 0x7f00_0001), IPAddress(high: 0, low: 1))
        for round in 0..<3 {
            for address in [four, six] {
                let slot = table.slot(address, address, 4000, 4002, now: Int64(round))
                #expect(slot == 0)
                let pair = EndpointPair(source: Endpoint(address, 4000), destination: Endpoint(address, 4002))
                #expect(table.endpoints(slot) == pair)
                var copies: [Bool] = []
                for (path, time) in [(1, 5000), (2, 6000), (1, 7000)] as [(UInt32, Int64)] {
                    copies.append(table.isCopy(slot, fingerprint: 1 << 60, path: path, time: time, now: time))
                }
                #expect(copies == [false, true, false])
            }
        }
        #expect(table.evicted == 5)
    }

    /// The time of a sighting has 26 bits, which go around in 68.7 s.
    @Test func whatWasSeenLongAgoMakesNoCopy() {
        var table = FlowTable(hash: Self.hash, maxFlows: 10)
        let address = IPAddress(v4: 0x7f00_0001)
        let slot = table.slot(address, address, 5060, 5062, now: 0)
        let packets: [(bytes: UInt64, path: UInt32, time: Int64)] = [
            (1, 1, 0), (2, 2, 1_000_000), (1, 2, (1024 << 26) + 5_000_000), (1, 1, (1024 << 26) + 6_000_000),
        ]
        let copies = packets.map { packet in
            table.isCopy(slot, fingerprint: packet.bytes << 60, path: packet.path, time: packet.time, now: packet.time)
        }
        #expect(copies == [false, false, false, true])
    }
}
