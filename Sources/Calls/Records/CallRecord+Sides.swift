extension CallRecord {
    /// Who calls, who is called, both, or neither.
    public struct Sides: OptionSet, Sendable, BitwiseCopyable {
        public let rawValue: UInt8

        public static let caller = Sides(.caller)
        public static let callee = Sides(.callee)

        public init(rawValue: UInt8) { self.rawValue = rawValue }
        public init(_ side: Side) { rawValue = side == .caller ? 1 : 2 }

        /// Those of the two for whom it holds.
        public init(where holds: (Side) -> Bool) {
            self = []
            for side in Side.allCases where holds(side) { insert(Sides(side)) }
        }

        public func contains(_ side: Side) -> Bool { contains(Sides(side)) }

        /// The caller first.
        public var list: [Side] { Side.allCases.filter(contains) }
    }
}
