import TestSupport
import Testing

@testable import Engine

@Suite struct SlotIndexTests {
    /// Few hash bits, so that runs of entries collide, wrap around and are closed again.
    @Test(arguments: [UInt64(1), 2, .random(in: 3 ... .max)])
    func itFindsWhatWasInsertedAndNotRemoved(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var index = SlotIndex()
        var model: [Int: UInt64] = [:]
        for slot in 0..<4000 {
            let hash = (random.next() % 700) << 32
            switch random.next() % 3 {
            case 0:
                guard let known = model.randomElement(using: &random) else { continue }
                index.remove(known.value, slot: known.key)
                model[known.key] = nil
            case 1:
                guard let known = model.randomElement(using: &random) else { continue }
                index.replace(known.value, slot: known.key, by: slot)
                model[known.key] = nil
                model[slot] = known.value
            default:
                index.insert(hash, slot: slot)
                model[slot] = hash
            }
            // Of one that is not there nothing changes.
            index.remove(hash, slot: 1 << 30)
            index.replace(hash, slot: 1 << 30, by: 1)
            var found: [Int] = []
            var position = index.start(hash)
            while case let next = index.next(hash, &position), next >= 0 { found.append(next) }
            #expect(found.sorted() == model.filter { $0.value == hash }.map(\.key).sorted())
            #expect(index.count == model.count)
        }
    }
}
