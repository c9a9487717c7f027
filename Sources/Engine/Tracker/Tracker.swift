import Archive
import Calls
import Capture
import PacketDecoding
import RTP
import Reassembly
import SIP
import Tables

/// Sees every packet once, in capture order, and decides everything that needs the whole picture: which bytes are a SIP
/// message, which call a packet belongs to, when calls begin and end, and which class each packet has in the ledger.
///
/// Bytes in, actions out: no thread, lock, clock or file. What it decides does not depend on the number of workers.
struct Tracker: ~Copyable {
    private(set) var options: EngineOptions
    let workers: Int
    private(set) var timers: CallTimers

    var clock = PacketClock()
    var calls: TrackedCalls
    var ownership: MediaOwnership
    var flows: FlowTable
    var plainKeys = PlainKeys()
    var connections: ConnectionTable
    var associations = AssociationTable()
    var fragments: Defragmenter
    var held = HeldPackets()
    var lookBack: LookBack
    var orphans: OrphanStreams?
    var deadlines = DeadlineHeap()
    var idleCalls = IdleCalls()
    var tracksIdleCalls = false
    let namePattern: FileNamePattern?
    var names: NameRegistry
    var selection: UserSelection
    var correlation: Correlation
    var undecided: UndecidedPackets

    var ledger = PacketLedger()
    var counters = TrackerCounters()
    var sipCounts: SIPCounts
    var scratch = MessageScratch()
    /// What the message at hand names.
    var named: [MediaPorts] = []

    let hash: FlowHash
    /// Looked at for every packet, so not behind `options`. (A method of a borrowed non-copyable struct of this size may
    /// be compiled to a copy of it all: 244 instructions a packet.)
    let filtersSIPPorts: Bool
    let filtersMediaPorts: Bool
    var linkTypes: [PacketDecoding.LinkType] = []
    var isAllEthernet = true
    var decoded = DecodedPacket()
    /// The TCP segment at hand, if it came in fragments.
    var reassembled: ReassembledSegment?
    /// Number of the batch at hand, and the position in the capture of its first packet.
    var batchNumber: UInt64 = 0
    var nextPosition: UInt64 = 0
    /// The lowest position that was held at any moment of the batch.
    var batchFloor: UInt64 = 0
    var endSequence: UInt64 = 0
    /// After `finish`: the calls that have still to end, in their order.
    var finishing: ArraySlice<Int> = []
    var nextCleanup: Int64 = .min
    var capturedBytes: UInt64 = 0
    private(set) var firstPacketTime: Int64?
    private(set) var lastPacketTime: Int64?

    init(_ options: EngineOptions, seed: UInt64) {
        self.options = options
        workers = max(1, min(options.workers, 255))
        timers = CallTimers(options.calls)
        hash = FlowHash(seed: seed)
        filtersSIPPorts = !options.selection.sipPorts.isEmpty
        filtersMediaPorts = !options.selection.rtpPortRanges.isEmpty
        calls = TrackedCalls(hash: hash, maxEnded: options.limits.maxRemembered)
        ownership = MediaOwnership(hash: hash)
        flows = FlowTable(hash: hash, maxFlows: options.limits.maxFlows)
        names = NameRegistry(limit: options.limits.maxRemembered)
        sipCounts = SIPCounts(maxCallIDs: 4 * options.limits.maxRemembered)
        connections = ConnectionTable(hash: hash, limits: options.limits)
        fragments = Defragmenter(limits: FragmentLimits(), seed: seed)
        lookBack = LookBack(maxBytes: options.limits.lookBackBytes)
        namePattern = options.archive.flatMap { try? FileNamePattern($0.pattern) }
        selection = UserSelection(options.selection)
        correlation = Correlation(header: options.calls.correlationHeader, maxCalls: options.limits.maxCalls)
        // Without files nothing is kept back.
        undecided = UndecidedPackets(limit: options.archive == nil ? .max : options.limits.lookBackBytes)
        if options.calls.orphanRTP {
            orphans = OrphanStreams(hash: hash, concealsLoss: options.calls.concealsLoss)
            lookBack.collectsUnclaimed = true
        }
    }

    /// Goes over to other options, between two batches: those of `EngineOptions.changing(to:)`.
    ///
    /// Calls keep what was decided about them: only what is decided from now on, and deadlines when they are next
    /// looked at, follow the new ones.
    mutating func change(to new: EngineOptions) {
        options = options.changing(to: new)
        timers = CallTimers(options.calls)
        selection = UserSelection(options.selection)
        connections.limits = options.limits
        nextCleanup = min(nextCleanup, clock.now &+ options.limits.tcpCleanupInterval)
    }

