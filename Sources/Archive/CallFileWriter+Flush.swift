import Glibc

/// From the buffers to the disk.
extension CallFileWriter {
    /// Writes out what has been in a buffer since `time` (compared with the `wallTime` told then) or longer.
    public mutating func flushAll(olderThan time: Int64) {
        // What is in a buffer is not lost yet.
        guard directory.gate.reason == nil else { return }
        while oldestBuffered != OpenFile.none, files[Int(oldestBuffered)].bufferedSince <= time {
            _ = flush(Int(oldestBuffered))
        }
    }

    /// Writes the buffer and gives it back. False: an I/O error, the set has failed.
    mutating func flush(_ file: Int) -> Bool {
        guard files[file].hasBuffer else { return true }
        let header = Int(files[file].headerBytes)
        guard files[file].buffered > header else {
            dropBuffer(file)
            return true
        }
        var blocks = 1
        var block = files[file].firstBlock
        while block != files[file].block {
            block = arena[chain: block].next
            blocks += 1
        }
        let isWritten = unsafe withUnsafeTemporaryAllocation(of: iovec.self, capacity: blocks) { pieces in
            unsafe write(file, header: header, UnsafeBufferPointer(rebasing: pieces[..<list(file, in: pieces)]))
        }
        if isWritten { dropBuffer(file) }
        return isWritten
    }

    /// Lists what is stored in each block of a buffer, for which there are places enough; returns how many have something.
    private func list(_ file: Int, in pieces: UnsafeMutableBufferPointer<iovec>) -> Int {
        var count = 0
        var block = files[file].firstBlock
        while true {
            let link = block == files[file].block ? nil : arena[chain: block]
            let stored = link?.stored ?? files[file].used
            if stored > 0 {
                // Its first `stored` bytes were stored by us.
                unsafe pieces.initializeElement(
                    at: count, to: iovec(iov_base: arena.memory(of: block), iov_len: stored))
                count += 1
            }
            guard let link else { return count }
            block = link.next
        }
    }

    /// Writes what is in the buffer, or counts what is lost of it.
    private mutating func write(_ file: Int, header: Int, _ pieces: UnsafeBufferPointer<iovec>) -> Bool {
        var written = 0
        do throws(ArchiveError) {
            unsafe try writeToPart(file, pieces, written: &written)
            return true
        } catch {
            let kept = unsafe Self.wholeRecords(in: pieces, from: header, upTo: written)
            let all = unsafe Self.wholeRecords(in: pieces, from: header, upTo: .max)
            fail(file, error, keptBytes: kept.end - header, lostRecords: all.count - kept.count)
            return false
        }
    }

    /// Writes a record that gets no buffer: header and bytes by one write, copied together first.
    mutating func writeThrough(_ file: Int, _ record: CaptureRecord, _ bytes: Span<UInt8>) -> Bool {
        let header = onDisk(file) ? 0 : PcapFormat.fileHeaderLength
        let length = PcapFormat.recordHeaderLength + bytes.count
        let memory = UnsafeMutableRawPointer.allocate(byteCount: header + length, alignment: 8)
        defer { unsafe memory.deallocate() }
        if header > 0 { unsafe storeFileHeader(linkType: files[file].linkType, at: memory) }
        unsafe record.store(bytes, nanoseconds: options.nanoseconds, at: memory + header)
        files[file].bufferStart = files[file].endOffset
        let piece = unsafe iovec(iov_base: memory, iov_len: header + length)
        do throws(ArchiveError) {
            try unsafe withUnsafePointer(to: piece) { (piece) throws(ArchiveError) in
                var written = 0
                unsafe try writeToPart(file, UnsafeBufferPointer(start: piece, count: 1), written: &written)
            }
        } catch {
            fail(file, error, keptBytes: 0, lostRecords: 0)
            return false
        }
        counters.writtenThrough += 1
        count(file, length)
        files[file].bufferStart = files[file].endOffset
        return true
    }

    /// Ends the current part, so that the next record begins a new file.
    mutating func beginNextPart(_ file: Int) -> Bool {
        guard flush(file) else { return false }
        fileDetails[file].part += 1
        files[file].partStart = files[file].endOffset
        return true
    }

    /// Appends to the current part's file, which is made by the first write. On failure the file is cut back to the whole
    /// records it has, and removed when there are none.
    private mutating func writeToPart(
        _ file: Int, _ pieces: UnsafeBufferPointer<iovec>, written: inout Int
    ) throws(ArchiveError) {
        if let reason = directory.gate.reason {
            throw ArchiveError(.write, path: partPath(file, part: fileDetails[file].part), systemError: reason)
        }
        let isNew = !onDisk(file)
        let before = isNew ? 0 : Int(files[file].bufferStart - files[file].partStart) + PcapFormat.fileHeaderLength
        let descriptor = try isNew ? createPart(file) : openPart(file)
        defer { SystemCall.close(descriptor) }
        counters.writes += 1
        do throws(SystemCall.Failure) {
            unsafe try SystemCall.write(descriptor, pieces, written: &written)
            counters.bytesWritten += UInt64(written)
        } catch {
            let header = isNew ? PcapFormat.fileHeaderLength : 0
            let kept = unsafe Self.wholeRecords(in: pieces, from: header, upTo: written)
            directory.note(error)
            // Should even this fail, recovery and every reader still stop at the torn record.
            try? SystemCall.truncate(descriptor, to: Int64(before + kept.end))
            if isNew, kept.count == 0 {
                removeFile(openName(file, part: fileDetails[file].part))
                fileDetails[file].parts.removeLast()
            }
            throw ArchiveError(.write, path: partPath(file, part: fileDetails[file].part), systemError: error.code)
        }
    }

