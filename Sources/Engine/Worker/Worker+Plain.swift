import Archive
import Calls
import Capture
import PacketDecoding
import RTP
import Tables

/// The short way for runs of media packets of streams that are known: first their streams, then the figures, then the files.
///
/// It does what `receive` does for each, with the tables borrowed once for the run. An action with anything unusual about
/// it ends the run before it has left a trace. The three take turns by the dozen because a loop that did it all would have
/// more values to keep than there are registers.
extension Worker {
    /// Carries out the actions from number `first` on while they are plain. Returns the number of the first that is not.
    mutating func receivePlain(from first: Int, _ batch: borrowing TrackedBatch) -> Int {
        guard hasOneLinkType else { return first }
        let actions = batch.actions
        let packets = batch.captured.packets
        let bytes = batch.captured.bytes
        var next = first
        while next < actions.count, actions[next].isPlain || actions[next].worker != index {
            let last = min(actions.count, next + PlainMedia.capacity)
            let end = Worker.match(
                actions, next..<last, packets, bytes, index, slots, calls, streams.cache, &streams.streams, &media)
            guard end > next else { break }
            next = end
            if media.isEmpty { continue }
            Worker.measure(media, packets, bytes, &streams.streams, &records)
            if writer != nil { Worker.store(records, packets, bytes, linkTypes[0], batch, &writer) }
            if next < last { break }
        }
        return next
    }

    private static func store(
        _ records: [MediaRecord], _ packets: [CapturedPacket], _ bytes: [UInt8], _ linkType: UInt32,
        _ batch: borrowing TrackedBatch, _ writer: inout CallFileWriter?
    ) {
        writer?.append(
            media: records.span, of: packets.span, in: bytes.span, linkType: linkType,
            firstPosition: batch.firstPosition, pendingFloor: batch.pendingFloor)
    }

    // MARK: Streams

    private static func match(
        _ actions: [Action], _ range: Range<Int>, _ packets: [CapturedPacket], _ bytes: [UInt8], _ worker: UInt8,
        _ slots: [Int32], _ calls: [WorkerCall], _ cache: [Int32], _ streams: inout OwnedTable<CallStream>,
        _ media: inout [PlainMedia]
    ) -> Int {
        media.removeAll(keepingCapacity: true)
        var end = range.lowerBound
        media.append(addingCapacity: PlainMedia.capacity) { (output: inout OutputSpan<PlainMedia>) in
            unsafe output.withUnsafeMutableBufferPointer { (buffer, used) in
                unsafe streams.withElements { streams in
                    let found = unsafe match(
                        actions.span.extracting(range), packets.span, bytes.span.bytes, worker, slots.span, calls.span,
                        cache.span, streams, buffer, &used)
                    end += found
                }
            }
        }
        return end
    }

    /// Finds the streams of media packets, up to the first action that is unusual. Returns how many actions it looked at.
    @inline(never)
    private static func match(
        _ actions: Span<Action>, _ packets: Span<CapturedPacket>, _ bytes: RawSpan, _ worker: UInt8,
        _ slots: Span<Int32>, _ calls: Span<WorkerCall>, _ cache: Span<Int32>,
        _ streams: UnsafeMutableBufferPointer<CallStream>, _ media: UnsafeMutableBufferPointer<PlainMedia>,
        _ stored: inout Int
    ) -> Int {
        guard let first = streams.baseAddress, let output = media.baseAddress, media.count >= actions.count,
            cache.count == StreamTable.cacheSize
        else { return 0 }
        var place = 0
        var used = 0
        while place < actions.count {
            // Not negative, and the loop's condition holds.
            let action = unsafe actions[unchecked: place]
            guard action.worker == worker else {
                place &+= 1
                continue
            }
            guard action.isPlain, Int(action.packet) < packets.count else { break }
            // Just compared.
            let start = unsafe Int(packets[unchecked: Int(action.packet)].offset) &+ Int(action.payloadOffset)
            guard action.payloadLength >= 12, start &+ 12 <= bytes.byteCount else { break }
            // The header's twelve bytes, just compared.
            let header = unsafe bytes.extracting(unchecked: start..<(start &+ 12))
            let ssrc = header.loadBig32(8)
            // The place is masked.
            var found = unsafe Int(cache[unchecked: StreamTable.place(action.value, ssrc)])
            // Not negative, and less than the count.
            if unsafe found < 0 || found >= streams.count || !first[found].isStream(of: action, ssrc: ssrc) {
                found = unsafe search(action, ssrc, slots, calls, first, streams.count)
                guard found >= 0 else { break }
            }
            let type = unsafe header.unsafeLoad(fromByteOffset: 1, as: UInt8.self) & 0x7f
            guard unsafe first[found].payloadType == type else { break }
            // There is room for as many as there are actions.
            unsafe output[used] = PlainMedia(
                stream: UInt32(truncatingIfNeeded: found), packet: action.packet,
                start: UInt32(truncatingIfNeeded: start), length: UInt32(action.payloadLength))
            used &+= 1
            place &+= 1
        }
        stored = used
        return place
    }

