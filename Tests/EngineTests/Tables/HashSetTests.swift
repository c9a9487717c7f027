import TestSupport
import Testing

@testable import Engine

@Suite struct HashSetTests {
    @Test func holdsWhatASetHolds() {
        var random = SeededRandom(seed: 5)
        var ours = HashSet()
        var known: Set<UInt64> = []
        for _ in 0..<20_000 {
            // Few enough that many come again; those below 2^32 all begin at one place.
            let number = random.next() % 6_000 + 1
            let hash = number % 3 == 0 ? number / 100 + 1 : number &* 0x9e37_79b9_7f4a_7c15
            #expect(ours.contains(hash) == known.contains(hash))
            ours.insert(hash)
            known.insert(hash)
            #expect(ours.contains(hash) && ours.count == known.count)
        }
        #expect(known.count > 1_000)
    }

    @Test func nothingIsAHashToo() {
        var set = HashSet()
        #expect(!set.contains(0))
        set.insert(0)
        #expect(set.contains(0) && set.count == 1)
    }
}
