/// Several capture files as one, merged by time.
///
/// Always the file whose next packet is earliest goes on, of equal ones the file named earlier; within a file the order
/// is never changed. Files that do not overlap, and a single file, are read in place like a `FileSource`; overlapping ones
/// cost one copy a packet. A file is opened when its turn comes, and when many overlap their descriptors are given back
/// between reads, so that thousands of files work under `ulimit -n 256`.
public final class MergedSource: PacketSource {
    /// Files that may keep their descriptor while they wait.
    static let maximumDescriptors = 64
    /// Arenas of all files that are read ahead, together.
    static let stageBudgetBytes = 16 << 20
    static let minimumStageBytes = 4 << 10

    var queue = MergeQueue()
    /// Inputs that are open, with or without descriptor.
    var openInputs = 0
    private let stageBytes: Int

    public internal(set) var interfaces: [CaptureInterface] = []
    public internal(set) var damages: [CaptureDamage] = []
    public private(set) var linkTypes: [UInt32] = []
    public private(set) var isNanosecond = false
    public var statistics: CaptureStatistics { CaptureStatistics() }

    /// Looks at the beginning of every file.
    ///
    /// Throws for a file that cannot be opened or is no capture. Among several files an empty one, or one cut inside its
    /// file header, is damage and the others are read.
    /// - Parameter paths: file names; `-` is standard input.
    public init(paths: [String]) throws(CaptureError) {
        stageBytes = min(
            PacketBatch.defaultArenaBytes,
            max(MergedSource.minimumStageBytes, MergedSource.stageBudgetBytes / max(paths.count, 1)))
        var firstError: CaptureError?
        for (index, path) in paths.enumerated() {
            do throws(CaptureError) {
                try add(path, index: index, isOnly: paths.count == 1)
            } catch {
                guard paths.count > 1, error.code == .empty || error.code == .truncatedHeader else { throw error }
                if firstError == nil { firstError = error }
                damages.append(
                    CaptureDamage(.truncated, path: path, at: 0, error.detail, needed: 24, available: 0))
            }
        }
        if queue.isEmpty, let firstError { throw firstError }
    }

    private func add(_ path: String, index: Int, isOnly: Bool) throws(CaptureError) {
        let source = try FileSource(path: path)
        // A single file needs no head, and a silent pipe would keep us waiting for it.
        let head = isOnly ? Int64.min : source.firstTimestamp() ?? .min
        for linkType in source.linkTypes where !linkTypes.contains(linkType) { linkTypes.append(linkType) }
        if source.isNanosecond { isNanosecond = true }
        let keeps = isOnly || !source.isReopenable
        let input = MergeInput(path: path, index: index, head: head, source: keeps ? source : nil)
        queue.push(input)
        if isOnly { _ = begin(input, source) }
    }

    public func read(into batch: inout PacketBatch, limit maxPackets: Int) throws(CaptureError) -> ReadStatus {
        batch.removeAll()
        let limit = max(maxPackets, 1)
        var end = 0
        while let input = queue.first {
            guard let source = opened(input) else { continue }
            if input.stageIsEmpty {
                if openInputs > 1 {
                    guard try refill(input, source) else { continue }
                } else {
                    // Nothing to interleave with: in place, which needs the arena from its beginning.
                    guard batch.isEmpty else { return .packets }
                    guard try readInPlace(input, source, &batch, limit: limit) else { continue }
                    return .packets
                }
                queue.firstChanged()
                continue
            }
            let isFull = deliver(input, into: &batch, &end, limit: limit)
            if !input.stageIsEmpty { input.head = input.stage.packets[input.next].timestamp }
            queue.firstChanged()
            if isFull { return .packets }
        }
        return batch.isEmpty ? .endOfInput : .packets
    }

    /// Reads the next stage of a file; false when it has ended.
    private func refill(_ input: MergeInput, _ source: FileSource) throws(CaptureError) -> Bool {
        input.stage.growArena(to: stageBytes)
        input.next = 0
        guard try source.read(into: &input.stage, limit: .max) == .packets else {
            finish(input)
            return false
        }
        if openInputs > MergedSource.maximumDescriptors { source.suspend() }
        guard mapInterfaces(input, source) else { return false }
        input.head = input.stage.packets[0].timestamp
        return true
    }

    /// Reads into the batch itself; what belongs behind another file's head goes to the stage. False when nothing is left
    /// in the batch.
    private func readInPlace(
        _ input: MergeInput, _ source: FileSource, _ batch: inout PacketBatch, limit: Int
    ) throws(CaptureError) -> Bool {
        guard try source.read(into: &batch, limit: limit) == .packets else {
            finish(input)
            return false
        }
        guard mapInterfaces(input, source) else {
            batch.removeAll()
            return false
        }
        if let other = queue.runnerUp,
            let first = batch.packets.firstIndex(where: { !input.precedes(other, at: $0.timestamp) })
        {
            spill(input, &batch, from: first)
        }
        renumber(&batch, input.interfaceMap)
        return !batch.isEmpty
    }

    private func spill(_ input: MergeInput, _ batch: inout PacketBatch, from first: Int) {
        input.stage.removeAll()
        input.next = 0
        let rest = batch.packets[first...]
        let bytes = rest.reduce(0) { $0 + Int($1.capturedLength) }
        input.stage.growArena(to: max(bytes, stageBytes))
        var end = 0
        for packet in rest {
            input.stage.append(packet, of: batch, interface: packet.interface, at: end)
            end += Int(packet.capturedLength)
        }
        input.head = batch.packets[first].timestamp
        batch.packets.removeLast(batch.count - first)
        queue.firstChanged()
    }

    /// Copies packets of the first input until another file comes before it. True when the batch is full.
    private func deliver(_ input: MergeInput, into batch: inout PacketBatch, _ end: inout Int, limit: Int) -> Bool {
        let other = queue.runnerUp
        while input.next < input.stage.count {
            let packet = input.stage.packets[input.next]
            guard input.precedes(other, at: packet.timestamp) else { return false }
            let needed = end + Int(packet.capturedLength)
            if batch.count >= limit || (needed > batch.bytes.count && !batch.isEmpty) { return true }
            batch.growArena(to: needed)
            let interface = input.interfaceMap[Int(packet.interface)]
            batch.append(packet, of: input.stage, interface: interface, at: end)
            end = needed
            input.next += 1
        }
        return false
    }

    private func renumber(_ batch: inout PacketBatch, _ map: [UInt16]) {
        guard !zip(map, 0...).allSatisfy({ $0 == $1 }) else { return }
        for index in batch.packets.indices {
            batch.packets[index].interface = map[Int(batch.packets[index].interface)]
        }
    }
}
