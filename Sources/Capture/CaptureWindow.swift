/// The part of a capture that is wanted: so many packets, or a stretch of time.
public struct CaptureWindow: Sendable, Equatable {
    /// Packets to read, whether or not they are inside the times.
    public var count: Int?
    /// Nanoseconds since the epoch, inclusive.
    public var fromTime: Int64?
    /// Nanoseconds since the epoch, exclusive.
    public var toTime: Int64?
    /// Nanoseconds from the first packet that is not before `fromTime`, exclusive.
    public var duration: Int64?

    public init(count: Int? = nil, fromTime: Int64? = nil, toTime: Int64? = nil, duration: Int64? = nil) {
        self.count = count
        self.fromTime = fromTime
        self.toTime = toTime
        self.duration = duration
    }

    /// Nothing is left out.
    public var isEverything: Bool { self == CaptureWindow() }
}
