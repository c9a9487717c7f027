/// Seeded 64-bit hashes for the tables on the packet path.
///
/// Folded multiplication: two keyed words are multiplied to 128 bits and the halves are combined. Not cryptographic; what
/// it must withstand is somebody who sends packets and does not see the tables, hence a random seed for each run.
@frozen
public struct FlowHash: Sendable {
    @usableFromInline let key0: UInt64
    @usableFromInline let key1: UInt64
    @usableFromInline let key2: UInt64
    @usableFromInline let key3: UInt64

    /// Equal seeds give equal hashes, so that tests and replays can be repeated.
    public init(seed: UInt64) {
        var state = seed
        key0 = FlowHash.nextKey(&state)
        key1 = FlowHash.nextKey(&state)
        key2 = FlowHash.nextKey(&state)
        key3 = FlowHash.nextKey(&state)
    }

    /// The hash of one direction of a flow: exchanging source and destination gives another value.
    @inlinable
    public func callAsFunction(
        _ source: IPAddress, _ destination: IPAddress, _ sourcePort: UInt16, _ destinationPort: UInt16
    ) -> UInt64 {
        let ports = UInt64(sourcePort) << 16 | UInt64(destinationPort)
        let from = FlowHash.fold(source.high ^ key0, source.low ^ key1)
        let to = FlowHash.fold(destination.high ^ key2, destination.low ^ key3)
        // Rotated, or two equal addresses' halves could cancel each other.
        return FlowHash.fold(from ^ ports ^ key2, (to << 32 | to >> 32) ^ key0)
    }

    /// The hash of one direction of an IPv4 flow, as `PlainUDP` gives it. Not the value of the general one.
    @inlinable
    @inline(__always)
    public func callAsFunction(addresses: UInt64, ports: UInt32) -> UInt64 {
        FlowHash.fold(addresses ^ key0, UInt64(ports) ^ key1)
    }

    @inlinable
    public func callAsFunction(_ endpoint: Endpoint) -> UInt64 {
        let address = FlowHash.fold(endpoint.address.high ^ key0, endpoint.address.low ^ key1)
        return FlowHash.fold(address ^ key3, UInt64(endpoint.port) ^ key2)
    }

    @inlinable
    public func callAsFunction(_ number: UInt64) -> UInt64 {
        FlowHash.fold(FlowHash.fold(number ^ key0, key1) ^ key3, key2)
    }

    /// The hash of a string of bytes, such as a Call-ID; its length counts too.
    public func callAsFunction(_ bytes: Span<UInt8>) -> UInt64 {
        let raw = unsafe bytes.bytes
        let count = raw.byteCount
        var state = key0
        var offset = 0
        if count >= 32 {
            // Two states at once: no product waits for the one before it.
            var other = key3
            while count &- offset >= 32 {
                state = FlowHash.fold(state, raw, offset, key1)
                other = FlowHash.fold(other, raw, offset &+ 16, key2)
                offset &+= 32
            }
            state ^= other
        }
        if count &- offset >= 16 {
            state = FlowHash.fold(state, raw, offset, key1)
            offset &+= 16
        }
        var first: UInt64 = 0
        var rest: UInt64 = 0
        if count >= 8 {
            // The last eight bytes, some of them a second time, take the place of a loop over single ones.
            if count - offset >= 8 { first = raw.uint64(offset) }
            rest = raw.uint64(count - 8)
        } else {
            while offset < count {
                rest = rest << 8 | UInt64(raw.uint8(offset))
                offset += 1
            }
        }
        let folded = FlowHash.fold(first ^ key1, rest ^ state)
        // The length goes in last, where no byte can make up for it.
        return FlowHash.fold(folded ^ key3, key2 ^ UInt64(truncatingIfNeeded: count))
    }

    /// The state with the sixteen bytes at `offset`, which the caller has counted.
    @inline(__always)
    private static func fold(_ state: UInt64, _ raw: RawSpan, _ offset: Int, _ key: UInt64) -> UInt64 {
        // SAFETY: every bit pattern is a UInt64. Here the checks would cost as much as the rest.
        let (left, right) = unsafe (
            raw.unsafeLoadUnaligned(fromUncheckedByteOffset: offset, as: UInt64.self),
            raw.unsafeLoadUnaligned(fromUncheckedByteOffset: offset &+ 8, as: UInt64.self)
        )
        return fold(UInt64(littleEndian: left) ^ key, UInt64(littleEndian: right) ^ state)
    }

    /// A product of 128 bits folded to 64: every bit of the result depends on every bit of both words.
    @inlinable
    @inline(__always)
    static func fold(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let product = left.multipliedFullWidth(by: right)
        return product.high ^ product.low
    }

    /// SplitMix64 (Steele, Lea, Flood 2014): well-spread keys from any seed, zero included.
    private static func nextKey(_ state: inout UInt64) -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var word = state
        word = (word ^ word >> 30) &* 0xbf58_476d_1ce4_e5b9
        word = (word ^ word >> 27) &* 0x94d0_49bb_1331_11eb
        return word ^ word >> 31
    }
}
