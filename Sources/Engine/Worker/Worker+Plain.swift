import Archive
import Calls
import Capture
import PacketDecoding
import RTP
import Tables

/// The short way for runs of media packets of streams that are known: first the figures of all, then the files.
///
/// It does what `receive` does for each, with the tables borrowed once for the run. An action with anything unusual about
/// it ends the run before it has left a trace. Figures and files take turns by the dozen because a loop that did both
/// would have more values to keep than there are registers.
extension Worker {
    /// Carries out the actions from number `first` on while they are plain. Returns the number of the first that is not.
    mutating func receivePlain(from first: Int, _ batch: borrowing TrackedBatch) -> Int {
        guard hasOneLinkType else { return first }
        let actions = batch.actions
        let packets = batch.captured.packets
        let bytes = batch.captured.bytes
        var next = first
        let plain = Action.what(.media, for: index)
        while next < actions.count, actions[next].what == plain || actions[next].worker != index {
            let last = min(actions.count, next + Worker.plainTurn)
            let end = Worker.measure(
                actions, next..<last, packets, bytes, index, slots, calls, streams.cache, &streams.streams, &records)
            if !records.isEmpty { Worker.store(records, packets, bytes, linkTypes[0], batch, &writer) }
            next = end
            if next < last { break }
        }
        return next
    }

    /// Packets whose figures are taken before their files' turn comes.
    private static var plainTurn: Int { 128 }
    /// So many streams do not lie in the processor's nearer caches.
    private static var manyStreams: Int { 2_048 }

    private static func store(
        _ records: [MediaRecord], _ packets: [CapturedPacket], _ bytes: [UInt8], _ linkType: UInt32,
        _ batch: borrowing TrackedBatch, _ writer: inout CallFileWriter?
    ) {
        writer?.append(
            media: records.span, of: packets.span, in: bytes.span, recordHeaders: batch.captured.recordHeaders,
            linkType: linkType, firstPosition: batch.firstPosition, pendingFloor: batch.pendingFloor)
    }

    private static func measure(
        _ actions: [Action], _ range: Range<Int>, _ packets: [CapturedPacket], _ bytes: [UInt8], _ worker: UInt8,
        _ slots: [Int32], _ calls: borrowing OwnedTable<WorkerCall>, _ cache: [Int32],
        _ streams: inout OwnedTable<CallStream>,
        _ records: inout [MediaRecord]
    ) -> Int {
        records.removeAll(keepingCapacity: true)
        var end = range.lowerBound
        records.append(addingCapacity: plainTurn) { (output: inout OutputSpan<MediaRecord>) in
            unsafe output.withUnsafeMutableBufferPointer { (buffer, used) in
                unsafe streams.withElements { streams in
                    end += unsafe measure(
                        actions.span.extracting(range), packets.span, bytes.span.bytes, worker, slots.span, calls.span,
                        cache.span, streams, buffer, &used)
                }
            }
        }
        return end
    }

