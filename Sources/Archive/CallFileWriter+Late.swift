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
        if fitsBuffer(file, before: following.offset, length: bytes.count + PcapFormat.recordHeaderLength) {
            insert(file, record, bytes, at: following.offset)
        } else {
            appendDisplaced(file, record, bytes, before: following.offset)
        }
    }

    /// A record may be inserted where its place is in the buffer with something of the same part in front of it. At the
    /// very start of a continuation it might belong to the part before, which only the final pass can tell: the parts of a
    /// call must not depend on when buffers were flushed.
    private func fitsBuffer(_ file: Int, before offset: UInt64, length: Int) -> Bool {
        files[file].hasBuffer && offset >= files[file].bufferStart && files[file].room >= length
            && (fileDetails[file].part == 0 || offset > files[file].partStart)
    }

    private mutating func insert(_ file: Int, _ record: CaptureRecord, _ bytes: Span<UInt8>, at offset: UInt64) {
        let length = bytes.count + PcapFormat.recordHeaderLength
        let at = files[file].headerBytes + Int(offset - files[file].bufferStart)
        let memory = unsafe arena.memory(of: files[file].block) + at
        // `room` leaves `length` bytes behind `used`, and `at` is not above `used`.
        unsafe (memory + length).copyMemory(from: memory, byteCount: files[file].used - at)
        unsafe record.store(bytes, nanoseconds: options.nanoseconds, at: memory)
        let place = OrderIndex.Place(position: record.position, offset: offset)
        if !index.insert(place, length: UInt64(length), in: &files[file].index) {
            counters.orderIndexRefused += 1
            files[file].index.unknownBelow = max(files[file].index.unknownBelow, record.position)
        }
        for late in fileDetails[file].late.indices where fileDetails[file].late[late].offset >= offset {
            fileDetails[file].late[late].offset += UInt64(length)
        }
        files[file].lastOffset += UInt64(length)
        files[file].used += length
        counters.lateInserted += 1
        count(file, length)
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
