import PacketDecoding
import TestSupport
import Testing

@testable import Reassembly

@Suite struct FragmentOverlapTests {
    @Test func firstIPv4ByteWinsAndAllContribute() throws {
        var defragmenter = Defragmenter(seed: 1)
        let datagram = DatagramBuilder(ends: [24, 32, 40])
        var other = datagram
        other.bytes = [UInt8](repeating: 0xff, count: 40)
        #expect(datagram.add(8..<16, more: true, to: &defragmenter, tag: 1) == .held)
        #expect(datagram.add(32..<40, more: false, to: &defragmenter, tag: 2) == .held)
        // Covers a gap, a held piece, another gap and the beginning of the last piece.
        let outcome = other.add(0..<40, more: false, to: &defragmenter, tag: 3)
        let completed = try #require(outcome.datagram)
        let expected = other.bytes[0..<8] + datagram.bytes[8..<16] + other.bytes[16..<32] + datagram.bytes[32..<40]
        #expect(defragmenter.bytes(of: completed) == Array(expected))
        #expect(defragmenter.tags(of: completed) == [1, 2, 3])
        #expect(defragmenter.statistics.overlappingIPv4Fragments == 1)
    }

    @Test func anEndThatBringsNoNewBytesCanComplete() throws {
        var defragmenter = Defragmenter(seed: 1)
        let datagram = DatagramBuilder(ends: [16])
        #expect(datagram.add(0..<16, more: true, to: &defragmenter, tag: 1) == .held)
        let completed = try #require(datagram.add(8..<16, more: false, to: &defragmenter, tag: 2).datagram)
        #expect(defragmenter.bytes(of: completed) == datagram.bytes)
    }

    @Test func overlapDiscardsAnIPv6Datagram() {
        var defragmenter = Defragmenter(limits: FragmentLimits(memoryAge: 100), seed: 1)
        let datagram = DatagramBuilder(version: 6, ends: [16, 24, 32])
        #expect(datagram.add(0, to: &defragmenter, tag: 1) == .held)
        #expect(datagram.add(8..<24, more: true, to: &defragmenter, tag: 2) == .malformed)
        let expected = [GivenUpFragment(tag: 1, reason: .overlapping)]
        #expect(defragmenter.takeGivenUp() == expected)
        // RFC 5722: also those not yet received.
        #expect(datagram.add(2, to: &defragmenter, tag: 3) == .malformed)
        #expect(datagram.add(0, to: &defragmenter, tag: 4) == .malformed)
        #expect(defragmenter.pendingDatagrams == 0)
        #expect(defragmenter.statistics.overlappingIPv6Datagrams == 1)
        // Until the memory ends.
        #expect(datagram.add(0, to: &defragmenter, tag: 5, now: 100) == .held)
    }

    /// Random overlapping pieces against a plain model: a byte array and a set of positions.
    @Test func randomOverlapsAgainstAModel() {
        var random = SeededRandom(printedFor: "random overlaps")
        for round in 0..<300 {
            var defragmenter = Defragmenter(seed: random.seed)
            let blocks = Int.random(in: 2...20, using: &random)
            var model = [UInt8?](repeating: nil, count: blocks * 8)
            var endKnown = false
            var tags: [UInt32] = []
            let key = DatagramBuilder(identification: UInt32(round), ends: [8]).key
            for tag in 0..<UInt32(200) {
                let first = Int.random(in: 0..<blocks, using: &random)
                let last = Int.random(in: first..<blocks, using: &random)
                let payload = [UInt8](repeating: UInt8(truncatingIfNeeded: tag), count: (last - first + 1) * 8)
                let more = last < blocks - 1
                let outcome = defragmenter.add(
                    key: key, offset: first * 8, more: more, payload: payload.span, tag: tag, position: 0, now: 0)
                let before = model.count { $0 != nil }
                for position in (first * 8)..<(last * 8 + 8) where model[position] == nil {
                    model[position] = UInt8(truncatingIfNeeded: tag)
                }
                tags.append(tag)
                endKnown = endKnown || !more
                let now = model.count { $0 != nil }
                if now == model.count, endKnown {
                    let completed = outcome.datagram
                    #expect(completed != nil)
                    if let completed {
                        #expect(defragmenter.bytes(of: completed) == model.map { $0 ?? 0 })
                        #expect(defragmenter.tags(of: completed) == tags)
                        defragmenter.release(completed)
                    }
                    break
                }
                #expect(outcome == (now == before ? .duplicateOfHeld : .held))
            }
            #expect(defragmenter.pendingDatagrams == 0)
            #expect(defragmenter.heldBytes == 0)
        }
    }
}