    /// The interfaces of the capture, by number; called again when new ones appear.
    mutating func setInterfaces(_ interfaces: [CaptureInterface]) {
        guard interfaces.count != linkTypes.count else { return }
        linkTypes = interfaces.map { PacketDecoding.LinkType(rawValue: $0.linkType) }
        isAllEthernet = linkTypes.allSatisfy { $0 == .ethernet }
    }

    /// Tracks the packets of one batch and fills its actions.
    mutating func process(_ batch: inout TrackedBatch) {
        batchNumber += 1
        batch.firstPosition = nextPosition
        batchFloor = oldestPending()
        plainKeys.forget()
        let packets = batch.captured.packets
        let bytes = batch.captured.bytes
        let all = bytes.span
        // Taken out, so that what is read there need not be copied to go on with the batch.
        var datagrams = SIPDatagrams()
        swap(&datagrams, &batch.datagrams)
        var index = 0
        while true {
            // What is known to be a message need not be looked at, nor its bytes be brought from another processor's cache.
            if index < packets.count, !datagrams.isNext(index), Tracker.mayBePlain(packets[index], all) {
                index = trackPlain(from: index, packets, bytes, &batch)
            }
            guard index < packets.count else { break }
            let packet = packets[index]
            clock.advance(to: packet.timestamp)
            if clock.now >= deadlines.earliest { expireCalls(&batch) }
            let start = Int(packet.offset)
            let span = all.extracting(start..<(start + Int(packet.capturedLength)))
            track(packet, UInt32(truncatingIfNeeded: index), span, &datagrams, &batch)
            index += 1
        }
        swap(&datagrams, &batch.datagrams)
        countCaptured(packets)
        nextPosition += UInt64(packets.count)
        if clock.now >= nextCleanup { cleanUp(&batch) }
        batch.pendingFloor = min(batchFloor, nextPosition)
    }

    private mutating func countCaptured(_ packets: [CapturedPacket]) {
        ledger.countCaptured(UInt64(packets.count))
        for packet in packets { capturedBytes &+= UInt64(packet.capturedLength) }
        if firstPacketTime == nil { firstPacketTime = packets.first?.timestamp }
        if let last = packets.last { lastPacketTime = last.timestamp }
    }

    /// The lowest position that is held back and can still reach a call.
    mutating func oldestPending() -> UInt64 {
        min(held.oldestPosition() ?? .max, lookBack.oldestPosition ?? .max)
    }

    private mutating func track(
        _ packet: CapturedPacket, _ index: UInt32, _ span: Span<UInt8>, _ datagrams: inout SIPDatagrams,
        _ batch: inout TrackedBatch
    ) {
        if index >= datagrams.end, !isAllEthernet || SIPDatagrams.mayHold(span) {
            readAhead(from: Int(index), &datagrams, batch)
        }
        if let place = datagrams.take(index) {
            if calls.count > TrackerLimits.callsInCaches { prefetch(behind: place, datagrams, batch.captured) }
            if filtersSIPPorts {
                decoded = datagrams[place].decoded
                guard isSIPPort() else {
                    trackUDP(packet, index, span, isRead: true, &batch)
                    return
                }
            }
            takeNamed(by: place, datagrams)
            trackSIPDatagram(
                &datagrams[place], place: Int32(truncatingIfNeeded: place), packet, index, span, &batch)
            return
        }
        let interface = Int(packet.interface)
        let linkType = interface < linkTypes.count ? linkTypes[interface] : .ethernet
        switch PacketDecoder.decode(span, linkType: linkType, into: &decoded) {
        case .udp: trackUDP(packet, index, span, isRead: true, &batch)
        case .tcp: trackTCP(packet, index, span, &batch)
        case .icmp: trackICMP(packet, index, span, &batch)
        case .fragment: trackFragment(packet, index, span, &batch)
        case .otherIP where decoded.ipProtocol == SCTPHeader.ipProtocol: trackSCTP(packet, index, span, &batch)
        case .esp: trackESP(packet, index, span, &batch)
        case .otherIP, .notIP: count(.notVoIP, .noCall)
        case .tooDeep: refuseDeepPacket()
        case .malformed(let layer): countMalformed(layer)
        }
    }

    /// Looks for messages from a packet on, as far as there may be some. Mutating only not to be compiled to a copy of the
    /// tracker.
    private mutating func readAhead(
        from index: Int, _ datagrams: inout SIPDatagrams, _ batch: borrowing TrackedBatch
    ) {
        let packets = batch.captured.packets
        let bytes = batch.captured.bytes
        let last = min(packets.count, index + TrackerLimits.datagramsReadAhead)
        var end = index + 1
        while end < last, !Tracker.mayBePlain(packets[end], bytes.span) { end += 1 }
        datagrams.read(from: index, upTo: end, packets, bytes, linkTypes, hash)
    }

