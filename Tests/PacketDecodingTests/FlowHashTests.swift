import Testing

@testable import PacketDecoding

@Suite struct FlowHashTests {
    let hash = FlowHash(seed: 1)
    let first = IPAddress(v4: 0xc612_0001)
    let second = IPAddress(v4: 0xc612_0002)

    @Test func equalInputsAndSeedsGiveEqualHashes() {
        #expect(hash(first, second, 1, 2) == FlowHash(seed: 1)(first, second, 1, 2))
        #expect(hash(first, second, 1, 2) != FlowHash(seed: 2)(first, second, 1, 2))
        #expect(hash(Endpoint(first, 5060)) == hash(Endpoint(first, 5060)))
    }

    @Test func directionAndPortsCount() {
        let value = hash(first, second, 1, 2)
        #expect(value != hash(second, first, 1, 2))
        #expect(value != hash(first, second, 2, 1))
        #expect(value != hash(second, first, 2, 1))
    }

    /// The ports of one host pair are what real tables are full of: low and high bits must both be spread.
    @Test func portsSpread() {
        var low = [Int](repeating: 0, count: 256)
        var high = [Int](repeating: 0, count: 256)
        var all: Set<UInt64> = []
        for port in 0..<65_536 {
            for value in [hash(first, second, UInt16(port), 5060), hash(Endpoint(first, UInt16(port)))] {
                low[Int(value & 255)] += 1
                high[Int(value >> 56)] += 1
                all.insert(value)
            }
        }
        #expect(all.count == 131_072)
        // 512 expected in each; five standard deviations are 113.
        #expect((low + high).allSatisfy { (399...625).contains($0) })
    }

    @Test func addressesSpread() {
        var low = [Int](repeating: 0, count: 256)
        for host in 0..<65_536 { low[Int(hash(IPAddress(v4: 0x0a00_0000 + UInt32(host)), second, 1, 2) & 255)] += 1 }
        #expect(low.allSatisfy { (176...336).contains($0) })
    }

    @Test func byteStrings() {
        var all: Set<UInt64> = []
        for length in 0..<70 { all.insert(hash([UInt8](repeating: 0, count: length).span)) }
        // Of one block of 32 bytes and of several, with a rest.
        for length in [40, 120] {
            for position in 0..<length {
                var bytes = [UInt8](repeating: 0, count: length)
                bytes[position] = 1
                all.insert(hash(bytes.span))
            }
        }
        #expect(all.count == 230)
        #expect(hash(Array("abc@host".utf8).span) == hash(Array("abc@host".utf8).span))
    }
}
