import Calls
import PacketDecoding
import TestSupport
import Testing

@testable import Engine

@Suite struct EndpointTableTests {
    private static let hash = FlowHash(seed: 7)

    /// PRODUCT's three rules over a plain list of who named what when.
    private struct Model {
        struct Naming {
            var call: Int
            var endpoint: Endpoint
            var isOver: Bool
            /// When the call last named either port of the pair.
            var order: Int
        }
        var namings: [Naming] = []
        var isOver: [Bool]
        private var order = 0

        init(calls: Int) { isOver = Array(repeating: false, count: calls) }

        mutating func name(_ endpoints: [Endpoint], by call: Int) {
            order += 1
            for endpoint in endpoints where !namings.contains(where: { $0.call == call && $0.endpoint == endpoint }) {
                namings.append(Naming(call: call, endpoint: endpoint, isOver: isOver[call], order: order))
            }
            let pair = PortPair(endpoints[0])
            for index in namings.indices where namings[index].call == call && PortPair(namings[index].endpoint) == pair
            {
                namings[index].order = order
            }
        }

        mutating func setOver(_ call: Int, _ over: Bool) {
            isOver[call] = over
            for index in namings.indices where namings[index].call == call { namings[index].isOver = over }
        }

        mutating func forget(_ call: Int) {
            namings.removeAll { $0.call == call }
            isOver[call] = false
        }

        /// The last one first.
        private func namings(of endpoint: Endpoint) -> [Naming] {
            namings.filter { $0.endpoint == endpoint }.sorted { $0.order > $1.order }
        }

        func owner(from source: Endpoint, to destination: Endpoint) -> Int32 {
            let (from, to) = (namings(of: source), namings(of: destination))
            let (walked, other) = from.count <= to.count ? (from, to) : (to, from)
            if let both = walked.first(where: { naming in other.contains { $0.call == naming.call } }) {
                return Int32(both.call)
            }
            let named = to.isEmpty ? from : to
            guard let last = named.first else { return Flow.noOwner }
            let living = named.filter { !$0.isOver }
            let isOnly = named.count == 1 || living.isEmpty || (living.count == 1 && !last.isOver)
            return isOnly ? Int32(last.call) : Flow.ambiguous
        }
    }

    /// Few endpoints for many calls; calls that name one port of a pair, both, or one after the other.
    @Test(arguments: [UInt64(1), 2, 3, .random(in: 4 ... .max)])
    func ownersAreThoseOfThePlainList(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let endpoints = (0..<12).map {
            Endpoint(IPAddress(v4: 0xC612_0000 + UInt32($0 / 6)), 4_000 + UInt16($0 % 6))
        }
        let flows = endpoints.flatMap { source in endpoints.map { (source, $0) } }
        let calls = 8
        var model = Model(calls: calls)
        var tracked = TrackedCalls(hash: Self.hash, maxEnded: 16)
        var ownership = MediaOwnership(hash: Self.hash)
        for number in 0..<calls { Self.begin(number, &tracked) }
        // What a flow between two of them remembers: it asks again only when its version is another.
        var remembered = Array(repeating: (version: UInt32.max, owner: Flow.noOwner), count: flows.count)
        for time in 0..<1500 {
            let call = Int.random(in: 0..<calls, using: &random)
            switch Int.random(in: 0..<8, using: &random) {
            case 0:
                model.forget(call)
                ownership.forget(tracked.calls[call].registrations)
                tracked.calls[call].registrations.removeAll()
                tracked.calls[call].isOver = false
            case 1, 2:
                let isOver = Bool.random(using: &random)
                model.setOver(call, isOver)
                tracked.calls[call].isOver = isOver
                ownership.setOver(tracked.calls[call].registrations, isOver)
            default:
                let first = endpoints[Int.random(in: 0..<12, using: &random)]
                var both = MediaPorts(first, Self.hash)
                var named = [first]
                if Bool.random(using: &random) {
                    both.ports = [PortSet(side: 0), PortSet(side: 1)]
                    named = [both.pair.endpoint(0), both.pair.endpoint(1)]
                }
                let known = model.namings.filter { $0.call == call }.map(\.endpoint)
                model.name(named, by: call)
                let new = ownership.name(both, by: call, in: &tracked, at: Int64(time))
                #expect(new.count == named.count { !known.contains($0) })
            }
            for (place, flow) in flows.enumerated() {
                let pair = EndpointPair(source: flow.0, destination: flow.1)
                let version = ownership.endpoints.versions.sum(Flow(pair, ports: 0, Self.hash, serial: 1, now: 0))
                if version != remembered[place].version {
                    remembered[place] = (version, ownership.owner(from: flow.0, to: flow.1, in: tracked))
                }
                if remembered[place].owner != model.owner(from: flow.0, to: flow.1) {
                    Issue.record("\(flow) at step \(time): \(remembered[place].owner)")
                    return
                }
            }
        }
        #expect(ownership.candidatesRefused == 0 && ownership.endpointsRefused == 0)
    }

    @Test func moreThan64EndpointsOfACallAreCountedAndLeftOut() {
        var tracked = TrackedCalls(hash: Self.hash, maxEnded: 16)
        var ownership = MediaOwnership(hash: Self.hash)
        Self.begin(0, &tracked)
        func name(_ port: UInt16) -> PortSet {
            let endpoint = Endpoint(IPAddress(v4: 0xC612_0001), port)
            return ownership.name(MediaPorts(endpoint, Self.hash), by: 0, in: &tracked, at: 0)
        }
        // Both ports of 31 pairs, one of the 32nd: one more finds room.
        for port in 4_000..<4_063 { #expect(name(UInt16(port)).count == 1) }
        #expect(name(6_000).count == 1)
        #expect(name(4_063).isEmpty)
        #expect(name(6_002).isEmpty)
        // What is known is no more.
        #expect(name(4_000).isEmpty)
        #expect(ownership.endpointsRefused == 2)
    }

    private static func begin(_ number: Int, _ calls: inout TrackedCalls) {
        let facts = MessageFacts(isRequest: true, method: .invite, cseq: 1, fromTag: 1, toTag: 0)
        let life = CallLife(opening: facts, at: 0)
        let slot = calls.add(
            callID: [UInt8(number)], hashed: UInt64(number) << 40, life: life, workers: 1, now: 0)
        #expect(slot == number)
    }
}
