/// Flows made for a table whose hash is known: the folded multiplication of the product's `FlowHash` with the keys of seed 0.
/// Against a table seeded at random they are flows like any others, which is what the attack shows.
struct SeededFlows {
    private let key0: UInt64
    private let key1: UInt64

    init() {
        var random = SplitMix64(seed: 0)
        key0 = random.next()
        key1 = random.next()
    }

    /// Two endpoints whose flow has 12 given bits of its hash, those that pick a place in a table.
    func next(_ random: inout SplitMix64) -> (Endpoint, Endpoint) {
        while true {
            let source = 0xC613_0100 + UInt32(random.below(0xFE00))
            let ports = UInt32(20_000 + 2 * random.below(10_000)) << 16 | UInt32(20_000 + 2 * random.below(10_000))
            let destination: UInt32 = 0xC613_0001
            let addresses = UInt64(source) << 32 | UInt64(destination)
            let product = (addresses ^ key0).multipliedFullWidth(by: UInt64(ports) ^ key1)
            guard (product.high ^ product.low) >> 32 & 0xFFF == 0 else { continue }
            return (
                Endpoint(IPAddress(ipv4: source), UInt16(ports >> 16)),
                Endpoint(IPAddress(ipv4: destination), UInt16(truncatingIfNeeded: ports))
            )
        }
    }
}
