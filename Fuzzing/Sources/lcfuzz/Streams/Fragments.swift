import PacketDecoding
import Reassembly
import TestSupport

extension FuzzTarget {
    /// Fragments told by numbers: few keys, small limits, so that everything meets. What is complete must consist of bytes
    /// that some fragment brought, every tag must come out once, and the bounds must hold.
    static func fragments(_ input: [UInt8]) {
        var numbers = Numbers(input)
        let limits = FragmentLimits(
            maxDatagrams: 1 + Int(numbers.byte() & 7), maxBytes: 512 + Int(numbers.byte()) * 64,
            maxFragmentsPerDatagram: 2 + Int(numbers.byte() & 15), maxAge: 1000, maxRemembered: 3, memoryAge: 200)
        var defragmenter = Defragmenter(limits: limits, seed: 1)
        var now: Int64 = 0
        var live: Set<UInt32> = []
        var tag: UInt32 = 0
        while !numbers.isAtEnd {
            let kind = numbers.byte()
            now += Int64(numbers.byte())
            let number = UInt64(kind & 3)
            let version: UInt8 = kind & 4 == 0 ? 4 : 6
            let key = FragmentKey(
                source: IPAddress(high: 0, low: number), destination: IPAddress(high: 0, low: 9),
                ipProtocol: 17, identification: UInt32(kind >> 6), version: version)
            let offset = Int(numbers.byte()) * 8
            let length = Int(numbers.byte())
            let payload = (0..<length).map { UInt8(truncatingIfNeeded: offset + $0) }
            tag += 1
            let outcome = defragmenter.add(
                key: key, offset: offset, more: kind & 8 != 0, payload: payload.span, tag: tag,
                position: UInt64(tag), now: now)
            switch outcome {
            case .held, .duplicateOfHeld: live.insert(tag)
            case .complete(let datagram):
                live.insert(tag)
                let bytes = defragmenter.bytes(of: datagram)
                for (index, byte) in bytes.enumerated() {
                    require(byte == UInt8(truncatingIfNeeded: index), "byte \(index) is of no fragment")
                }
                for tag in defragmenter.tags(of: datagram) { require(live.remove(tag) != nil, "tag twice") }
                if kind & 16 != 0 { defragmenter.remember(datagram, owner: 7) }
                // Some are kept for a while.
                if kind & 32 == 0 { defragmenter.release(datagram) }
            case .belongsToCompleted, .malformed, .refused: break
            }
            take(defragmenter.takeGivenUp(), &live)
            require(defragmenter.heldBytes <= limits.maxBytes, "\(defragmenter.heldBytes) bytes held")
            require(defragmenter.pendingDatagrams <= limits.maxDatagrams, "too many datagrams")
        }
        take(defragmenter.expire(now: now + 500), &live)
        take(defragmenter.giveUpAll(), &live)
        require(defragmenter.pendingDatagrams == 0, "something still waits")
    }

    private static func take(_ givenUp: [GivenUpFragment], _ live: inout Set<UInt32>) {
        for fragment in givenUp { require(live.remove(fragment.tag) != nil, "tag \(fragment.tag) given up twice") }
    }
}
