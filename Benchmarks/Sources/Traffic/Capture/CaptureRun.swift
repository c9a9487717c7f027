/// What holds for the whole capture.
public struct CaptureSettings: Sendable {
    public var link: LinkType = .ethernet
    public var nanoseconds = false
    public var packetNumbers = false
    /// Quiet packet time after the last call, so that calls come to their end; 0 cuts the capture there.
    public var tail: UInt64 = 45_000_000_000
    public init() {}

    /// Rounds a time down to what the capture can hold.
    @inline(__always)
    public func quantized(_ time: UInt64) -> UInt64 { nanoseconds ? time : time - time % 1000 }
}

/// Merges the sources by time into one capture and closes the books of each call when its last source is done.
public final class CaptureRun {
    public let settings: CaptureSettings
    private let pcap: PcapWriter
    private let truthFile: BlockFile
    private var heap = SourceHeap()
    private var sources: [PacketSource?] = []
    private var freeSlots: [Int] = []
    private var serial: UInt64 = 0
    private var now: UInt64 = 0
    private var tunnelIdentification: UInt16 = 0

    public private(set) var summary = TruthSummary()
    /// Sources that belong to calls, and everything that may still bring calls.
    public private(set) var openCallSources = 0
    /// Until when the capture must go on for the calls so far to have ended.
    public private(set) var settledAt: UInt64 = 0

    public init(pcap: PcapWriter, truth: BlockFile, settings: CaptureSettings) {
        (self.pcap, truthFile, self.settings) = (pcap, truth, settings)
    }

    public func add(_ source: PacketSource) {
        guard source.next != .max else { return }
        precondition(source.next >= now, "a source that begins in the past")
        for owner in source.owners { owner.openSources += 1 }
        if !source.owners.isEmpty || source is CallArrivals { openCallSources += 1 }
        let slot: Int
        if let free = freeSlots.popLast() {
            slot = free
            sources[slot] = source
        } else {
            slot = sources.count
            sources.append(source)
        }
        serial += 1
        heap.insert(.init(time: source.next, serial: serial, slot: slot))
    }

    /// Runs until no source has anything left.
    public func run() throws {
        while let entry = heap.first {
            guard let source = sources[entry.slot] else { break }
            now = entry.time
            try source.emit(into: self)
            // `emit` may have added sources, but none before this one: the first entry is still ours.
            if source.next == .max {
                heap.removeFirst()
                sources[entry.slot] = nil
                freeSlots.append(entry.slot)
                try finish(source)
            } else {
                heap.advanceFirst(to: source.next)
            }
        }
        try pcap.close()
        try truthFile.write(summary.json())
        try truthFile.close()
    }

    private func finish(_ source: PacketSource) throws {
        let owners = source.owners
        if !owners.isEmpty || source is CallArrivals { openCallSources -= 1 }
        for call in owners {
            call.openSources -= 1
            guard call.openSources == 0 else { continue }
            settledAt = max(settledAt, call.settledAt)
            summary.count(call)
            try truthFile.write(call.json(cut: settings.tail == 0))
        }
    }

    /// Writes a packet, or the packets of the tunnel it travels in: in that of the first owner, as legs travel together.
    @inline(__always)
    func write(
        at time: UInt64, _ bytes: UnsafeRawBufferPointer, kind: PacketKind, owners: [CallTruth], isCopy: Bool = false
    ) throws {
        guard let owner = owners.first, let tunnel = isCopy ? owner.copyTunnel : owner.tunnel else {
            return try writePacket(at: time, bytes, kind: kind, owners: owners)
        }
        for packet in tunnel.wrap(bytes, link: settings.link, identification: &tunnelIdentification) {
            try packet.withUnsafeBytes { try writePacket(at: time, $0, kind: kind, owners: owners) }
        }
    }

    /// Writes one packet and enters it in the books of its owners.
    @inline(__always)
    private func writePacket(
        at time: UInt64, _ bytes: UnsafeRawBufferPointer, kind: PacketKind, owners: [CallTruth]
    ) throws {
        try pcap.write(nanoseconds: time, bytes: bytes)
        summary.captured += 1
        summary.kinds[kind.rawValue] += 1
        if owners.isEmpty {
            summary.inNoCall += 1
            return
        }
        settledAt = max(settledAt, time)
        for call in owners {
            call.enter(at: time, bytes, number: settings.packetNumbers ? summary.captured : nil)
        }
    }

    /// Writes a packet of a call that may be seen twice: the copy follows within a millisecond.
    func write(
        at time: UInt64, _ bytes: UnsafeRawBufferPointer, kind: PacketKind, owners: [CallTruth],
        copyAfter delay: UInt64, copy: [UInt8]
    ) throws {
        try write(at: time, bytes, kind: kind, owners: owners)
        add(CopySource(at: settings.quantized(time + delay), packet: copy, kind: kind, owners: owners))
    }

    /// A message that belongs to no call (REGISTER, OPTIONS) or to one: for the sums over the capture.
    public func count(message: SIPMessageFacts) { summary.messages.count(message) }

    func countOtherCallID() { summary.otherCallIDs += 1 }
}
