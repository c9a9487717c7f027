import PacketDecoding
import Tables

/// A media packet on its way to its call's file, one of many of one batch.
@frozen
public struct MediaRecord: BitwiseCopyable {
    public var set: FileSetID
    /// Its number in the batch.
    public var packet: UInt32

    @inlinable
    public init(set: FileSetID, packet: UInt32) {
        self.set = set
        self.packet = packet
    }
}

extension CallFileWriter {
    /// What `append` does for each of the records in turn, at less cost: the tables are borrowed once for all of them. The
    /// packets are captured whole.
    ///
    /// - Parameters:
    ///   - packets: the batch's, whose bytes lie in `bytes`.
    ///   - recordHeaders: what stands in front of them in `bytes`.
    ///   - linkType: of all of them.
    ///   - firstPosition: place in the capture of the batch's first packet.
    public mutating func append(
        media records: Span<MediaRecord>, of packets: Span<CapturedPacket>, in bytes: Span<UInt8>,
        recordHeaders: RecordHeaders, linkType: UInt32, firstPosition: UInt64, pendingFloor: UInt64
    ) {
        var run = MediaRun(
            firstPosition: firstPosition, floor: pendingFloor, linkType: linkType, longest: longestRecord,
            nanoseconds: options.nanoseconds,
            copiesHeaders: recordHeaders == (options.nanoseconds ? .nanoseconds : .microseconds),
            asksAhead: openFiles >= MediaRun.manyFiles)
        var hasRoom = -1
        while true {
            let before = run.next
            Self.append(&run, records, packets, bytes, sets, &files, arena, &index)
            counters.recordsAppended &+= UInt64(run.next &- before)
            guard run.next < records.count else { break }
            let record = records[run.next]
            let packet = packets[Int(record.packet)]
            let position = firstPosition &+ UInt64(record.packet)
            if hasRoom != run.next, makeRoom(in: record.set, linkType, position, captured: Int(packet.capturedLength)) {
                // Should it be refused all the same, it goes the long way.
                hasRoom = run.next
                continue
            }
            append(
                record.set, kind: .media, linkType: linkType, timestamp: packet.timestamp,
                originalLength: packet.originalLength, position: position,
                bytes: bytes.extracting(packet.range), pendingFloor: pendingFloor)
            run.next &+= 1
        }
        counters.orderIndexRefused &+= run.refused
    }

    /// Makes room for a media record that lacks nothing else. False: it does, or there is no room to be had.
    private mutating func makeRoom(in set: FileSetID, _ linkType: UInt32, _ position: UInt64, captured: Int) -> Bool {
        let slot = Int(set.index)
        guard slot < sets.count, sets[slot].generation == set.generation else { return false }
        let (file, length) = (Int(sets[slot].media), captured + PcapFormat.recordHeaderLength)
        guard file >= 0, files[file].mayTake(linkType, position, captured, longest: longestRecord),
            files[file].partRest(of: partLimit) >= length
        else { return false }
        return makeRoom(file, for: length)
    }

    private static func append(
        _ run: inout MediaRun, _ records: Span<MediaRecord>, _ packets: Span<CapturedPacket>, _ bytes: Span<UInt8>,
        _ sets: [FileSet], _ files: inout OwnedTable<OpenFile>, _ arena: borrowing BufferArena,
        _ index: inout OrderIndex
    ) {
        unsafe files.withElements { files in
            if run.copiesHeaders {
                unsafe run.appendWithHeaders(
                    records, packets, bytes.bytes, sets.span, files, arena.memory(at: 0), &index)
            } else {
                unsafe run.append(records, packets, bytes.bytes, sets.span, files, arena.memory(at: 0), &index)
            }
        }
    }
}

/// A run of media records: where it is, and what all of them have in common.
private struct MediaRun {
    var next = 0
    /// Records that got no place in the order index.
    var refused: UInt64 = 0
    let firstPosition: UInt64
    let floor: UInt64
    let linkType: UInt32
    let longest: Int
    let nanoseconds: Bool
    /// The records' headers are in front of the packets: they are copied together.
    let copiesHeaders: Bool
    /// There are so many files that one's memory is seldom in the processor's caches: it is to be asked for, once.
    var asksAhead: Bool

    static let manyFiles = 1_024

    init(
        firstPosition: UInt64, floor: UInt64, linkType: UInt32, longest: Int, nanoseconds: Bool, copiesHeaders: Bool,
        asksAhead: Bool
    ) {
        self.firstPosition = firstPosition
        self.floor = floor
        self.linkType = linkType
        self.longest = longest
        self.nanoseconds = nanoseconds
        self.copiesHeaders = copiesHeaders
        self.asksAhead = asksAhead
    }

