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
        let end = Worker.measure(
            actions, from: first, packets, bytes, worker: index, slots, streams.cache, &calls, &streams.streams)
        if writer != nil {
            let place = CapturePlace(first: batch.firstPosition, floor: batch.pendingFloor)
            Worker.store(
                actions, first..<end, packets, bytes, place, worker: index, slots, calls, linkTypes, &writer!)
        }
        return end
    }

    private static func measure(
        _ actions: [Action], from first: Int, _ packets: [CapturedPacket], _ bytes: [UInt8], worker: UInt8,
        _ slots: [Int32], _ cache: [Int32], _ calls: inout [WorkerCall], _ streams: inout [CallStream]
    ) -> Int {
        var callSpan = calls.mutableSpan
        var streamSpan = streams.mutableSpan
        return unsafe measure(
            actions.span, from: first, packets.span, bytes.span.bytes, worker: worker, slots.span, cache.span,
            &callSpan, &streamSpan)
    }

    @inline(never)
    private static func measure(
        _ actions: Span<Action>, from first: Int, _ packets: Span<CapturedPacket>, _ bytes: RawSpan, worker: UInt8,
        _ slots: Span<Int32>, _ cache: Span<Int32>, _ calls: inout MutableSpan<WorkerCall>,
        _ streams: inout MutableSpan<CallStream>
    ) -> Int {
        for place in first..<actions.count {
            let action = actions[place]
            guard action.worker == worker else { continue }
            guard action.isPlain else { return place }
            let slot = Int(slots[Int(action.call)])
            let packet = packets[Int(action.packet)]
            if action.kind == .media {
                let start = Int(packet.offset) &+ Int(action.payloadOffset)
                guard action.payloadLength >= 12 else { return place }
                let payload = bytes.extracting(start..<(start &+ Int(action.payloadLength)))
                let ssrc = payload.loadBig32(8)
                let stream = Int(cache[StreamTable.place(action.value, ssrc, mask: UInt32(cache.count &- 1))])
                let head = payload.loadBig32(0)
                guard stream >= 0,
                    streams[stream].isKnown(
                        call: Int32(truncatingIfNeeded: slot), flow: action.value, ssrc: ssrc, head: head,
                        formatsVersion: calls[slot].formatsVersion)
                else { return place }
                streams[stream].receive(
                    head: head, timestamp: payload.loadBig32(4), arrival: packet.timestamp,
                    payloadBytes: Int(action.payloadLength) &+ Int(packet.originalLength) &- Int(packet.capturedLength))
            }
            calls[slot].count(packet)
        }
        return actions.count
    }

    private static func store(
        _ actions: [Action], _ range: Range<Int>, _ packets: [CapturedPacket], _ bytes: [UInt8], _ place: CapturePlace,
        worker: UInt8, _ slots: [Int32], _ calls: [WorkerCall], _ linkTypes: [UInt32], _ writer: inout CallFileWriter
    ) {
        store(
            actions.span.extracting(range), packets.span, bytes.span, place, worker: worker, slots.span, calls.span,
            linkTypes.span, &writer)
    }

    @inline(never)
    private static func store(
        _ actions: Span<Action>, _ packets: Span<CapturedPacket>, _ bytes: Span<UInt8>, _ place: CapturePlace,
        worker: UInt8, _ slots: Span<Int32>, _ calls: Span<WorkerCall>, _ linkTypes: Span<UInt32>,
        _ writer: inout CallFileWriter
    ) {
        for index in actions.indices {
            let action = actions[index]
            guard action.worker == worker, let files = calls[Int(slots[Int(action.call)])].files else { continue }
            let packet = packets[Int(action.packet)]
            let interface = Int(packet.interface)
            writer.append(
                files, kind: .media, linkType: interface < linkTypes.count ? linkTypes[interface] : 1,
                timestamp: packet.timestamp, originalLength: packet.originalLength,
                position: place.first &+ UInt64(action.packet), bytes: bytes.extracting(packet.range),
                pendingFloor: place.floor)
        }
    }
}

/// Where in the capture a batch lies: position of its first packet, and what may still come late.
private struct CapturePlace {
    let first: UInt64
    let floor: UInt64
}

extension Action {
    /// A packet of the batch itself that is media and no copy.
    @inline(__always)
    fileprivate var isPlain: Bool {
        (kind == .media || kind == .related) && flags == 0 && packet & Action.extraBit == 0
    }
}

extension CallStream {
    /// It is the stream, and the payload type and what it means are those of the last packet.
    @inline(__always)
    fileprivate func isKnown(call: Int32, flow: UInt32, ssrc: UInt32, head: UInt32, formatsVersion: UInt16) -> Bool {
        self.call == call && self.ssrc == ssrc && self.flow == flow
            && payloadType == UInt8(truncatingIfNeeded: head >> 16) & 0x7f && self.formatsVersion == formatsVersion
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
