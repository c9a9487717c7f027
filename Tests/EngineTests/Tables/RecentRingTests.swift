import TestSupport
import Testing

@testable import Engine

@Suite struct RecentRingTests {
    /// Few hashes, so that many values come under each, the hash 0 among them.
    @Test(arguments: [UInt64(1), 2, .random(in: 3 ... .max)])
    func itFindsWhatWasNotWithdrawnOrDropped(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var ring = RecentRing<Int>(filler: -1)
        var model: [(hash: UInt64, value: Int, isListed: Bool)] = []
        for value in 0..<3000 {
            let hash = (random.next() % 5) << 40
            if random.next() % 3 == 0, !model.isEmpty {
                ring.dropFirst()
                model.removeFirst()
            } else {
                ring.append(value, hash)
                model.append((hash, value, true))
            }
            if random.next() % 4 == 0, let place = places(ring, hash).first {
                let withdrawn = ring[place]
                ring.withdraw(place)
                for index in model.indices where model[index].value == withdrawn { model[index].isListed = false }
            }
            let found = places(ring, hash).map { ring[$0] }
            #expect(found.sorted() == model.filter { $0.isListed && $0.hash == hash }.map(\.value))
            let ordered = places(ring, hash).sorted { ring.order($0) < ring.order($1) }.map { ring[$0] }
            #expect(ordered == found.sorted())
            #expect(ring.count == model.count && ring.first == model.first?.value)
            #expect(ring.listed == model.count { $0.isListed })
        }
    }

    private func places(_ ring: RecentRing<Int>, _ hash: UInt64) -> [Int] {
        var found: [Int] = []
        var position = ring.start(hash)
        while case let place = ring.next(hash, &position), place >= 0 { found.append(place) }
        return found
    }
}
