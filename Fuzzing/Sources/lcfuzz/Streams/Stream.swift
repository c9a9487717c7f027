import Reassembly
import TestSupport

extension FuzzTarget {
    /// Segments of a stream whose byte at each offset is known, sent in any order: what comes out must be that stream,
    /// and every tag must be given back once at the most.
    static func stream(_ input: [UInt8]) {
        var numbers = Numbers(input)
        let firstSequence = UInt32(numbers.word()) << 16
        var assembler = StreamAssembler()
        assembler.synchronize(at: firstSequence)
        var live: [UInt32: Int] = [:]
        var tag: UInt32 = 0
        while !numbers.isAtEnd {
            let kind = numbers.byte()
            switch kind & 7 {
            case 0...3: segment(&assembler, &numbers, firstSequence, &tag, &live)
            case 4: release(assembler.consume(Int(numbers.byte()), owner: kind & 8 == 0 ? nil : 3), &live)
            case 5:
                guard let start = assembler.firstPendingStart else { break }
                release(assembler.removePending(endingBy: start).map(\.tag), &live)
                release(assembler.skip(to: start), &live)
                _ = assembler.drainPending()
            case 6: assembler.shrink(to: 64)
            default:
                if assembler.isIdle, let parked = assembler.parked {
                    var resumed = StreamAssembler()
                    resumed.resume(parked)
                    require(resumed.expectedSequence == assembler.expectedSequence, "parked elsewhere")
                }
            }
            check(assembler, firstSequence)
        }
    }

    private static func segment(
        _ assembler: inout StreamAssembler, _ numbers: inout Numbers, _ firstSequence: UInt32, _ tag: inout UInt32,
        _ live: inout [UInt32: Int]
    ) {
        let sequence = assembler.expectedSequence &+ UInt32(truncatingIfNeeded: numbers.word() - 256)
        let length = 1 + Int(numbers.byte())
        let payload = (0..<length).map { UInt8(truncatingIfNeeded: sequence &+ UInt32($0)) }
        let start = assembler.offset(of: sequence)
        tag += 1
        live[tag] = 1
        if start > assembler.nextOffset {
            assembler.hold(
                packet: [0, 0, 0] + payload, payloadOffset: 3, count: length, start: start, tag: tag, at: Int64(tag))
        } else {
            assembler.append(payload.span, start: start, tag: tag)
            _ = assembler.drainPending()
        }
        _ = assembler.carriers(of: assembler.unconsumedStart..<assembler.nextOffset)
    }

    private static func check(_ assembler: StreamAssembler, _ firstSequence: UInt32) {
        let first = assembler.expectedSequence &- UInt32(truncatingIfNeeded: assembler.unconsumedCount)
        let bytes = assembler.unconsumed
        for index in bytes.indices {
            require(
                bytes[index] == UInt8(truncatingIfNeeded: first &+ UInt32(truncatingIfNeeded: index)),
                "byte \(index) of the stream is wrong")
        }
        require(assembler.pendingBytes >= 0, "negative bytes pending")
        require(assembler.hasPending || assembler.pendingBytes == 0, "bytes pending without a segment")
        if let start = assembler.firstPendingStart { require(start > assembler.nextOffset, "no hole before pending") }
    }

    private static func release(_ tags: [UInt32], _ live: inout [UInt32: Int]) {
        for tag in tags { require(live.removeValue(forKey: tag) != nil, "tag \(tag) released twice") }
    }
}
