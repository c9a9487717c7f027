import Tables
import TestSupport
import Testing

@Suite struct OwnedTableTests {
    /// From the allocator's memory to pages to huge pages, by elements of one size and another.
    @Test func whatIsInItStaysAsItGrows() {
        var words = OwnedTable<UInt64>()
        // 32 MiB in the end.
        let count = 1 << 22
        for number in 0..<count {
            words.append(UInt64(number) &* 0x9e37_79b9_7f4a_7c15)
            // What is changed before it grows, too.
            if number % 3 == 0 { words[number] ^= 1 }
        }
        #expect(words.count == count && words.span.count == count)
        var wrong = 0
        for number in 0..<count {
            let word = UInt64(number) &* 0x9e37_79b9_7f4a_7c15 ^ (number % 3 == 0 ? 1 : 0)
            if words[number] != word || words.span[number] != word { wrong += 1 }
        }
        #expect(wrong == 0)
        let all = words.withElements { $0.count }
        #expect(all == count)
    }

    /// Values that own memory: moved when it grows, freed when it goes.
    @Test func itOwnsItsElements() {
        final class Counter { var living = 0 }
        final class Thing {
            let counter: Counter
            let number: Int
            init(_ counter: Counter, _ number: Int) {
                self.counter = counter
                self.number = number
                counter.living += 1
            }
            deinit { counter.living -= 1 }
        }
        struct Element {
            var thing: Thing
            var text: String
            var rest = InlineArray<60, UInt64>(repeating: 7)
        }
        let counter = Counter()
        do {
            var table = OwnedTable<Element>()
            // 10 MiB: past the first huge pages.
            for number in 0..<20_000 {
                let text = "a text of more than fifteen bytes, \(number)"
                table.append(Element(thing: Thing(counter, number), text: text))
            }
            #expect(counter.living == 20_000)
            table[5].thing = Thing(counter, -5)
            #expect(counter.living == 20_000)
            var wrong = 0
            for number in 0..<20_000 where number != 5 {
                let isSame = table[number].thing.number == number && table[number].text.hasSuffix(", \(number)")
                if !isSame || table[number].rest[59] != 7 { wrong += 1 }
            }
            #expect(wrong == 0 && table[5].thing.number == -5)
        }
        #expect(counter.living == 0)
    }
}