    /// Takes in media packets up to the first action that is unusual. Returns how many actions it looked at; `stored`
    /// becomes the number of records.
    ///
    /// Media packets are counted with their stream, which knows all that is needed, so that the call is left alone. That
    /// the stream is right follows from the tracker's word: the packet is like the last one of its flow.
    @inline(never)
    private static func measure(
        _ actions: Span<Action>, _ packets: Span<CapturedPacket>, _ bytes: RawSpan, _ worker: UInt8,
        _ slots: Span<Int32>, _ calls: Span<WorkerCall>, _ cache: Span<Int32>,
        _ streams: UnsafeMutableBufferPointer<CallStream>, _ records: UnsafeMutableBufferPointer<MediaRecord>,
        _ stored: inout Int
    ) -> Int {
        guard let first = streams.baseAddress, let output = records.baseAddress, records.count >= actions.count,
            cache.count.nonzeroBitCount == 1, unsafe bytes.withUnsafeBytes({ unsafe $0.baseAddress != nil })
        else { return 0 }
        let plain = Action.what(.media, for: worker)
        // The cache has as many places as a power of two.
        let mask = cache.count &- 1
        if streams.count >= manyStreams {
            // Their memory is asked for in a loop of its own, so short that many accesses are under way at once.
            for place in 0..<actions.count {
                // Masked; and what is no stream is no address, but nothing has to be there.
                let found = unsafe Int(cache[unchecked: Int(actions[unchecked: place].value) & mask])
                let stream = unsafe UnsafeRawPointer(first + found)
                unsafe Prefetch.line(at: stream)
                unsafe Prefetch.line(at: stream + 64)
                unsafe Prefetch.line(at: stream + 128)
            }
        }
        var place = 0
        var free = unsafe output
        while place < actions.count {
            // Not negative, and the loop's condition holds. Fields are read where they are needed: registers are few.
            let what = unsafe actions[unchecked: place].what
            guard what == plain else {
                guard UInt8(truncatingIfNeeded: what) != worker else { break }
                place &+= 1
                continue
            }
            let number = unsafe Int(actions[unchecked: place].packet)
            guard number < packets.count else { break }
            // Just compared: so it is not one of the batch's extra packets.
            let start = unsafe Int(packets[unchecked: number].offset) &+ Int(actions[unchecked: place].payloadOffset)
            // That the header lies in the packet follows from the tracker's word; that it lies in the batch is seen to here.
            guard start &+ 12 <= bytes.byteCount else { break }
            // The place is masked. What is none is a large number without its sign.
            var found = unsafe Int(
                UInt32(bitPattern: cache[unchecked: Int(actions[unchecked: place].value) & mask]))
            // Less than the count.
            if unsafe found >= streams.count || !first[found].isStream(of: actions[unchecked: place]) {
                found = unsafe search(actions[unchecked: place], bytes, start, slots, calls, first, streams.count)
                guard found >= 0 else { break }
            }
            let stream = unsafe first + found
            let arrival = unsafe packets[unchecked: number].timestamp
            guard unsafe arrival < stream.pointee.plainEnd else { break }
            unsafe stream.pointee.plainBytes &+= UInt64(packets[unchecked: number].capturedLength)
            // There is room for as many as there are actions.
            unsafe free.pointee = unsafe MediaRecord(
                set: stream.pointee.files, packet: UInt32(truncatingIfNeeded: number))
            unsafe free += 1
            // Of the header's twelve bytes, counted above.
            let head = unsafe bytes.extracting(unchecked: start..<(start &+ 8)).loadBig64(0)
            unsafe stream.pointee.statistics.receiveSameFormat(
                sequence: UInt16(truncatingIfNeeded: head >> 32), timestamp: UInt32(truncatingIfNeeded: head),
                arrival: arrival, payloadBytes: Int(actions[unchecked: place].payloadLength))
            place &+= 1
        }
        stored = unsafe free - output
        return place
    }

    /// With many flows at once they share places in the cache: looks among the call's own streams. -1 if it is new.
    @inline(never)
    private static func search(
        _ action: Action, _ bytes: RawSpan, _ start: Int, _ slots: Span<Int32>, _ calls: Span<WorkerCall>,
        _ streams: UnsafeMutablePointer<CallStream>, _ count: Int
    ) -> Int {
        let ssrc = bytes.extracting(start..<(start + 12)).loadBig32(8)
        var slot = Int(calls[Int(slots[Int(action.call)])].firstStream)
        while slot >= 0, slot < count {
            // The bounds have just been compared.
            if unsafe streams[slot].isStream(of: action) && streams[slot].ssrc == ssrc { return slot }
            slot = unsafe Int(streams[slot].next)
        }
        return -1
    }
}

extension CallStream {
    /// The tracker gives a call's number to another only after the call's streams have ended here.
    @inline(__always)
    fileprivate func isStream(of action: Action) -> Bool {
        flow == action.value && trackedCall == action.call
    }
}

extension RawSpan {
    /// Eight bytes in network order; traps past the end, so callers compare lengths first.
    @inline(__always)
    fileprivate func loadBig64(_ offset: Int) -> UInt64 {
        unsafe UInt64(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}
