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
            if holds(.caller) { insert(.caller) }
            if holds(.callee) { insert(.callee) }
        }

        public func contains(_ side: Side) -> Bool { contains(Sides(side)) }

        /// The caller first.
        public func each(_ body: (Side) -> Void) {
            if contains(Side.caller) { body(.caller) }
            if contains(Side.callee) { body(.callee) }
        }
    }
}
