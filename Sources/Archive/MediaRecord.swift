/// A media packet on its way to its call's file, one of many whose bytes lie in one arena.
@frozen
public struct MediaRecord {
    public var set: FileSetID
    /// Nanoseconds since the epoch.
    public var timestamp: Int64
    /// Place in the capture.
    public var position: UInt64
    /// Where its bytes are.
    public var offset: UInt32
    public var length: UInt32
    /// Length on the wire.
    public var originalLength: UInt32
    public var linkType: UInt32

    @inlinable
    public init(
        set: FileSetID, timestamp: Int64, position: UInt64, offset: UInt32, length: UInt32, originalLength: UInt32,
        linkType: UInt32
    ) {
        self.set = set
        self.timestamp = timestamp
        self.position = position
        self.offset = offset
        self.length = length
        self.originalLength = originalLength
        self.linkType = linkType
    }
}

extension CallFileWriter {
    /// What `append` does, for each of the records in turn.
    public mutating func append(media records: Span<MediaRecord>, in bytes: Span<UInt8>, pendingFloor: UInt64) {
        for place in records.indices {
            let record = records[place]
            append(
                record.set, kind: .media, linkType: record.linkType, timestamp: record.timestamp,
                originalLength: record.originalLength, position: record.position,
                bytes: bytes.extracting(record.range), pendingFloor: pendingFloor)
        }
    }
}

extension MediaRecord {
    @inline(__always)
    fileprivate var range: Range<Int> { Int(offset)..<Int(offset) &+ Int(length) }
}
