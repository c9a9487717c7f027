import Glibc

/// The end of a call's files.
extension CallFileWriter {
    /// Writes what is left, puts the files in order where late records came, and gives them their final names.
    ///
    /// A set that is still held leaves nothing, like `discard`.
    public mutating func finish(_ set: FileSetID) -> FinishedFiles {
        guard let slot = slot(of: set) else { return FinishedFiles() }
        if sets[slot].state == .held {
            discard(set)
            return FinishedFiles()
        }
        var finished = FinishedFiles()
        var file = sets[slot].firstFile
        while file != OpenFile.none {
            let at = Int(file)
            _ = flush(at)
            if !fileDetails[at].late.isEmpty || fileDetails[at].orderByTimestamp { putInOrder(at) }
            for part in fileDetails[at].parts.indices {
                if let name = nameFinished(at, part: part) { finished.names.append(name) }
            }
            finished.packets += files[at].packets
            finished.bytes += files[at].endOffset - files[at].packets * UInt64(PcapFormat.recordHeaderLength)
            file = files[at].next
        }
        finished.packetsLost = setDetails[slot].packetsLost
        finished.error = setDetails[slot].error
        counters.filesFinished += UInt64(finished.names.count)
        remove(slot)
        return finished
    }

    /// Finishes every open set, and drops those that are held. For each: the set and what it left.
    public mutating func finishAll() -> [(FileSetID, FinishedFiles)] {
        var result: [(FileSetID, FinishedFiles)] = []
        for slot in sets.indices where sets[slot].state != .free {
            let set = FileSetID(index: UInt32(slot), generation: sets[slot].generation)
            let wasHeld = sets[slot].state == .held
            let finished = finish(set)
            if !wasHeld { result.append((set, finished)) }
        }
        return result
    }

    /// Forgets a call: nothing of it stays, neither in memory nor on disk.
    public mutating func discard(_ set: FileSetID) {
        guard let slot = slot(of: set) else { return }
        heldBytes -= setDetails[slot].held.cost
        var file = sets[slot].firstFile
        while file != OpenFile.none {
            let at = Int(file)
            dropBuffer(at)
            for part in fileDetails[at].parts.indices { removeFile(openName(at, part: part)) }
            file = files[at].next
        }
        remove(slot)
    }

    mutating func removeFile(_ path: [UInt8]) {
        do throws(SystemCall.Failure) {
            let (directory, name) = try directories.resolve(path)
            try SystemCall.remove(at: directory, name)
        } catch {
            // Somebody was quicker, or it never was there; nothing depends on it.
        }
    }

    /// Frees the slots of a set and its files; the set's ID is worthless from here on.
    private mutating func remove(_ slot: Int) {
        var file = sets[slot].firstFile
        while file != OpenFile.none {
            let at = Int(file)
            let next = files[at].next
            dropBuffer(at)
            index.clear(&files[at].index)
            lateRecords -= fileDetails[at].late.count
            fileDetails[at] = OpenFileDetails()
            files[at] = OpenFile()
            freeFiles.append(file)
            openFiles -= 1
            file = next
        }
        sets[slot] = FileSet(generation: sets[slot].generation &+ 1)
        setDetails[slot] = FileSetDetails()
        freeSets.append(Int32(slot))
        openSets -= 1
    }

    /// Renames a part to its final name, with `-2`, `-3` … when that is taken. Nil: it keeps its open name, the next start
    /// recovers it.
    private mutating func nameFinished(_ file: Int, part: Int) -> String? {
        let open = openName(file, part: part)
        var code: Int32 = EEXIST
        for attempt in 1...FileName.attemptLimit {
            let final = finalName(file, part: part, attempt: attempt)
            do throws(SystemCall.Failure) {
                let (directory, from) = try directories.resolve(open)
                let to = SystemCall.terminated(Array(final[((final.lastIndex(of: UInt8(ascii: "/")) ?? -1) + 1)...]))
                do throws(SystemCall.Failure) {
                    try SystemCall.rename(at: directory, from, to: to, replacing: false)
                } catch {
                    guard error.code == EEXIST, options.overwrite,
                        self.directory.isFromEarlierRun(to, in: directory)
                    else { throw error }
                    try SystemCall.rename(at: directory, from, to: to, replacing: true)
                }
                return String(decoding: final, as: UTF8.self)
            } catch {
                code = error.code
                if code != EEXIST { break }
            }
        }
        let slot = Int(files[file].set)
        if setDetails[slot].error == nil {
            setDetails[slot].error = ArchiveError(
                .rename, path: String(decoding: open, as: UTF8.self), systemError: code)
            counters.setsFailed += 1
        }
        return nil
    }
}
