import Calls
import Capture
import HEP
import PacketDecoding
import RTP
import SIP

/// Where the bytes of a HEP packet are, for the workers.
struct HEPPlace {
    /// In `extraBytes` if set, else in the batch's own.
    var isExtra: Bool
    var offset: Int
}

/// HEP found in a capture: the captured packets stay what they are and go to the call's file; what the record tells comes
/// from HEP's own addresses and times.
extension Tracker {
    /// How far an agent's clock may be from the capture's, nanoseconds. The call's timers run on the capture's time, so
    /// beyond that its own is better.
    static let hepClockTolerance: Int64 = 10_000_000_000

    /// A UDP datagram that begins like HEP. False if it is none.
    @inline(never)
    mutating func trackHEPDatagram(
        _ packet: CapturedPacket, _ index: UInt32, _ span: Span<UInt8>, _ payload: Span<UInt8>,
        _ batch: inout TrackedBatch
    ) -> Bool {
        guard let hep = hepPacket(payload, isCut: decoded.cut) else { return false }
        let place = HEPPlace(isExtra: false, offset: Int(packet.offset) + decoded.payloadOffset)
        let isCopy = hepIsCopy(hep, payload, span, packet)
        trackHEP(
            hep, payload, at: place, carriers: .current(index: index), time: packet.timestamp, isCopy: isCopy, &batch)
        return true
    }

    /// The same, put together from fragments. Nil if it is none, else whose it is.
    mutating func trackHEPDatagram(
        whole bytes: [UInt8], _ tags: [UInt32], _ packet: CapturedPacket, _ batch: inout TrackedBatch
    ) -> UInt64? {
        let payload = bytes.span.extracting(decoded.payloadRange)
        guard HEPPacket.mayBegin(payload), let hep = hepPacket(payload, isCut: false) else { return nil }
        let place = HEPPlace(isExtra: true, offset: batch.extraBytes.count)
        batch.extraBytes.append(contentsOf: bytes[decoded.payloadRange])
        return trackHEP(
            hep, payload, at: place, carriers: .held(tags), time: packet.timestamp, isCopy: false, &batch)
    }

    private mutating func hepPacket(_ payload: Span<UInt8>, isCut: Bool) -> HEPPacket? {
        guard case .packet(let hep) = HEPPacket.parse(payload, isCut: isCut) else {
            if payload[0] == UInt8(ascii: "H") { counters.hepMalformed += 1 }
            return nil
        }
        // Four bytes are no proof: the versions without a magic number carry SIP and nothing else.
        if hep.version < 3, looksLikeSIP(payload.extracting(hep.payload)) != .yes { return nil }
        if filtersSIPPorts, !isSIPPort() {
            let ports = options.selection.sipPorts
            guard ports.contains(hep.source.port) || ports.contains(hep.destination.port) else { return nil }
        }
        return hep
    }

    /// A proxy's capture may hold the message itself, and two agents may tell of the same one: the flow of the original
    /// addresses compares them like packets that came by several ways.
    private mutating func hepIsCopy(
        _ hep: HEPPacket, _ payload: Span<UInt8>, _ span: Span<UInt8>, _ packet: CapturedPacket
    ) -> Bool {
        let flow = flows.slot(
            hep.source.address, hep.destination.address, hep.source.port, hep.destination.port, now: clock.now)
        // A byte has no padding that might never have been written.
        let way = unsafe Tracker.path(span.bytes, Int(packet.interface), decoded.networkOffset, decoded.hopLimit)
        let agent = hash(decoded.source, decoded.destination, decoded.sourcePort, decoded.destinationPort)
        return flows.isCopy(
            flow, fingerprint: hash(payload.extracting(hep.payload)),
            path: way ^ UInt32(truncatingIfNeeded: agent >> 32) ^ hep.captureID, time: packet.timestamp, now: clock.now)
    }

    /// What a HEP packet tells of. Returns whose it was, for `MessageOwner`.
    @discardableResult
    mutating func trackHEP(
        _ hep: HEPPacket, _ bytes: Span<UInt8>, at place: HEPPlace, carriers: Carriers, time: Int64, isCopy: Bool,
        _ batch: inout TrackedBatch
    ) -> UInt64 {
        guard hep.isCompressed else {
            let whole = HEPPlace(isExtra: place.isExtra, offset: place.offset + hep.payload.lowerBound)
            return trackHEP(
                hep, payload: bytes.extracting(hep.payload), at: whole, bytes.extracting(hep.correlationID), carriers,
                time, isCopy, &batch)
        }
        guard !hep.isCut, let inflated = HEPInflation.inflated(bytes.extracting(hep.payload)) else {
            counters.hepNotInflated += 1
            classifyCarriers(carriers, .otherVoIP, .noCall)
            return MessageOwner.none
        }
        let whole = HEPPlace(isExtra: true, offset: batch.extraBytes.count)
        batch.extraBytes += inflated
        return trackHEP(
            hep, payload: inflated.span, at: whole, bytes.extracting(hep.correlationID), carriers, time, isCopy, &batch)
    }

