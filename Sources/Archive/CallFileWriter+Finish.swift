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
            let named = finished.names.count
            for part in fileDetails[at].parts.indices {
                if let name = nameFinished(at, part: part) { finished.names.append(name) }
            }
            if named == finished.names.count, files[at].packets > 0, isGone(at) { loseAll(at) }
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

    /// Somebody took the file away while it was open.
    private mutating func isGone(_ file: Int) -> Bool {
        guard onDisk(file) else { return false }
        do throws(SystemCall.Failure) {
            _ = try directories.with(fileDetails[file].openName, SystemCall.status)
            return false
        } catch {
            return error.code == ENOENT
        }
    }

    private mutating func loseAll(_ file: Int) {
        counters.recordsLost += files[file].packets
        setDetails[Int(files[file].set)].packetsLost += files[file].packets
        files[file].packets = 0
        files[file].endOffset = 0
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
            try directories.with(path, SystemCall.remove)
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

    /// Renames a part to its final name, with `-2`, `-3` … when that is taken, or to the pending form of it. Nil: it keeps
    /// its open name, the next start recovers it.
    private mutating func nameFinished(_ file: Int, part: Int) -> String? {
        let open = openName(file, part: part)
        var name: [UInt8] = []
        do throws(SystemCall.Failure) {
            let (isPending, ending) = (options.leavesPending, finishedEnding)
            let attempt = try renameToFree(
                ArchivePath(open), replacingEarlierRuns: options.overwrite,
                later: { writer, attempt in
                    isPending ? writer.partName(file, part: part, attempt: attempt, ending: ending) : nil
                },
                name: { writer, attempt in
                    name = writer.partName(
                        file, part: part, attempt: attempt,
                        ending: isPending ? FileName.pendingEnding : FileName.ending)
                    return name
                })
            if isPending { name = partName(file, part: part, attempt: attempt, ending: ending) }
            return String(decoding: name, as: UTF8.self)
        } catch {
            directory.note(error)
            let slot = Int(files[file].set)
            if setDetails[slot].error == nil {
                let path = String(decoding: open, as: UTF8.self)
                setDetails[slot].error = ArchiveError(.rename, path: path, systemError: error.code)
                counters.setsFailed += 1
            }
            return nil
        }
    }

    /// How the names end that records tell.
    var finishedEnding: String { FileName.ending + options.finishedSuffix }

    /// Gives a file the first name of a series that is not taken; returns its number.
    ///
    /// - Parameter later: the name that it will have then, if it will, which must be free as well.
    mutating func renameToFree(
        _ path: ArchivePath, replacingEarlierRuns: Bool = false,
        later: (borrowing CallFileWriter, Int) -> [UInt8]? = { _, _ in nil },
        name: (borrowing CallFileWriter, Int) -> [UInt8]
    ) throws(SystemCall.Failure) -> Int {
        for attempt in 1...FileName.attemptLimit {
            let to = ArchivePath(name(self, attempt)).name
            let archive = self.directory
            let later = later(self, attempt).map { ArchivePath($0).name }
            let done = try directories.with(path) { (directory, from) throws(SystemCall.Failure) in
                if let later, (try? SystemCall.status(at: directory, later)) != nil,
                    !(replacingEarlierRuns && archive.isFromEarlierRun(later, in: directory))
                {
                    return false
                }
                do throws(SystemCall.Failure) {
                    try SystemCall.rename(at: directory, from, to: to, replacing: false)
                    return true
                } catch {
                    guard error.code == EEXIST else { throw error }
                }
                guard replacingEarlierRuns, archive.isFromEarlierRun(to, in: directory) else { return false }
                try SystemCall.rename(at: directory, from, to: to, replacing: true)
                return true
            }
            if done { return attempt }
        }
        throw SystemCall.Failure(code: EEXIST)
    }
}
