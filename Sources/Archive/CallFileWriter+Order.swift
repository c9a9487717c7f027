import Glibc

/// Putting a file in order when it is finished: its records are copied to a sibling that then takes its place. Nothing is
/// lost whenever the process dies: the sibling is worthless until it has replaced the file, which is one rename per part.
extension CallFileWriter {
    /// Late records without a known place that one pass moves (16 bytes each), and the most passes over a file.
    static var placesPerPass: Int { 1 << 16 }
    static var passLimit: Int { 16 }
    /// Read at once from the file, and for a record that is moved.
    private static var readChunk: Int { 128 << 10 }
    private static var movedChunk: Int { 2 << 10 }

    mutating func putInOrder(_ file: Int) {
        do throws(ArchiveError) {
            if !fileDetails[file].orderByTimestamp {
                let late = fileDetails[file].late.sorted { ($0.before, $0.position) < ($1.before, $1.position) }
                try rewrite(file, moving: late.map { Displaced(key: $0.before, offset: $0.offset) }, by: .offset)
            } else {
                try orderByTimestamp(file)
            }
            counters.filesReordered += 1
        } catch {
            counters.reorderFailed += 1
            let slot = Int(files[file].set)
            if setDetails[slot].error == nil { setDetails[slot].error = error }
        }
    }

    /// A record to be moved: in front of the record at, or of the first one with a timestamp above, `key`.
    struct Displaced {
        var key: UInt64
        var offset: UInt64
    }

    enum Key {
        case offset
        case timestamp
    }

    /// The fallback, with memory for `placesPerPass` records only: each pass moves that many and leaves the rest.
    private mutating func orderByTimestamp(_ file: Int) throws(ArchiveError) {
        for _ in 0..<Self.passLimit {
            var reader = self.reader(file, chunk: Self.readChunk)
            var found: [Displaced] = []
            var highest: UInt64 = 0
            while let record = try reader.next(in: &directories) {
                if record.time >= highest {
                    highest = record.time
                } else if found.count < Self.placesPerPass {
                    found.append(Displaced(key: record.time, offset: record.offset))
                } else {
                    break
                }
            }
            guard !found.isEmpty else { return }
            let isLast = found.count < Self.placesPerPass
            found.sort { ($0.key, $0.offset) < ($1.key, $1.offset) }
            try rewrite(file, moving: found, by: .timestamp)
            if isLast { return }
        }
        throw ArchiveError(.read, path: partPath(file, part: 0), systemError: ENOBUFS)
    }

    /// Copies the file with the displaced records, sorted by key, in their places, and puts the copy in its place.
    private mutating func rewrite(
        _ file: Int, moving displaced: [Displaced], by key: Key
    ) throws(ArchiveError) {
        let skipped = displaced.map(\.offset).sorted()
        var reader = self.reader(file, chunk: Self.readChunk)
        var moved = self.reader(file, chunk: Self.movedChunk)
        var output = OrderedOutput(
            header: PcapFormat.fileHeaderBytes(
                nanoseconds: options.nanoseconds, snapLength: UInt32(longestRecord), linkType: files[file].linkType),
            partLimit: partLimit)
        var pending = displaced[...]
        var nextSkipped = 0
        do throws(ArchiveError) {
            while let record = try reader.next(in: &directories) {
                if nextSkipped < skipped.count, skipped[nextSkipped] == record.offset {
                    nextSkipped += 1
                    continue
                }
                while let first = pending.first, first.goes(before: record, by: key) {
                    pending.removeFirst()
                    try copy(file, at: first.offset, from: &moved, to: &output)
                }
                try copy(file, reader.buffer[record.range], to: &output)
            }
            for last in pending { try copy(file, at: last.offset, from: &moved, to: &output) }
            try output.finish(for: partPath(file, part: 0))
        } catch {
            for part in output.starts.indices { removeFile(orderName(file, part: part)) }
            throw error
        }
        try replaceParts(file, starts: output.starts)
    }

    private mutating func copy(
        _ file: Int, at offset: UInt64, from reader: inout RecordStreamReader, to output: inout OrderedOutput
    ) throws(ArchiveError) {
        reader.seek(to: offset)
        if let record = try reader.next(in: &directories) {
            try copy(file, reader.buffer[record.range], to: &output)
        }
    }

    private mutating func copy(
        _ file: Int, _ record: ArraySlice<UInt8>, to output: inout OrderedOutput
    ) throws(ArchiveError) {
        var reason = ArchiveError.Reason.write
        let path = orderName(file, part: max(output.starts.count - 1, 0))
        do throws(SystemCall.Failure) {
            if output.needsPart(for: record.count) {
                try output.flush()
                reason = .create
                let next = orderName(file, part: output.starts.count)
                // What an earlier process left under this name is a copy of nothing that still exists.
                removeFile(next)
                output.beginPart(try create(ArchivePath(next)))
                reason = .write
            }
            try output.append(record)
        } catch {
            throw ArchiveError(reason, path: String(decoding: path, as: UTF8.self), systemError: error.code)
        }
    }

    /// The copy's name. It shares the number that makes the original's name unique.
    private func orderName(_ file: Int, part: Int) -> [UInt8] {
        let parts = fileDetails[file].parts
        let attempt = part < parts.count ? parts[part].attempt : parts.first?.attempt ?? 1
        return partName(file, part: part, attempt: attempt, ending: FileName.orderEnding)
    }

    private func reader(_ file: Int, chunk: Int) -> RecordStreamReader {
        let parts = fileDetails[file].parts.enumerated().map { index, part in
            RecordStreamReader.Part(start: part.start, path: openName(file, part: index))
        }
        return RecordStreamReader(parts: parts, end: files[file].endOffset, chunk: chunk)
    }

    /// Renames the copies over the originals. A kill between two of these renames is the one moment at which the parts of
    /// a call that spans several do not fit together.
    private mutating func replaceParts(_ file: Int, starts: [UInt64]) throws(ArchiveError) {
        for (part, start) in starts.enumerated() {
            let from = orderName(file, part: part)
            let isNew = part >= fileDetails[file].parts.count
            do throws(SystemCall.Failure) {
                if isNew {
                    let attempt = try renameToFree(ArchivePath(from)) { writer, attempt in
                        writer.partName(file, part: part, attempt: attempt, ending: FileName.openEnding)
                    }
                    fileDetails[file].parts.append(OpenFileDetails.Part(start: start, attempt: attempt))
                } else {
                    let to = ArchivePath(openName(file, part: part)).name
                    try directories.with(from) { (directory, name) throws(SystemCall.Failure) in
                        try SystemCall.rename(at: directory, name, to: to, replacing: true)
                    }
                    fileDetails[file].parts[part].start = start
                }
            } catch {
                throw ArchiveError(.rename, path: String(decoding: from, as: UTF8.self), systemError: error.code)
            }
        }
        while fileDetails[file].parts.count > starts.count {
            removeFile(openName(file, part: fileDetails[file].parts.count - 1))
            fileDetails[file].parts.removeLast()
        }
    }
}

extension CallFileWriter.Displaced {
    fileprivate func goes(before record: RecordStreamReader.Record, by key: CallFileWriter.Key) -> Bool {
        switch key {
        case .offset: self.key <= record.offset
        case .timestamp: self.key < record.time
        }
    }
}
