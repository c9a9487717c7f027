import Tables
import TestSupport
import Testing

@Suite struct ShortListTests {
    /// Whatever is done to it, it holds what an array would.
    @Test(arguments: [UInt64(1), 2, .random(in: 3 ... .max)])
    func itIsAnArray(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var list = ShortList<3, UInt64>(filler: 0)
        var model: [UInt64] = []
        for _ in 0..<2000 {
            let value = random.next() % 8
            switch random.next() % 8 {
            case 0 where !model.isEmpty:
                list.removeFirst()
                model.removeFirst()
            case 1 where !model.isEmpty:
                let place = Int(random.next() % UInt64(model.count))
                list[place] = value
                model[place] = value
            case 2 where random.next() % 8 == 0:
                list.removeAll()
                model.removeAll()
            default:
                list.append(value)
                model.append(value)
                if model.count > 9 {
                    list.removeFirst()
                    model.removeFirst()
                }
            }
            #expect(Array(list) == model && list.count == model.count && list.isEmpty == model.isEmpty)
            #expect(list.contains(value) == model.contains(value))
            #expect(list.firstIndex { $0 > 4 } == model.firstIndex { $0 > 4 })
        }
    }

    @Test func thereIsNothingBehindTheEnd() async {
        await #expect(processExitsWith: .failure) {
            var list = ShortList<3, UInt64>(filler: 0)
            list.append(1)
            _ = list[1]
        }
    }
}
