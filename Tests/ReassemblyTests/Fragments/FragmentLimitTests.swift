import PacketDecoding
import TestSupport
import Testing

@testable import Reassembly

@Suite struct FragmentLimitTests {
    @Test func contradictionsAreMalformed() {
        var defragmenter = Defragmenter(seed: 1)
        let datagram = DatagramBuilder(ends: [8, 16, 32])
        #expect(datagram.add(0..<7, more: true, to: &defragmenter, tag: 1) == .malformed)  // not a multiple of 8
        #expect(datagram.add(8..<8, more: false, to: &defragmenter, tag: 1) == .malformed)  // empty
        let payload: [UInt8] = [1, 2, 3]
        #expect(
            defragmenter.add(
                key: datagram.key, offset: 4, more: false, payload: payload.span, tag: 1, position: 0, now: 0)
                == .malformed)
        #expect(
            defragmenter.add(
                key: datagram.key, offset: -8, more: false, payload: payload.span, tag: 1, position: 0, now: 0)
                == .malformed)
        #expect(defragmenter.pendingDatagrams == 0)
        #expect(datagram.add(8..<16, more: false, to: &defragmenter, tag: 1) == .held)
        #expect(datagram.add(16..<24, more: true, to: &defragmenter, tag: 2) == .malformed)  // beyond the end
        #expect(datagram.add(16..<24, more: false, to: &defragmenter, tag: 3) == .malformed)  // another end
        #expect(defragmenter.statistics.malformedFragments == 6)
    }

    @Test func sizeOfADatagram() {
        var defragmenter = Defragmenter(seed: 1)
        let key = DatagramBuilder(ends: [8]).key
        let payload = [UInt8](repeating: 0, count: 8)
        let atTheEnd = defragmenter.add(
            key: key, offset: 65_528, more: false, payload: payload.span.extracting(0..<7), tag: 1, position: 0, now: 0)
        #expect(atTheEnd == .held)
        for offset in [65_528, 65_536, Int.max - 7] {
            let beyond = defragmenter.add(
                key: key, offset: offset, more: false, payload: payload.span, tag: 1, position: 0, now: 0)
            #expect(beyond == .refused(.datagramSize))
        }
        #expect(defragmenter.statistics.refusedByDatagramSize == 3)
    }

    @Test func fragmentsOfADatagram() {
        var defragmenter = Defragmenter(limits: FragmentLimits(maxFragmentsPerDatagram: 3), seed: 1)
        let datagram = DatagramBuilder(ends: [8, 16, 24, 32])
        for index in 0..<3 { #expect(datagram.add(index, to: &defragmenter) == .held) }
        #expect(datagram.add(3, to: &defragmenter) == .refused(.fragmentsPerDatagram))
        #expect(defragmenter.statistics.refusedByFragmentsPerDatagram == 1)
        let tags = defragmenter.giveUpAll().map(\.tag)
        #expect(tags == [0, 1, 2])
    }

    @Test func theOldestDatagramMakesRoom() {
        var defragmenter = Defragmenter(limits: FragmentLimits(maxDatagrams: 3), seed: 1)
        for number in 0..<5 as Range<UInt32> {
            let datagram = DatagramBuilder(identification: number, ends: [8, 16])
            #expect(datagram.add(0, to: &defragmenter, tag: number) == .held)
        }
        let expected = [GivenUpFragment(tag: 0, reason: .evicted), GivenUpFragment(tag: 1, reason: .evicted)]
        #expect(defragmenter.hasGivenUp == true)
        #expect(defragmenter.takeGivenUp() == expected)
        #expect(defragmenter.pendingDatagrams == 3)
        #expect(defragmenter.statistics.evictedDatagrams == 2)
        #expect(DatagramBuilder(identification: 4, ends: [8, 16]).add(1, to: &defragmenter).datagram != nil)
    }

    @Test func unreleasedDatagramsCount() throws {
        var defragmenter = Defragmenter(limits: FragmentLimits(maxDatagrams: 1), seed: 1)
        let first = DatagramBuilder(identification: 1, ends: [8, 16])
        _ = first.add(0, to: &defragmenter)
        let completed = try #require(first.add(1, to: &defragmenter).datagram)
        let second = DatagramBuilder(identification: 2, ends: [8, 16])
        #expect(second.add(0, to: &defragmenter) == .refused(.datagrams))
        defragmenter.release(completed)
        #expect(second.add(0, to: &defragmenter) == .held)
    }

    @Test func bytes() {
        // Room for two datagrams of one fragment of 1,000 bytes with their bookkeeping, not for three.
        let limits = FragmentLimits(maxBytes: 3000)
        var defragmenter = Defragmenter(limits: limits, seed: 1)
        for number in 0..<3 as Range<UInt32> {
            let datagram = DatagramBuilder(identification: number, ends: [1000, 2000, 3000])
            #expect(datagram.add(0, to: &defragmenter, tag: number) == .held)
            #expect(defragmenter.heldBytes <= limits.maxBytes)
        }
        #expect(defragmenter.takeGivenUp().map(\.tag) == [0])
        // The second is the oldest now: its own growth throws out the third, and then it is alone.
        let second = DatagramBuilder(identification: 1, ends: [1000, 2000, 3000])
        #expect(second.add(1, to: &defragmenter, tag: 10) == .held)
        #expect(defragmenter.takeGivenUp().map(\.tag) == [2])
        #expect(second.add(2, to: &defragmenter, tag: 11) == .refused(.bytes))
        #expect(defragmenter.hasGivenUp == false)
        #expect(defragmenter.heldBytes <= limits.maxBytes)
    }

    @Test func expiry() {
        var defragmenter = Defragmenter(limits: FragmentLimits(maxAge: 100), seed: 1)
        let first = DatagramBuilder(identification: 1, ends: [8, 16, 24])
        let second = DatagramBuilder(identification: 2, ends: [8, 16, 24])
        _ = first.add(0, to: &defragmenter, tag: 1, now: 0)
        _ = second.add(0, to: &defragmenter, tag: 2, now: 50)
        _ = first.add(1, to: &defragmenter, tag: 3, now: 99)  // does not prolong
        #expect(defragmenter.expire(now: 99).isEmpty)
        let expected = [GivenUpFragment(tag: 1, reason: .expired), GivenUpFragment(tag: 3, reason: .expired)]
        #expect(defragmenter.expire(now: 100) == expected)
        #expect(first.add(2, to: &defragmenter, tag: 4, now: 101) == .held)
        #expect(defragmenter.expire(now: Int64.max).map(\.tag) == [2, 4])
        #expect(defragmenter.statistics.expiredDatagrams == 3)
        #expect(defragmenter.heldBytes == 0)
    }

    @Test func timesThatNoClockShows() {
        var defragmenter = Defragmenter(seed: 1)
        let datagram = DatagramBuilder(ends: [8, 16, 24])
        _ = datagram.add(0, to: &defragmenter, now: .min)
        _ = datagram.add(1, to: &defragmenter, now: .max)
        _ = datagram.add(2, to: &defragmenter, now: .min)
        _ = defragmenter.expire(now: 0)
        _ = defragmenter.giveUpAll()
        #expect(defragmenter.pendingDatagrams == 0)
    }

    @Test func memoryIsBounded() throws {
        var defragmenter = Defragmenter(limits: FragmentLimits(maxRemembered: 2), seed: 1)
        for number in 0..<3 as Range<UInt32> {
            let datagram = DatagramBuilder(identification: number, ends: [8, 16])
            _ = datagram.add(0, to: &defragmenter)
            let completed = try #require(datagram.add(1, to: &defragmenter).datagram)
            defragmenter.remember(completed, owner: UInt64(number))
            defragmenter.release(completed)
        }
        let newest = DatagramBuilder(identification: 2, ends: [8, 16])
        #expect(newest.add(0, to: &defragmenter) == .belongsToCompleted(owner: 2))
        #expect(DatagramBuilder(identification: 0, ends: [8, 16]).add(0, to: &defragmenter) == .held)
    }

    /// Datagrams that never complete, complete, are remembered and repeat, in random order under tight limits: every
    /// tag is accounted for, the bounds hold, and at the end nothing is left.
    @Test func everyTagIsAccountedFor() {
        var random = SeededRandom(printedFor: "random fragments")
        let limits = FragmentLimits(
            maxDatagrams: 20, maxBytes: 12_000, maxFragmentsPerDatagram: 6, maxAge: 500, maxRemembered: 10,
            memoryAge: 100)
        var defragmenter = Defragmenter(limits: limits, seed: random.seed)
        var held: Set<UInt32> = []
        var unreleased: [DatagramID] = []
        for tag in 0..<UInt32(50_000) {
            let now = Int64(tag)
            let version: UInt8 = Bool.random(using: &random) ? 4 : 6
            let number = UInt32.random(in: 0..<60, using: &random)
            let datagram = DatagramBuilder(version: version, identification: number, ends: [64, 128, 250])
            var first = Int.random(in: 0..<3, using: &random) * 64
            if Int.random(in: 0..<50, using: &random) == 0 { first = 32 }
            let end = first == 128 ? 250 : first + 64
            let outcome = datagram.add(
                first..<end, more: end < 250, to: &defragmenter, tag: tag, position: UInt64(tag), now: now)
            switch outcome {
            case .held, .duplicateOfHeld: held.insert(tag)
            case .complete(let completed):
                held.insert(tag)
                #expect(defragmenter.bytes(of: completed) == datagram.bytes)
                unreleased.append(completed)
            case .belongsToCompleted, .refused, .malformed: break
            }
            for givenUp in defragmenter.takeGivenUp() { #expect(held.remove(givenUp.tag) != nil) }
            if unreleased.count > 3 || (tag % 7 == 0 && !unreleased.isEmpty) {
                let completed = unreleased.removeFirst()
                for used in defragmenter.tags(of: completed) { #expect(held.remove(used) != nil) }
                if tag % 2 == 0 { defragmenter.remember(completed, owner: UInt64(tag)) }
                defragmenter.release(completed)
            }
            if defragmenter.heldBytes > limits.maxBytes || defragmenter.slots.count > 30 {
                Issue.record("\(defragmenter.heldBytes) bytes, \(defragmenter.slots.count) slots at \(tag)")
                return
            }
        }
        for completed in unreleased {
            for used in defragmenter.tags(of: completed) { #expect(held.remove(used) != nil) }
            defragmenter.release(completed)
        }
        for givenUp in defragmenter.giveUpAll() { #expect(held.remove(givenUp.tag) != nil) }
        #expect(held.isEmpty)
        #expect(defragmenter.expire(now: 1_000_000).isEmpty)
        #expect(defragmenter.heldBytes == 0)
        #expect(defragmenter.statistics.completedDatagrams > 100)
    }
}
