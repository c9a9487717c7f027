/// SplitMix64: one 64-bit state, good enough to seed and to draw from, and the same everywhere.
/// (The generator's output must not depend on the standard library's `SystemRandomNumberGenerator`.)
public struct SplitMix64: Sendable {
    private var state: UInt64

    public init(seed: UInt64) { state = seed }

    public mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A number in `0..<bound`; 0 when `bound` is 0. The bias of the multiplication is below 2^-32 for our bounds.
    public mutating func below(_ bound: UInt64) -> UInt64 { next().multipliedFullWidth(by: bound).high }

    public mutating func below(_ bound: Int) -> Int { Int(below(UInt64(max(0, bound)))) }

    public mutating func within(_ range: ClosedRange<UInt64>) -> UInt64 {
        range.lowerBound + below(range.upperBound - range.lowerBound + 1)
    }

    /// A number in 0..<1.
    public mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }

    public mutating func chance(_ probability: Double) -> Bool { fraction() < probability }

    /// An independent generator, for something that draws at its own pace.
    public mutating func split() -> SplitMix64 { SplitMix64(seed: next()) }
}