    /// Asks for what the records will touch: the files first, and when these are there, where in the arena their
    /// next records go. Many accesses are under way at once then, and few would be otherwise.
    @inline(never)
    private static func ask(
        _ records: Span<MediaRecord>, _ sets: Span<FileSet>, _ files: UnsafeMutableBufferPointer<OpenFile>,
        _ arena: UnsafeMutableRawPointer
    ) {
        guard let first = files.baseAddress else { return }
        for place in 0..<records.count {
            let number = MediaRun.file(of: records[place], sets)
            unsafe Prefetch.line(at: first + number)
        }
        for place in 0..<records.count {
            let number = MediaRun.file(of: records[place], sets)
            guard number < files.count else { continue }
            let memory = unsafe arena + first[number].place
            // Most records are telephone audio of 20 ms.
            unsafe Prefetch.line(at: memory)
            unsafe Prefetch.line(at: memory + 64)
            unsafe Prefetch.line(at: memory + 128)
            unsafe Prefetch.line(at: memory + 192)
        }
    }

    /// A large number if it is none.
    @inline(__always)
    private static func file(of record: MediaRecord, _ sets: Span<FileSet>) -> Int {
        guard Int(record.set.index) < sets.count else { return Int(UInt32.max) }
        // Not negative, and just compared.
        return unsafe Int(UInt32(bitPattern: sets[unchecked: Int(record.set.index)].media))
    }

    @inline(never)
    mutating func append(
        _ records: Span<MediaRecord>, _ packets: Span<CapturedPacket>, _ bytes: RawSpan, _ sets: Span<FileSet>,
        _ files: UnsafeMutableBufferPointer<OpenFile>, _ arena: UnsafeMutableRawPointer, _ index: inout OrderIndex
    ) {
        unsafe append(records, packets, bytes, sets, files, arena, &index, copiesHeaders: false)
    }

    /// The same where `copiesHeaders` holds.
    @inline(never)
    mutating func appendWithHeaders(
        _ records: Span<MediaRecord>, _ packets: Span<CapturedPacket>, _ bytes: RawSpan, _ sets: Span<FileSet>,
        _ files: UnsafeMutableBufferPointer<OpenFile>, _ arena: UnsafeMutableRawPointer, _ index: inout OrderIndex
    ) {
        unsafe append(records, packets, bytes, sets, files, arena, &index, copiesHeaders: true)
    }

    /// Up to the first record that needs more than room in its file's buffer.
    @inline(__always)
    private mutating func append(
        _ records: Span<MediaRecord>, _ packets: Span<CapturedPacket>, _ bytes: RawSpan, _ sets: Span<FileSet>,
        _ files: UnsafeMutableBufferPointer<OpenFile>, _ arena: UnsafeMutableRawPointer, _ index: inout OrderIndex,
        copiesHeaders: Bool
    ) {
        if asksAhead {
            asksAhead = false
            unsafe MediaRun.ask(records, sets, files, arena)
        }
        // Packets come many to a second: its beginning is remembered instead of divided for.
        var second = PcapFormat.Second()
        let (firstPosition, floor, linkType) = (firstPosition, floor, linkType)
        let (longest, nanoseconds) = (longest, nanoseconds)
        var place = next
        defer { next = place }
        guard place >= 0, let first = files.baseAddress, let source = unsafe bytes.withUnsafeBytes({ $0.baseAddress })
        else { return }
        while place < records.count {
            // Not negative, and the loop's condition holds.
            let record = unsafe records[unchecked: place]
            guard Int(record.packet) < packets.count, Int(record.set.index) < sets.count else { return }
            // Both are not negative, and less than the counts.
            let packet = unsafe packets[unchecked: Int(record.packet)]
            let set = unsafe sets[unchecked: Int(record.set.index)]
            // A file that is none is a large number without its sign.
            let number = Int(UInt32(bitPattern: set.media))
            let end = Int(packet.offset) &+ Int(packet.capturedLength)
            guard end <= bytes.byteCount, set.generation == record.set.generation, number < files.count else { return }
            let file = unsafe first + number
            let position = firstPosition &+ UInt64(record.packet)
            let captured = Int(packet.capturedLength)
            guard unsafe file.pointee.accepts(linkType, position, captured, longest: longest) else { return }
            if unsafe floor > file.pointee.lastPosition && file.pointee.index.isEmpty {
                // Nothing can come before the last record any more, so nothing has to be known about it and earlier ones.
                unsafe file.pointee.index.unknownBelow = unsafe file.pointee.lastPosition
            } else if unsafe !file.pointee.remember(floor: floor, in: &index) {
                refused &+= 1
            }
            // The range's end has been compared with the count, and `accepts` has found room in the file's buffer for the
            // header and all of the bytes.
            if copiesHeaders {
                let header = Int(packet.offset) &- RecordHeaders.length
                guard header >= 0 else { return }
                let start = unsafe file.pointee.advance(position, captured)
                unsafe (arena + start).copyMemory(from: source + header, byteCount: RecordHeaders.length &+ captured)
            } else {
                let time = second.split(packet.timestamp, nanoseconds: nanoseconds)
                let start = unsafe file.pointee.advance(position, captured)
                unsafe CaptureRecord.store(
                    time, packet.originalLength, bytes.extracting(unchecked: Int(packet.offset)..<end),
                    at: arena + start)
            }
            place &+= 1
        }
    }
}
