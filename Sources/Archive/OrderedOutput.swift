/// The copy of a file that is put in order: parts of whole records, written through one buffer.
struct OrderedOutput: ~Copyable {
    static let bufferLimit = 64 << 10

    private let header: [UInt8]
    private let partLimit: UInt64
    private var buffer: [UInt8] = []
    private var descriptor: Int32 = -1
    private var size: UInt64 = 0
    /// Where in the record stream the parts begin.
    private(set) var starts: [UInt64] = []

    init(header: [UInt8], partLimit: UInt64) {
        self.header = header
        self.partLimit = partLimit
        buffer.reserveCapacity(Self.bufferLimit)
    }

    deinit { if descriptor >= 0 { SystemCall.close(descriptor) } }

    /// A record of this length goes to a new part: the same rule as for records that come in order.
    func needsPart(for length: Int) -> Bool {
        guard let start = starts.last else { return true }
        return size > start && size - start + UInt64(length) > partLimit
    }

    mutating func beginPart(_ descriptor: Int32) {
        if self.descriptor >= 0 { SystemCall.close(self.descriptor) }
        self.descriptor = descriptor
        starts.append(size)
        buffer.append(contentsOf: header)
    }

    mutating func append(_ record: ArraySlice<UInt8>) throws(SystemCall.Failure) {
        if buffer.count + record.count > Self.bufferLimit { try flush() }
        buffer.append(contentsOf: record)
        size += UInt64(record.count)
    }

    mutating func flush() throws(SystemCall.Failure) {
        guard descriptor >= 0, !buffer.isEmpty else { return }
        try SystemCall.write(descriptor, buffer)
        buffer.removeAll(keepingCapacity: true)
    }

    mutating func finish(for path: String) throws(ArchiveError) {
        do throws(SystemCall.Failure) {
            try flush()
        } catch {
            throw ArchiveError(.write, path: path, systemError: error.code)
        }
    }
}
