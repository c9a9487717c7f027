import Glibc

/// Calls whose files could not be written, and can be again.
extension CallFileWriter {
    /// Lets a failed set go on, if it was the disk that failed and the disk is well again. False: its packets are lost as
    /// before.
    ///
    /// What was on disk stays in front; the record says how much is missing in between.
    mutating func resume(_ slot: Int) -> Bool {
        guard directory.use == .live, directory.gate.reason == nil,
            let error = setDetails[slot].error, Self.mayPass(error.systemError)
        else { return false }
        var file = sets[slot].firstFile
        while file != OpenFile.none {
            guard resumeFile(Int(file)) else { return false }
            file = files[Int(file)].next
        }
        sets[slot].state = .open
        counters.setsResumed += 1
        return true
    }

    /// Whether it may be otherwise another time: not so with a limit of the process or a name that is too long.
    private static func mayPass(_ code: Int32) -> Bool {
        switch code {
        case ENOSPC, EDQUOT, EROFS, EIO, ENODEV, ENXIO, ESTALE, EUCLEAN, ENOENT, ENOTDIR, EACCES, EPERM: true
        default: false
        }
    }

    /// Cuts what a failed write may have left behind the last whole record, and forgets where records were: some of them
    /// are not there. A file that has been taken away begins anew, and what it had is lost.
    private mutating func resumeFile(_ file: Int) -> Bool {
        let end = files[file].endOffset
        if onDisk(file) {
            let length = Int64(end - files[file].partStart) + Int64(PcapFormat.fileHeaderLength)
            do throws(SystemCall.Failure) {
                try directories.with(fileDetails[file].openName) { (directory, name) throws(SystemCall.Failure) in
                    let descriptor = try SystemCall.open(at: directory, name, O_WRONLY)
                    defer { SystemCall.close(descriptor) }
                    if try SystemCall.status(of: descriptor).st_size > length {
                        try SystemCall.truncate(descriptor, to: length)
                    }
                }
            } catch {
                guard error.code == ENOENT else {
                    directory.note(error)
                    return false
                }
                forgetParts(file)
            }
        }
        files[file].bufferStart = files[file].endOffset
        files[file].lastOffset = files[file].endOffset
        files[file].index.unknownBelow = files[file].lastPosition
        index.clear(&files[file].index)
        return true
    }

    private mutating func forgetParts(_ file: Int) {
        lateRecords -= fileDetails[file].late.count
        fileDetails[file].late.removeAll()
        fileDetails[file].orderByTimestamp = false
        fileDetails[file].parts.removeAll()
        fileDetails[file].openName = .none
        fileDetails[file].part = 0
        counters.recordsLost += files[file].packets
        setDetails[Int(files[file].set)].packetsLost += files[file].packets
        files[file].packets = 0
        files[file].endOffset = 0
        files[file].partStart = 0
    }
}
