/// Records that come after others with a higher position: segments and fragments that had to wait, media from the
/// look-back.
extension CallFileWriter {
    mutating func appendLate(_ file: Int, _ record: CaptureRecord, _ bytes: Span<UInt8>) {
        let known = record.position >= files[file].index.unknownBelow
        guard known else {
            appendUnplaced(file, record, bytes)
            return
        }
        let last = OrderIndex.Place(position: files[file].lastPosition, offset: files[file].lastOffset)
        let following = index.first(after: record.position, in: files[file].index) ?? last
        let length = bytes.count + PcapFormat.recordHeaderLength
        if mayInsert(file, before: following.offset, length: length),
            let gap = makeGap(file, at: following.offset, length)
        {
            unsafe record.store(bytes, nanoseconds: options.nanoseconds, at: arena.memory(at: gap))
            noteInserted(file, record.position, at: following.offset, length: UInt64(length))
        } else {
            appendDisplaced(file, record, bytes, before: following.offset)
        }
    }

    /// A record may be inserted where its place is in the buffer with something of the same part in front of it. At the
    /// very start of a continuation it might belong to the part before, which only the final pass can tell: the parts of a
    /// call must not depend on when buffers were flushed.
    private func mayInsert(_ file: Int, before offset: UInt64, length: Int) -> Bool {
        files[file].hasBuffer && offset >= files[file].bufferStart
            && files[file].buffered + length <= Self.mostBuffered
            && files[file].partRest(of: partLimit) >= length
            && (fileDetails[file].part == 0 || offset > files[file].partStart)
    }

    /// Makes room in the middle of a buffer; returns where in the arena, or nil when no block is to be had.
    private mutating func makeGap(_ file: Int, at offset: UInt64, _ length: Int, maySplit: Bool = true) -> Int? {
        var block = files[file].firstBlock
        var at = Int(files[file].headerBytes) + Int(offset - files[file].bufferStart)
        while block != files[file].block, at >= arena[chain: block].stored {
            at -= arena[chain: block].stored
            block = arena[chain: block].next
        }
        let isLast = block == files[file].block
        let stored = isLast ? files[file].used : arena[chain: block].stored
        guard block.byteCount - stored >= length else {
            guard maySplit, split(file, block, stored: stored) else { return nil }
            return makeGap(file, at: offset, length, maySplit: false)
        }
        let memory = unsafe arena.memory(of: block) + at
        // There are `length` bytes behind what is stored, and `at` lies within that.
        unsafe (memory + length).copyMemory(from: memory, byteCount: stored - at)
        if isLast { files[file].used += length } else { arena[chain: block].stored += length }
        return block.byteOffset + at
    }

    /// Moves half of a block's records to a new one behind it. False: there is no block, or nothing to move.
    private mutating func split(_ file: Int, _ block: BufferArena.Block, stored: Int) -> Bool {
        let memory = unsafe UnsafeRawBufferPointer(start: arena.memory(of: block), count: stored)
        var middle = block == files[file].firstBlock ? Int(files[file].headerBytes) : 0
        while middle < stored / 2 {
            // Whole records are stored, and each begins with its header.
            let captured = unsafe memory.loadUnaligned(fromByteOffset: middle + 8, as: UInt32.self).littleEndian
            middle += PcapFormat.recordHeaderLength + Int(captured)
        }
        let moved = stored - middle
        if arena.used == arena.byteCount, oldestBuffered != Int32(file) { flushOldest() }
        guard moved > 0, let new = takeBlock(for: moved) else { return false }
        // The new block has room for what is moved.
        unsafe arena.memory(of: new).copyMemory(from: arena.memory(of: block) + middle, byteCount: moved)
        if block == files[file].block {
            files[file].block = new
            files[file].used = moved
        } else {
            arena[chain: new] = BufferArena.Link(next: arena[chain: block].next, stored: moved)
        }
        arena[chain: block] = BufferArena.Link(next: new, stored: middle)
        return true
    }

    /// Accounts for a record in a gap: all that lay at its offset or behind lies further back now.
    private mutating func noteInserted(_ file: Int, _ position: UInt64, at offset: UInt64, length: UInt64) {
        let place = OrderIndex.Place(position: position, offset: offset)
        if !index.insert(place, length: length, in: &files[file].index) {
            counters.orderIndexRefused += 1
            files[file].index.unknownBelow = max(files[file].index.unknownBelow, position)
        }
        for late in fileDetails[file].late.indices where fileDetails[file].late[late].offset >= offset {
            fileDetails[file].late[late].offset += length
        }
        files[file].lastOffset += length
        counters.lateInserted += 1
        count(file, Int(length))
    }

    /// Appends a record whose place is on disk already; `putInOrder` moves it when the file is finished.
    private mutating func appendDisplaced(_ file: Int, _ record: CaptureRecord, _ bytes: Span<UInt8>, before: UInt64) {
        guard lateRecords < options.lateRecordLimit else {
            counters.orderIndexRefused += 1
            appendUnplaced(file, record, bytes)
            return
        }
        // What it belongs in front of must not move any more.
        guard before < files[file].bufferStart || flush(file) else {
            lose(file)
            return
        }
        let offset = files[file].endOffset
        guard appendAtEnd(file, record, bytes) else { return }
        fileDetails[file].late.append(
            OpenFileDetails.LateRecord(before: before, position: record.position, offset: offset))
        lateRecords += 1
    }

    private mutating func appendUnplaced(_ file: Int, _ record: CaptureRecord, _ bytes: Span<UInt8>) {
        counters.orderedByTimestamp += 1
        if appendAtEnd(file, record, bytes) { fileDetails[file].orderByTimestamp = true }
    }
}
