/// Calls that are not selected yet.
extension CallFileWriter {
    mutating func hold(_ slot: Int, _ record: CaptureRecord, _ bytes: Span<UInt8>) {
        let kept = HeldRecords.Record(
            kind: record.kind, linkType: record.linkType, timestamp: record.timestamp,
            originalLength: record.originalLength, position: record.position, range: 0..<0)
        let captured = bytes.count <= longestRecord ? bytes : bytes.extracting(first: longestRecord)
        if captured.count < bytes.count { counters.cutToSnapLength += 1 }
        // The last quarter is kept for signalling: without it a call that turns out to be wanted could not be followed.
        let limit = record.kind == .media ? options.heldByteLimit / 4 * 3 : options.heldByteLimit
        let cost = setDetails[slot].held.append(
            kept, bytes: captured, floor: record.floor, available: limit - heldBytes)
        guard let cost else {
            counters.heldRefused += 1
            setDetails[slot].packetsLost += 1
            return
        }
        heldBytes += cost
    }

    /// A packet of a held set that is not to be kept, by somebody else's bound.
    public mutating func refuse(_ set: FileSetID) {
        guard let slot = slot(of: set) else { return }
        counters.heldRefused += 1
        setDetails[slot].packetsLost += 1
    }

    /// The call is selected: what was held goes to its files, and from now on everything else does.
    public mutating func release(_ set: FileSetID) {
        guard let slot = slot(of: set), sets[slot].state == .held else { return }
        let held = setDetails[slot].held
        setDetails[slot].held = HeldRecords()
        sets[slot].state = .open
        let order = held.records.indices.sorted { held.records[$0].position < held.records[$1].position }
        for index in order {
            let kept = held.records[index]
            append(
                set, kind: kept.kind, linkType: kept.linkType, timestamp: kept.timestamp,
                originalLength: kept.originalLength, position: kept.position,
                bytes: held.bytes.span.extracting(kept.range), pendingFloor: held.floor)
        }
        heldBytes -= held.cost
    }

    /// The call is not selected but may be later: its media is forgotten, its signalling stays held.
    public mutating func dropMedia(_ set: FileSetID) {
        guard let slot = slot(of: set), sets[slot].state == .held else { return }
        heldBytes -= setDetails[slot].held.dropMedia()
    }

    /// The set's slot, or nil (counted) when it was finished or discarded.
    mutating func slot(of set: FileSetID) -> Int? {
        let slot = Int(set.index)
        guard slot < sets.count, sets[slot].generation == set.generation, sets[slot].state != .free else {
            counters.staleSets += 1
            return nil
        }
        return slot
    }
}
