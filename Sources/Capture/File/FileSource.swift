import PacketDecoding

/// The packets of one capture file: classic pcap or pcapng, plain or gzip, or `-` for standard input.
///
/// Blocks are read straight into the batch's arena and packets stay where they land; only what a batch's end leaves over
/// is copied, to the beginning of the next batch.
public final class FileSource: PacketSource {
    public let path: String
    var input: CaptureInput
    var parser: RecordParser
    /// Read and not yet delivered: what the last batch left over.
    var pending: [UInt8]
    /// Offset in the capture of `pending`'s first byte.
    var consumedBytes: UInt64
    /// Nothing more can be read; `inputFailure` when that is not because it is the end.
    var inputEnded = false
    var inputFailure: InputError?
    private var isFinished = false
    /// The last read gave less than was asked for: of a pipe, all there was.
    private var lastReadWasShort = true
    /// Bytes a packet took in the last batch, record header included; 0 = not known yet.
    private var bytesPerPacket = 0

    public private(set) var damages: [CaptureDamage] = []
    public var interfaces: [CaptureInterface] { parser.interfaces }
    public private(set) var linkTypes: [UInt32] = []
    public private(set) var isNanosecond = false
    public var statistics: CaptureStatistics { CaptureStatistics() }
    /// Can be closed and opened again at the same place.
    var isReopenable: Bool { input.isReopenable }

    /// Opens a capture; a pcapng file is read as far as its first packet, so that its interfaces are known.
    public init(path: String) throws(CaptureError) {
        self.path = path
        pending = []
        input = try CaptureInput.open(path, beginning: &pending)
        let recognised = try RecordParser.recognise(&input, beginning: &pending)
        parser = recognised.parser
        consumedBytes = UInt64(recognised.headerBytes)
        pending.removeFirst(recognised.headerBytes)
        if case .pcapng = parser { try readFirstSection() }
        for interface in parser.interfaces {
            if !linkTypes.contains(interface.linkType) { linkTypes.append(interface.linkType) }
            if interface.isFinerThanMicrosecond { isNanosecond = true }
        }
    }

    public func read(into batch: inout PacketBatch, limit maxPackets: Int) throws(CaptureError) -> ReadStatus {
        batch.removeAll()
        guard !isFinished else { return .endOfInput }
        let limit = max(maxPackets, 1)
        var window = takePending(into: &batch)
        var recordHeaders: RecordHeaders?
        fill: while true {
            let step = parse(&batch, window, limit: limit)
            window.parsed = step.position
            if (recordHeaders ?? step.recordHeaders) == step.recordHeaders {
                recordHeaders = step.recordHeaders
            } else {
                recordHeaders = RecordHeaders.none
            }
            switch step.stop {
            case .limit:
                break fill
            case .damage(let detail, let needed, let available):
                finish(.corrupt, detail, at: window, needed: needed, available: available)
                break fill
            case .needs(let count):
                if inputEnded {
                    finishAtEnd(window, needed: count)
                    break fill
                }
                guard readMore(into: &batch, &window, needed: count, limit: limit) else { break fill }
            }
        }
        batch.recordHeaders = recordHeaders ?? .none
        leavePending(of: batch, window)
        return batch.isEmpty ? .endOfInput : .packets
    }

    /// Gives the descriptor back until the next read.
    func suspend() { input.suspend() }
}

/// The part of the arena that was read (up to `filled`), and how much of it is parsed.
struct ArenaWindow {
    var parsed = 0
    var filled = 0
}

extension FileSource {
    private func takePending(into batch: inout PacketBatch) -> ArenaWindow {
        batch.growArena(to: pending.count)
        let count = pending.count
        unsafe pending.withUnsafeBytes { from in
            unsafe batch.bytes.withUnsafeMutableBytes { to in
                unsafe UnsafeMutableRawBufferPointer(rebasing: to[..<count]).copyMemory(from: from)
            }
        }
        pending.removeAll(keepingCapacity: true)
        return ArenaWindow(parsed: 0, filled: count)
    }

