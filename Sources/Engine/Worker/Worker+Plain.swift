import Archive
import Calls
import Capture
import PacketDecoding
import RTP

/// The short way for runs of media packets of streams that are known: first the figures of all, then the files.
///
/// It does what `receive` does for each, with the tables borrowed once for the run. An action with anything unusual about
/// it ends the run before it has left a trace.
extension Worker {
    /// Carries out the actions from number `first` on while they are plain. Returns the number of the first that is not.
    mutating func receivePlain(from first: Int, _ batch: borrowing TrackedBatch) -> Int {
        let actions = batch.actions
        guard first < actions.count, actions[first].isPlain || actions[first].worker != index else { return first }
        let packets = batch.captured.packets
        let bytes = batch.captured.bytes
        let frame = PlainFrame(
            worker: index, position: batch.firstPosition, mask: UInt32(truncatingIfNeeded: streams.cache.count &- 1))
        let end = Worker.measure(
            actions, from: first, packets, bytes, frame, slots, linkTypes, streams.cache, &calls, &streams.streams,
            &records)
        if !records.isEmpty {
            Worker.store(&records, in: bytes, pendingFloor: batch.pendingFloor, &writer)
        }
        return end
    }

    private static func store(
        _ records: inout [MediaRecord], in bytes: [UInt8], pendingFloor: UInt64, _ writer: inout CallFileWriter?
    ) {
        writer?.append(media: records.span, in: bytes.span, pendingFloor: pendingFloor)
        records.removeAll(keepingCapacity: true)
    }

    private static func measure(
        _ actions: [Action], from first: Int, _ packets: [CapturedPacket], _ bytes: [UInt8], _ frame: PlainFrame,
        _ slots: [Int32], _ linkTypes: [UInt32], _ cache: [Int32], _ calls: inout [WorkerCall],
        _ streams: inout [CallStream], _ records: inout [MediaRecord]
    ) -> Int {
        var end = first
        records.append(addingCapacity: actions.count - first) { (output: inout OutputSpan<MediaRecord>) in
            var callSpan = calls.mutableSpan
            unsafe streams.withUnsafeMutableBufferPointer { streams in
                end = unsafe measure(
                    actions.span, from: first, packets.span, bytes.span.bytes, frame, slots.span, linkTypes.span,
                    cache.span, &callSpan, streams, &output)
            }
        }
        return end
    }

    /// Media packets are counted with their stream, which knows all that is needed, so that the call is left alone.
    @inline(never)
    private static func measure(
        _ actions: Span<Action>, from first: Int, _ packets: Span<CapturedPacket>, _ bytes: RawSpan,
        _ frame: PlainFrame, _ slots: Span<Int32>, _ linkTypes: Span<UInt32>, _ cache: Span<Int32>,
        _ calls: inout MutableSpan<WorkerCall>, _ streams: UnsafeMutableBufferPointer<CallStream>,
        _ records: inout OutputSpan<MediaRecord>
    ) -> Int {
        guard first >= 0, Int(frame.mask) < cache.count, let table = streams.baseAddress else { return first }
        var place = first
        while place < actions.count {
            // Not negative, and the loop's condition holds.
            let action = unsafe actions[unchecked: place]
            guard action.worker == frame.worker else {
                place &+= 1
                continue
            }
            guard action.isPlain, Int(action.packet) < packets.count else { return place }
            // Just compared.
            let packet = unsafe packets[unchecked: Int(action.packet)]
            let files: FileSetID?
            if action.kind == .media {
                let start = Int(packet.offset) &+ Int(action.payloadOffset)
                guard action.payloadLength >= 12, start &+ 12 <= bytes.byteCount else { return place }
                // The header's twelve bytes, just compared.
                let header = unsafe bytes.extracting(unchecked: start..<(start &+ 12))
                let ssrc = header.loadBig32(8)
                // The place is masked.
                let cached = unsafe cache[unchecked: StreamTable.place(action.value, ssrc, mask: frame.mask)]
                guard let stream = unsafe find(cached, action, ssrc, slots, calls, table, streams.count) else {
                    return place
                }
                let head = header.loadBig32(0)
                guard unsafe stream.pointee.payloadType == UInt8(truncatingIfNeeded: head >> 16) & 0x7f,
                    unsafe packet.timestamp < stream.pointee.intervalEnd
                else { return place }
                let cut = Int(packet.originalLength) &- Int(packet.capturedLength)
                unsafe stream.pointee.statistics.receiveSameFormat(
                    sequence: UInt16(truncatingIfNeeded: head), timestamp: header.loadBig32(4),
                    marker: head & 0x0080_0000 != 0, arrival: packet.timestamp,
                    payloadBytes: Int(action.payloadLength) &+ cut)
                unsafe stream.pointee.plainPackets &+= 1
                unsafe stream.pointee.plainBytes &+= UInt64(packet.capturedLength)
                files = unsafe stream.pointee.files
            } else {
                let slot = Int(slots[Int(action.call)])
                calls[slot].count(packet)
                files = calls[slot].files
            }
            if let files {
                let interface = Int(packet.interface)
                records.append(
                    MediaRecord(
                        set: files, timestamp: packet.timestamp, position: frame.position &+ UInt64(action.packet),
                        offset: packet.offset, length: packet.capturedLength, originalLength: packet.originalLength,
                        linkType: interface < linkTypes.count ? linkTypes[interface] : 1))
            }
            place &+= 1
        }
        return place
    }

    /// The stream the cache proposes, else the call's own that fits: with many streams at once they share places in the
    /// cache. nil if it is new.
    @inline(__always)
    private static func find(
        _ cached: Int32, _ action: Action, _ ssrc: UInt32, _ slots: Span<Int32>,
        _ calls: borrowing MutableSpan<WorkerCall>, _ first: UnsafeMutablePointer<CallStream>, _ count: Int
    ) -> UnsafeMutablePointer<CallStream>? {
        if cached >= 0, Int(cached) < count {
            // Not negative, and less than the count.
            let stream = unsafe first + Int(cached)
            if unsafe stream.pointee.isStream(of: action, ssrc: ssrc) { return unsafe stream }
        }
        let slot = unsafe search(from: calls[Int(slots[Int(action.call)])].firstStream, action, ssrc, first, count)
        return slot >= 0 ? unsafe first + slot : nil
    }

    @inline(never)
    private static func search(
        from first: Int32, _ action: Action, _ ssrc: UInt32, _ streams: UnsafeMutablePointer<CallStream>, _ count: Int
    ) -> Int {
        var slot = Int(first)
        while slot >= 0, slot < count {
            // The bounds have just been compared.
            if unsafe streams[slot].isStream(of: action, ssrc: ssrc) { return slot }
            slot = unsafe Int(streams[slot].next)
        }
        return -1
    }
}

/// What all the packets of a run have in common.
private struct PlainFrame {
    let worker: UInt8
    /// Place in the capture of the batch's first packet.
    let position: UInt64
    /// Of the stream cache.
    let mask: UInt32
}

extension Action {
    /// A packet of the batch itself that is media and no copy.
    @inline(__always)
    fileprivate var isPlain: Bool {
        (kind == .media || kind == .related) && flags == 0 && packet & Action.extraBit == 0
    }
}

extension CallStream {
    /// The tracker gives a call's number to another only after the call's streams have ended here.
    @inline(__always)
    fileprivate func isStream(of action: Action, ssrc: UInt32) -> Bool {
        flow == action.value && self.ssrc == ssrc && trackedCall == action.call
    }
}
