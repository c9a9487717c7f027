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
            var streamSpan = streams.mutableSpan
            end = unsafe measure(
                actions.span, from: first, packets.span, bytes.span.bytes, frame, slots.span, linkTypes.span,
                cache.span, &callSpan, &streamSpan, &output)
        }
        return end
    }

    @inline(never)
    private static func measure(
        _ actions: Span<Action>, from first: Int, _ packets: Span<CapturedPacket>, _ bytes: RawSpan,
        _ frame: PlainFrame, _ slots: Span<Int32>, _ linkTypes: Span<UInt32>, _ cache: Span<Int32>,
        _ calls: inout MutableSpan<WorkerCall>, _ streams: inout MutableSpan<CallStream>,
        _ records: inout OutputSpan<MediaRecord>
    ) -> Int {
        var place = first
        while place < actions.count {
            let action = actions[place]
            guard action.worker == frame.worker else {
                place &+= 1
                continue
            }
            guard action.isPlain else { return place }
            let slot = Int(truncatingIfNeeded: slots[Int(action.call)])
            let packet = packets[Int(action.packet)]
            if action.kind == .media {
                let start = Int(packet.offset) &+ Int(action.payloadOffset)
                guard action.payloadLength >= 12 else { return place }
                let payload = bytes.extracting(start..<(start &+ Int(action.payloadLength)))
                let ssrc = payload.loadBig32(8)
                let head = payload.loadBig32(0)
                let stream = find(
                    cached: cache[StreamTable.place(action.value, ssrc, mask: frame.mask)],
                    first: calls[slot].firstStream, call: slot, flow: action.value, ssrc: ssrc, streams)
                guard stream >= 0,
                    streams[stream].isUnchanged(head: head, formatsVersion: calls[slot].formatsVersion)
                else { return place }
                streams[stream].receive(
                    head: head, timestamp: payload.loadBig32(4), arrival: packet.timestamp,
                    payloadBytes: Int(action.payloadLength) &+ Int(packet.originalLength) &- Int(packet.capturedLength))
            }
            calls[slot].count(packet)
            if let files = calls[slot].files {
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
    /// cache. -1 if it is new.
    @inline(__always)
    private static func find(
        cached: Int32, first: Int32, call: Int, flow: UInt32, ssrc: UInt32, _ streams: borrowing MutableSpan<CallStream>
    ) -> Int {
        var stream = Int(cached)
        if stream >= 0, streams[stream].isStream(call: call, flow: flow, ssrc: ssrc) { return stream }
        stream = Int(first)
        while stream >= 0, !streams[stream].isStream(call: call, flow: flow, ssrc: ssrc) {
            stream = Int(streams[stream].next)
        }
        return stream
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
    @inline(__always)
    fileprivate func isStream(call: Int, flow: UInt32, ssrc: UInt32) -> Bool {
        Int(self.call) == call && self.ssrc == ssrc && self.flow == flow
    }

    /// The payload type and what it means are those of the last packet.
    @inline(__always)
    fileprivate func isUnchanged(head: UInt32, formatsVersion: UInt16) -> Bool {
        payloadType == UInt8(truncatingIfNeeded: head >> 16) & 0x7f && self.formatsVersion == formatsVersion
    }

    /// Takes in an RTP packet; `head` is its first four bytes.
    @inline(__always)
    fileprivate mutating func receive(head: UInt32, timestamp: UInt32, arrival: Int64, payloadBytes: Int) {
        statistics.receive(
            sequence: UInt16(truncatingIfNeeded: head), timestamp: timestamp, marker: head & 0x0080_0000 != 0,
            payloadType: payloadType, clockRate: clockRate, isTelephoneEvent: isTelephoneEvent, arrival: arrival,
            payloadBytes: payloadBytes)
    }
}