    /// With many streams at once they share places in the cache: looks among the call's own. -1 if it is new.
    @inline(never)
    private static func search(
        _ action: Action, _ ssrc: UInt32, _ slots: Span<Int32>, _ calls: Span<WorkerCall>,
        _ streams: UnsafeMutablePointer<CallStream>, _ count: Int
    ) -> Int {
        var slot = Int(calls[Int(slots[Int(action.call)])].firstStream)
        while slot >= 0, slot < count {
            // The bounds have just been compared.
            if unsafe streams[slot].isStream(of: action, ssrc: ssrc) { return slot }
            slot = unsafe Int(streams[slot].next)
        }
        return -1
    }

    // MARK: Figures

    private static func measure(
        _ media: [PlainMedia], _ packets: [CapturedPacket], _ bytes: [UInt8], _ streams: inout OwnedTable<CallStream>,
        _ records: inout [MediaRecord]
    ) {
        records.removeAll(keepingCapacity: true)
        records.append(addingCapacity: PlainMedia.capacity) { (output: inout OutputSpan<MediaRecord>) in
            unsafe output.withUnsafeMutableBufferPointer { (buffer, used) in
                used = unsafe streams.withElements { streams in
                    unsafe measure(media.span, packets.span, bytes.span.bytes, streams, buffer)
                }
            }
        }
    }

    /// Media packets are counted with their stream, which knows all that is needed, so that the call is left alone.
    @inline(never)
    private static func measure(
        _ media: Span<PlainMedia>, _ packets: Span<CapturedPacket>, _ bytes: RawSpan,
        _ streams: UnsafeMutableBufferPointer<CallStream>, _ records: UnsafeMutableBufferPointer<MediaRecord>
    ) -> Int {
        guard let first = streams.baseAddress, let output = records.baseAddress, records.count >= media.count else {
            return 0
        }
        for place in 0..<media.count {
            // Within the count; and `match` has compared stream, packet and header with their bounds.
            let found = unsafe media[unchecked: place]
            let packet = unsafe packets[unchecked: Int(found.packet)]
            let stream = unsafe first + Int(found.stream)
            let header = unsafe bytes.extracting(unchecked: Int(found.start)..<(Int(found.start) &+ 12))
            let head = header.loadBig64(0)
            unsafe stream.pointee.statistics.receiveSameFormat(
                sequence: UInt16(truncatingIfNeeded: head >> 32), timestamp: UInt32(truncatingIfNeeded: head),
                marker: head & 0x0080_0000_0000_0000 != 0, arrival: packet.timestamp,
                payloadBytes: Int(found.length) &+ Int(packet.originalLength) &- Int(packet.capturedLength))
            unsafe stream.pointee.plainPackets &+= 1
            unsafe stream.pointee.plainBytes &+= UInt64(packet.capturedLength)
            // There is room for as many as there are media packets.
            unsafe output[place] = unsafe MediaRecord(set: stream.pointee.files, packet: found.packet)
        }
        return media.count
    }
}

/// A media packet and the stream it belongs to.
struct PlainMedia: BitwiseCopyable {
    /// Most that are dealt with in turn.
    static let capacity = 64

    var stream: UInt32
    var packet: UInt32
    /// Where the RTP header begins in the batch's bytes, and how long header and payload are.
    var start: UInt32
    var length: UInt32
}

extension Action {
    /// A packet of the batch itself that is media and no copy.
    @inline(__always)
    fileprivate var isPlain: Bool { kind == .media && flags == 0 && packet & Action.extraBit == 0 }
}

extension CallStream {
    /// The tracker gives a call's number to another only after the call's streams have ended here.
    @inline(__always)
    fileprivate func isStream(of action: Action, ssrc: UInt32) -> Bool {
        flow == action.value && self.ssrc == ssrc && trackedCall == action.call
    }
}

extension RawSpan {
    /// Eight bytes in network order; traps past the end, so callers compare lengths first.
    @inline(__always)
    fileprivate func loadBig64(_ offset: Int) -> UInt64 {
        unsafe UInt64(bigEndian: unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}
