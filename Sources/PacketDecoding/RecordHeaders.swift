/// What stands in the arena in front of the packets of a batch.
public enum RecordHeaders: Sendable, Equatable {
    /// Nothing to rely on.
    case none
    /// In front of each packet the 16 bytes that a little-endian classic capture file has there, with these units of time:
    /// they say what the `CapturedPacket` says, so that a record can be copied as it is.
    case microseconds
    case nanoseconds

    /// Bytes of one.
    public static let length = 16
}