    /// Keeps a copy of the packet until its call is known.
    mutating func hold(
        _ packet: CapturedPacket, _ index: UInt32, _ span: Span<UInt8>, isCopy: Bool
    ) -> UInt32 {
        let position = nextPosition + UInt64(index)
        batchFloor = min(batchFloor, position)
        return held.hold(
            packet, bytes: copy(span), position: position, batch: batchNumber, index: index, isCopy: isCopy)
    }

    /// What tells one way through the network from another: interface, link header, TTL and tunnels.
    @inline(__always)
    static func path(_ frame: Span<UInt8>, _ interface: UInt16, _ decoded: DecodedPacket) -> UInt32 {
        // A byte has no padding that might never have been written.
        unsafe path(frame.bytes, Int(interface), decoded.pathLength, decoded.hopLimit) ^ decoded.carrierPath
    }

    /// The same without tunnels.
    @inline(__always)
    static func path(_ raw: RawSpan, _ interface: Int, _ networkOffset: Int, _ hopLimit: UInt8) -> UInt32 {
        let length = min(networkOffset, raw.byteCount)
        var mixed = UInt64(truncatingIfNeeded: interface) << 8 | UInt64(hopLimit)
        if length == 14 {
            // Untagged Ethernet: two loads that overlap hold both addresses, and what the second adds stays in the upper half.
            mixed = (mixed ^ raw.load64(0)) &* 0x9e37_79b9_7f4a_7c15 ^ raw.load64(4)
            return UInt32(truncatingIfNeeded: mixed >> 32)
        }
        if length >= 8 {
            mixed ^= raw.load64(0)
            mixed = mixed &* 0x9e37_79b9_7f4a_7c15
            mixed ^= raw.load64(length - 8)
            if length >= 20 { mixed = mixed &* 0x9e37_79b9_7f4a_7c15 ^ raw.load64(8) }
        }
        mixed = mixed &* 0xd6e8_feb8_6659_fd93
        return UInt32(truncatingIfNeeded: mixed >> 32)
    }

    /// Tells RTP packets apart by samples; 0 if there are less than 8 bytes.
    @inline(__always)
    static func fingerprint(_ payload: RawSpan) -> UInt64 {
        guard payload.byteCount >= 8 else { return 0 }
        // The last eight bytes there are.
        let end = unsafe payload.unsafeLoadUnaligned(fromUncheckedByteOffset: payload.byteCount &- 8, as: UInt64.self)
        return payload.load64(0) &* 0x9e37_79b9_7f4a_7c15 ^ end
    }
}

/// Bounds of the tracker that no mode changes.
enum TrackerLimits {
    /// How long the Call-ID of an ended call is remembered, nanoseconds (PRODUCT: 32 s).
    static let endedCallMemory: Int64 = 32_000_000_000
    /// Bytes of packets held for reassembly of IP datagrams and of TCP segments are bounded by `tcp_memory_limit`.
    static let maxCallIDLength = 4096
    /// Calls without an answer for which there is room in any table that holds as many.
    static let leastUnanswered = 1000
    /// Calls that end in one batch at the end of the capture.
    static let callsFinishedAtOnce = 200
    /// Memory of more calls than that is asked for ahead of its turn; so few are in a cache anyway.
    static let callsInCaches = 2048
    /// Packets that are looked at for messages at once where the thread that reads has not done it.
    static let datagramsReadAhead = 16
    /// Bytes of a TCP connection that are searched for SIP before it is skipped.
    static let lookAtBytes: UInt32 = 65536
    /// A TCP segment further from the expected sequence number is of another connection.
    static let largestWindow: UInt32 = 64 << 20
    /// What `tcp_assembler_max_pages` counts in, bytes.
    static let pageBytes = 4096
    /// How long a missing segment that the receiver has acknowledged may still turn up, nanoseconds.
    static let acknowledgedHolePatience: Int64 = 1_000_000_000
}

extension RawSpan {
    /// Eight bytes in the machine's order; traps past the end, so callers compare lengths first.
    @inline(__always)
    func load64(_ offset: Int) -> UInt64 {
        unsafe unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self)
    }
}

extension CallTimers {
    init(_ options: CallOptions) {
        self.init(
            gracePeriod: options.gracePeriod, ringTimeout: options.ringTimeout, idleTimeout: options.idleTimeout)
    }
}
