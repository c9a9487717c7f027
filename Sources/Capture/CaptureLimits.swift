/// What a capture file may ask for. A record beyond these is damage, not a reason to allocate.
enum CaptureLimits {
    /// libpcap's MAXIMUM_SNAPLEN: a record up to this is accepted whatever the file's header says.
    static let commonRecordBytes: UInt32 = 262_144
    /// A file whose header announces a larger snaplen may have records up to this (USB and D-Bus captures do).
    static let maximumRecordBytes: UInt32 = 16 << 20
    /// Options and padding around the packet in a pcapng block.
    static let maximumBlockBytes: UInt32 = maximumRecordBytes + (64 << 10)
    /// pcapng interfaces in one run: what the 16-bit index can tell apart.
    static let maximumInterfaces = 65_535
    /// Bytes kept of an interface's name.
    static let maximumNameBytes = 256
    /// Least and most that is asked of read(2) at once.
    static let minimumReadBytes = 16 << 10

    static func recordLimit(snapLength: UInt32) -> UInt32 {
        max(commonRecordBytes, min(snapLength, maximumRecordBytes))
    }
}