    private func parse(_ batch: inout PacketBatch, _ window: ArenaWindow, limit: Int) -> ParseStep {
        // Out of the batch and back: the arena is borrowed meanwhile. Nothing is copied.
        var packets: [CapturedPacket] = []
        swap(&packets, &batch.packets)
        let step = unsafe parser.parse(
            batch.bytes.span.bytes, from: window.parsed, to: window.filled, into: &packets, limit: limit)
        swap(&packets, &batch.packets)
        return step
    }

    private func leavePending(of batch: borrowing PacketBatch, _ window: ArenaWindow) {
        consumedBytes += UInt64(window.parsed)
        if !isFinished { pending.append(contentsOf: batch.bytes[window.parsed..<window.filled]) }
        if batch.count > 0 { bytesPerPacket = window.parsed / batch.count }
    }

    /// Reads the next block behind `window.filled`. False: publish what there is first.
    private func readMore(
        into batch: inout PacketBatch, _ window: inout ArenaWindow, needed: Int, limit: Int
    ) -> Bool {
        if !batch.isEmpty {
            // A pipe may stay silent for long: what came is handed on now.
            if lastReadWasShort, !input.isRegular { return false }
            // Rather begin a new arena than read the last few bytes of this one.
            if window.parsed + needed > batch.bytes.count { return false }
            if batch.bytes.count - window.filled < batch.bytes.count / 16 { return false }
            // Nor for the last few packets: a read gives more than those, and the rest would have to be copied.
            if limit - batch.count < limit / 16 { return false }
        } else if window.parsed > 0 {
            moveDown(&batch, &window)
        }
        // A record may claim much and have little: the arena doubles as its bytes really come.
        if window.filled == batch.bytes.count {
            batch.growArena(to: min(window.parsed + needed, 2 * batch.bytes.count))
        }
        let room = batch.bytes.count - window.filled
        let unparsed = window.filled - window.parsed
        let wanted = min(room, max(expectedBytes(packets: limit - batch.count), needed + 4096) - unparsed)
        let start = window.filled
        var got = 0
        var failure: InputError?
        unsafe batch.bytes.withUnsafeMutableBytes { arena in
            let free = unsafe UnsafeMutableRawBufferPointer(rebasing: arena[start..<start + wanted])
            do throws(InputError) {
                got = try unsafe input.read(into: free)
            } catch {
                failure = error
            }
        }
        inputFailure = failure
        inputEnded = got == 0
        window.filled += got
        lastReadWasShort = got < wanted
        return true
    }

    /// What is not parsed yet goes to the beginning of the arena; no packet points into it.
    private func moveDown(_ batch: inout PacketBatch, _ window: inout ArenaWindow) {
        let (parsed, count) = (window.parsed, window.filled - window.parsed)
        unsafe batch.bytes.withUnsafeMutableBytes { arena in
            guard let base = arena.baseAddress else { return }
            unsafe base.copyMemory(from: base + parsed, byteCount: count)
        }
        consumedBytes += UInt64(parsed)
        window.parsed = 0
        window.filled = count
    }

    /// So much is worth reading for that many packets: less than the whole arena when the batch's limit comes first, so
    /// that little is left over to be copied.
    private func expectedBytes(packets: Int) -> Int {
        guard bytesPerPacket > 0, packets < 1 << 20 else { return PacketBatch.defaultArenaBytes }
        return max(CaptureLimits.minimumReadBytes, bytesPerPacket * packets)
    }

    private func finishAtEnd(_ window: ArenaWindow, needed: Int) {
        let available = window.filled - window.parsed
        if let inputFailure {
            finish(
                inputFailure.kind, inputFailure.detail, at: window, needed: UInt64(needed),
                available: UInt64(available))
        } else if available > 0 || parser.isInsideBlock {
            finish(
                .truncated, "the file ends inside a record", at: window, needed: UInt64(needed),
                available: UInt64(available))
        }
        isFinished = true
    }

    private func finish(
        _ kind: CaptureDamage.Kind, _ detail: String, at window: ArenaWindow, needed: UInt64, available: UInt64
    ) {
        isFinished = true
        damages.append(
            CaptureDamage(
                kind, path: path, at: consumedBytes + UInt64(window.parsed), detail, needed: needed,
                available: available))
    }
}