    private mutating func trackHEP(
        _ hep: HEPPacket, payload: Span<UInt8>, at place: HEPPlace, _ correlation: Span<UInt8>, _ carriers: Carriers,
        _ captured: Int64, _ isCopy: Bool, _ batch: inout TrackedBatch
    ) -> UInt64 {
        let time = hepTime(hep, captured)
        switch hep.payloadKind {
        case .sip where looksLikeSIP(payload) == .yes:
            return trackMessage(
                FoundMessage(
                    isExtra: place.isExtra, offset: place.offset, length: payload.count, timestamp: time,
                    source: hep.source, destination: hep.destination,
                    transport: SIPTransport(ipProtocol: hep.ipProtocol), isCopy: isCopy, isCut: hep.isCut),
                payload, carriers, &batch)
        case .rtp, .rtcp, .sip, .other:
            return trackHEPMedia(hep, payload, correlation, carriers, time, isCopy, &batch)
        }
    }

    /// HEP's own time where it is near the capture's.
    private mutating func hepTime(_ hep: HEPPacket, _ captured: Int64) -> Int64 {
        guard let time = hep.timestamp else { return captured }
        guard abs(time - captured) <= Tracker.hepClockTolerance else {
            counters.hepTimesRefused += 1
            return captured
        }
        return time
    }

    /// RTP, RTCP and reports: of the call that the correlation identifier names, else of the call whose media have these
    /// addresses.
    private mutating func trackHEPMedia(
        _ hep: HEPPacket, _ payload: Span<UInt8>, _ correlation: Span<UInt8>, _ carriers: Carriers, _ time: Int64,
        _ isCopy: Bool, _ batch: inout TrackedBatch
    ) -> UInt64 {
        let packetClass: PacketClass =
            switch hep.payloadKind {
            case .rtp: .rtp
            case .rtcp: .rtcp
            case .sip, .other: .otherVoIP
            }
        if isCopy { counters.copies += 1 }
        var slot = correlation.isEmpty ? -1 : calls.find(correlation, calls.hashed(correlation))
        if slot < 0 { slot = Int(ownership.owner(from: hep.source, to: hep.destination, in: calls)) }
        guard slot >= 0 else {
            classifyCarriers(carriers, packetClass, .noCall)
            return MessageOwner.none
        }
        calls.activity[slot] = clock.now
        switch carriers {
        case .current(let index):
            count(packetClass, ownershipClass(slot))
            appendRelated(slot, packet: index, isCopy: isCopy, &batch)
        case .held(let tags):
            for tag in tags { deliverHeld(tag, to: slot, as: packetClass, &batch) }
        }
        if !isCopy { deliverDatagram(slot, hep, payload, time, &batch) }
        return MessageOwner.pack(calls.reference(slot))
    }

    private mutating func appendRelated(_ slot: Int, packet: UInt32, isCopy: Bool, _ batch: inout TrackedBatch) {
        let action = Action(
            call: UInt32(slot), packet: packet, value: 0,
            what: Action.what(.related, for: calls.calls[slot].worker, flags: isCopy ? Action.copyFlag : 0))
        appendMedia(action, &batch)
    }

    /// The figures of what an agent saw: as of a datagram that came in fragments. Reports in JSON become RTCP again.
    private mutating func deliverDatagram(
        _ slot: Int, _ hep: HEPPacket, _ payload: Span<UInt8>, _ time: Int64, _ batch: inout TrackedBatch
    ) {
        guard hep.payloadKind == .rtp || hep.payloadKind == .rtcp, !hep.isCut,
            calls.calls[slot].selection == .wanted || calls.calls[slot].selection == .open
        else { return }
        let offset = batch.extraBytes.count
        if hep.payloadKind == .rtcp, let report = RTCPReportJSON(payload) {
            report.appendRTCP(to: &batch.extraBytes)
        } else {
            batch.extraBytes += copy(payload)
        }
        let flow = flows.slot(
            hep.source.address, hep.destination.address, hep.source.port, hep.destination.port, now: clock.now)
        // The worker may see another stream of the flow now.
        flows.flows[flow].format = Flow.noFormat
        batch.mediaDatagrams.append(
            TrackedDatagram(
                offset: offset, length: batch.extraBytes.count - offset, source: hep.source,
                destination: hep.destination, flow: flows.flows[flow].serial, timestamp: time))
        act(slot, .mediaDatagram, value: UInt32(truncatingIfNeeded: batch.mediaDatagrams.count - 1), &batch)
    }
}
