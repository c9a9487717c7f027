/// The unusual cases of `append`.
extension CallFileWriter {
    @inline(never)
    mutating func appendSlowly(
        _ slot: Int, _ kind: RecordKind, _ linkType: UInt32, _ timestamp: Int64, _ originalLength: UInt32,
        _ position: UInt64, _ bytes: Span<UInt8>, _ floor: UInt64
    ) {
        let record = CaptureRecord(
            kind: kind, linkType: linkType, timestamp: timestamp, originalLength: originalLength, position: position,
            floor: floor)
        switch sets[slot].state {
        case .free:
            counters.staleSets += 1
        case .failed:
            guard resume(slot) else {
                counters.recordsLost += 1
                setDetails[slot].packetsLost += 1
                return
            }
            // Open now.
            appendSlowly(slot, kind, linkType, timestamp, originalLength, position, bytes, floor)
        case .held:
            hold(slot, record, bytes)
        case .open:
            if bytes.count > longestRecord {
                counters.cutToSnapLength += 1
                write(slot, record, bytes.extracting(first: longestRecord))
            } else {
                write(slot, record, bytes)
            }
        }
    }

    private mutating func write(_ slot: Int, _ record: CaptureRecord, _ bytes: Span<UInt8>) {
        let file = file(of: slot, kind: record.kind, linkType: record.linkType)
        if files[file].packets > 0, record.position < files[file].lastPosition {
            counters.lateRecords += 1
            appendLate(file, record, bytes)
        } else {
            remember(file, floor: record.floor)
            let offset = files[file].endOffset
            if appendAtEnd(file, record, bytes) {
                files[file].lastPosition = record.position
                files[file].lastOffset = offset
            }
        }
    }

    /// Enters the file's last record in the index when a late one could still have to precede it.
    mutating func remember(_ file: Int, floor: UInt64) {
        if !files[file].remember(floor: floor, in: &index) { counters.orderIndexRefused += 1 }
    }

    /// Puts a record behind all others, in a buffer if one is to be had. False: an I/O error, the set has failed and the
    /// record is lost, counted.
    mutating func appendAtEnd(_ file: Int, _ record: CaptureRecord, _ bytes: Span<UInt8>) -> Bool {
        if tryAppendAtEnd(file, record, bytes) { return true }
        lose(file)
        return false
    }

    private mutating func tryAppendAtEnd(_ file: Int, _ record: CaptureRecord, _ bytes: Span<UInt8>) -> Bool {
        let length = bytes.count + PcapFormat.recordHeaderLength
        if files[file].endOffset > files[file].partStart,
            files[file].endOffset - files[file].partStart + UInt64(length) > partLimit
        {
            guard beginNextPart(file) else { return false }
        }
        guard makeRoom(file, for: length) else {
            return sets[Int(files[file].set)].state == .open && writeThrough(file, record, bytes)
        }
        let used = files[file].used
        unsafe record.store(bytes, nanoseconds: options.nanoseconds, at: arena.memory(of: files[file].block) + used)
        files[file].used += length
        count(file, length)
        return true
    }

    /// Accounts for a record that was added to the file.
    mutating func count(_ file: Int, _ length: Int) {
        files[file].endOffset += UInt64(length)
        files[file].packets += 1
        counters.recordsAppended += 1
        updateRoom(file)
    }

    mutating func updateRoom(_ file: Int) {
        guard files[file].hasBuffer else {
            files[file].room = 0
            return
        }
        files[file].room = min(
            files[file].block.byteCount - files[file].used, Int(clamping: files[file].partRest(of: partLimit)))
    }

    /// The file for a kind and link type, made when this is the first such record of the call.
    private mutating func file(of slot: Int, kind: RecordKind, linkType: UInt32) -> Int {
        let last = Int(kind == .signalling ? sets[slot].signalling : sets[slot].media)
        if last >= 0, files[last].linkType == linkType { return last }
        let splits = setDetails[slot].stem.splitsKinds
        let fileKind = splits ? kind : .signalling
        var file = sets[slot].firstFile
        while file != OpenFile.none {
            if files[Int(file)].linkType == linkType, files[Int(file)].kind == fileKind { break }
            file = files[Int(file)].next
        }
        if file == OpenFile.none { file = addFile(slot, kind: fileKind, linkType: linkType) }
        if kind == .signalling { sets[slot].signalling = file } else { sets[slot].media = file }
        return Int(file)
    }

    private mutating func addFile(_ slot: Int, kind: RecordKind, linkType: UInt32) -> Int32 {
        let file: Int32
        if let free = freeFiles.popLast() {
            file = free
        } else {
            file = Int32(files.count)
            files.append(OpenFile())
            fileDetails.append(OpenFileDetails())
        }
        var new = OpenFile()
        new.kind = kind
        new.linkType = linkType
        new.set = Int32(slot)
        files[Int(file)] = new
        let first = sets[slot].firstFile
        fileDetails[Int(file)] = OpenFileDetails()
        fileDetails[Int(file)].showsLinkType = first != OpenFile.none && files[Int(first)].linkType != linkType
        if first == OpenFile.none {
            sets[slot].firstFile = file
        } else {
            files[Int(sets[slot].lastFile)].next = file
        }
        sets[slot].lastFile = file
        openFiles += 1
        return file
    }
}
