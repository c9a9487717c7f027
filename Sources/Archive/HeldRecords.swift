/// The records of a call that is not selected yet, in memory, in the order in which they came.
struct HeldRecords {
    struct Record {
        var kind: RecordKind
        var linkType: UInt32
        var timestamp: Int64
        var originalLength: UInt32
        var position: UInt64
        var range: Range<Int>
    }

    /// Bookkeeping per record that is charged to the budget beside its bytes.
    static let recordCost = MemoryLayout<Record>.stride
    private static let firstReservation = 2 << 10

    private(set) var bytes: [UInt8] = []
    private(set) var records: [Record] = []
    /// The highest `pendingFloor` told while the call was held.
    private(set) var floor: UInt64 = 0
    /// What the budget is charged: the reserved capacity of both arrays.
    private(set) var cost = 0

    /// Keeps a record unless that costs more than `available`; returns what it costs in addition, or nil.
    mutating func append(
        _ record: Record, bytes captured: Span<UInt8>, floor: UInt64, available: Int
    ) -> Int? {
        let byteCapacity = Self.grown(bytes.capacity, to: bytes.count + captured.count, first: Self.firstReservation)
        let recordCapacity = Self.grown(records.capacity, to: records.count + 1, first: 8)
        var new = (byteCapacity, recordCapacity)
        if new.0 + new.1 * Self.recordCost - cost > available {
            // Doubling does not fit any more; the exact need may.
            new = (max(bytes.capacity, bytes.count + captured.count), max(records.capacity, records.count + 1))
            guard new.0 + new.1 * Self.recordCost - cost <= available else { return nil }
        }
        bytes.reserveCapacity(new.0)
        records.reserveCapacity(new.1)
        let start = bytes.count
        unsafe captured.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
        var record = record
        record.range = start..<bytes.count
        records.append(record)
        self.floor = max(self.floor, floor)
        let before = cost
        cost = max(new.0 + new.1 * Self.recordCost, before)
        return cost - before
    }

    /// Forgets the media; returns the bytes the budget gets back.
    mutating func dropMedia() -> Int {
        let before = cost
        var kept = HeldRecords()
        for record in records where record.kind == .signalling {
            var record = record
            let start = kept.bytes.count
            kept.bytes.append(contentsOf: bytes[record.range])
            record.range = start..<kept.bytes.count
            kept.records.append(record)
        }
        kept.floor = floor
        kept.cost = kept.bytes.capacity + kept.records.capacity * Self.recordCost
        self = kept
        return before - cost
    }

    /// Doubling as long as that is little, then by quarters: what is reserved in vain counts against nobody's bound.
    private static func grown(_ capacity: Int, to count: Int, first: Int) -> Int {
        count <= capacity ? capacity : max(count, first, capacity < 8 * first ? 2 * capacity : capacity / 4 * 5)
    }
}
