import PacketDecoding

@testable import Reassembly

/// A datagram in fragments, and the calls that add them.
struct DatagramBuilder {
    var key: FragmentKey
    var bytes: [UInt8]
    /// Where each fragment ends; all but the last are multiples of 8.
    var ends: [Int]

    init(version: UInt8 = 4, identification: UInt32 = 7, ipProtocol: UInt8 = 17, ends: [Int]) {
        key = FragmentKey(
            source: IPAddress(v4: 0xc612_0001), destination: IPAddress(v4: 0xc612_0002), ipProtocol: ipProtocol,
            identification: identification, version: version)
        self.ends = ends
        bytes = (0..<(ends.last ?? 0)).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ Int(identification)) }
    }

    func range(_ index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

    /// Adds fragment `index`; the tag is the index unless another is given.
    func add(
        _ index: Int, to defragmenter: inout Defragmenter, tag: UInt32? = nil, position: UInt64 = 0, now: Int64 = 0
    ) -> FragmentOutcome {
        let range = range(index)
        return add(
            range, more: index < ends.count - 1, to: &defragmenter, tag: tag ?? UInt32(index), position: position,
            now: now)
    }

    func add(
        _ range: Range<Int>, more: Bool, to defragmenter: inout Defragmenter, tag: UInt32, position: UInt64 = 0,
        now: Int64 = 0
    ) -> FragmentOutcome {
        let payload = Array(bytes[range])
        return defragmenter.add(
            key: key, offset: range.lowerBound, more: more, payload: payload.span, tag: tag, position: position,
            now: now)
    }
}

extension FragmentOutcome {
    var datagram: DatagramID? {
        if case .complete(let datagram) = self { datagram } else { nil }
    }
}

extension DatagramBuilder {
    /// All orders of the numbers below `count`.
    static func permutations(of count: Int) -> [[Int]] {
        guard count > 0 else { return [[]] }
        return permutations(of: count - 1).flatMap { shorter in
            (0...shorter.count).map { place in
                var longer = shorter
                longer.insert(count - 1, at: place)
                return longer
            }
        }
    }
}