    /// Any name of a part.
    func partName(_ file: Int, part: Int, attempt: Int, ending: String) -> [UInt8] {
        FileName.path(
            setDetails[Int(files[file].set)].stem.path(kind: files[file].kind),
            linkType: fileDetails[file].showsLinkType ? files[file].linkType : nil, part: part, attempt: attempt,
            ending: ending)
    }

    /// The name an open part has now.
    func openName(_ file: Int, part: Int) -> [UInt8] {
        partName(file, part: part, attempt: fileDetails[file].parts[part].attempt, ending: FileName.openEnding)
    }

    func partPath(_ file: Int, part: Int) -> String {
        String(decoding: partName(file, part: part, attempt: 1, ending: FileName.openEnding), as: UTF8.self)
    }

    /// Makes the part's `.partial`, under a name nobody else has, and enters it in the part list.
    private mutating func createPart(_ file: Int) throws(ArchiveError) -> Int32 {
        let part = fileDetails[file].part
        var code: Int32 = EEXIST
        for attempt in 1...FileName.attemptLimit {
            let path = ArchivePath(partName(file, part: part, attempt: attempt, ending: FileName.openEnding))
            do throws(SystemCall.Failure) {
                let descriptor = try create(path)
                let start = files[file].partStart
                fileDetails[file].parts.append(OpenFileDetails.Part(start: start, attempt: attempt))
                fileDetails[file].openName = path
                return descriptor
            } catch {
                code = error.code
                if code != EEXIST { break }
            }
        }
        directory.note(code)
        throw ArchiveError(.create, path: partPath(file, part: part), systemError: code)
    }

    /// Creates a file that must not exist, and its directories.
    mutating func create(_ path: ArchivePath) throws(SystemCall.Failure) -> Int32 {
        try directories.with(path) { (directory, name) throws(SystemCall.Failure) in
            try SystemCall.open(at: directory, name, O_WRONLY | O_CREAT | O_EXCL | O_APPEND)
        }
    }

    private mutating func openPart(_ file: Int) throws(ArchiveError) -> Int32 {
        do throws(SystemCall.Failure) {
            return try directories.with(fileDetails[file].openName) { (directory, name) throws(SystemCall.Failure) in
                try SystemCall.open(at: directory, name, O_WRONLY | O_APPEND)
            }
        } catch {
            directory.note(error)
            throw ArchiveError(
                .write, path: partPath(file, part: fileDetails[file].part), systemError: error.code)
        }
    }

    /// Marks the file's set as failed: what is on disk stays, the buffer's rest and all later records are lost.
    private mutating func fail(_ file: Int, _ error: ArchiveError, keptBytes: Int, lostRecords: Int) {
        let slot = Int(files[file].set)
        files[file].endOffset = files[file].bufferStart + UInt64(keptBytes)
        files[file].packets -= UInt64(min(lostRecords, Int(clamping: files[file].packets)))
        dropBuffer(file)
        index.clear(&files[file].index)
        let (end, late) = (files[file].endOffset, fileDetails[file].late.count)
        fileDetails[file].late.removeAll { $0.offset >= end }
        lateRecords -= late - fileDetails[file].late.count
        counters.recordsLost += UInt64(lostRecords)
        setDetails[slot].packetsLost += UInt64(lostRecords)
        if sets[slot].state != .failed {
            sets[slot].state = .failed
            if setDetails[slot].error == nil {
                counters.setsFailed += 1
                setDetails[slot].error = error
            }
        }
        sets[slot].signalling = OpenFile.none
        sets[slot].media = OpenFile.none
    }

    /// Counts a record that found no place because its set has failed.
    mutating func lose(_ file: Int) {
        counters.recordsLost += 1
        setDetails[Int(files[file].set)].packetsLost += 1
    }

    /// The end of the last whole record within the first `limit` bytes, and how many records that makes. Each piece has whole
    /// records, the first one behind `start` bytes.
    private static func wholeRecords(
        in pieces: UnsafeBufferPointer<iovec>, from start: Int, upTo limit: Int
    ) -> (end: Int, count: Int) {
        var (first, end, count) = (0, start, 0)
        for index in pieces.indices {
            let piece = unsafe pieces[index]
            let here = unsafe UnsafeRawBufferPointer(
                start: piece.iov_base, count: min(piece.iov_len, max(limit - first, 0)))
            while end - first + PcapFormat.recordHeaderLength <= here.count {
                // The loop's condition leaves the whole record header within the bytes that are there.
                let captured = unsafe here.loadUnaligned(fromByteOffset: end - first + 8, as: UInt32.self).littleEndian
                let next = end + PcapFormat.recordHeaderLength + Int(captured)
                guard next - first <= here.count else { return (end, count) }
                (end, count) = (next, count + 1)
            }
            first += unsafe piece.iov_len
            guard end == first else { break }
        }
        return (end, count)
    }
}
