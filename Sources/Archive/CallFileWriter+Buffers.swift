/// Which files have a buffer. A file has one exactly while it has records that are not on disk; the list of these files is
/// in the order in which their oldest such record came, so its head is both the one to flush first by age and the
/// idlest or fullest: the one whose buffer is taken when another file needs one. A buffer is as long as what is in it, in
/// blocks, so of many files the fullest has twice its share when it is written.
extension CallFileWriter {
    /// Buffers taken from other files in the attempt to serve one request, before writing through.
    private static var evictionLimit: Int { 4 }
    /// A buffer that has as much is written: more in one write gains nothing.
    static var mostBuffered: Int { BufferArena.largestBlock }
    /// Blocks that a file's even share of the budget makes. Few waste the room that is left in the last one, many cost the
    /// slow way more often.
    private static var blocksPerShare: Int { 4 }

    /// The size of blocks to give out now, by the number of open files.
    private var preferredOrder: Int {
        let units = arena.byteCount / max(openFiles, 1) / Self.blocksPerShare / BufferArena.smallestBlock
        guard units > 1 else { return 0 }
        return min(BufferArena.orders - 1, Int.bitWidth - 1 - units.leadingZeroBitCount)
    }

    /// Sees to it that the buffer's last block has `length` bytes of room, if need be by writing this file's or another's buffer.
    /// False when the record must be written without one, and then there is none; or the file's set has failed.
    mutating func makeRoom(_ file: Int, for length: Int) -> Bool {
        if files[file].hasBuffer {
            if files[file].block.byteCount - files[file].used >= length { return true }
            if files[file].buffered + length > Self.mostBuffered, !flush(file) { return false }
        }
        for _ in 0...Self.evictionLimit {
            // The oldest buffer may have been this file's.
            let header = files[file].hasBuffer || onDisk(file) ? 0 : PcapFormat.fileHeaderLength
            if let block = takeBlock(for: length + header) {
                attach(block, to: file, header: header)
                return true
            }
            guard oldestBuffered != OpenFile.none else { return false }
            flushOldest()
            if sets[Int(files[file].set)].state != .open { return false }
        }
        _ = flush(file)
        return false
    }

    /// Takes its buffer from the file that has had one for longest.
    mutating func flushOldest() {
        counters.buffersTaken += 1
        _ = flush(Int(oldestBuffered))
    }

    private mutating func attach(_ block: BufferArena.Block, to file: Int, header: Int) {
        if files[file].hasBuffer {
            arena[chain: files[file].block] = BufferArena.Link(next: block, stored: files[file].used)
        } else {
            files[file].firstBlock = block
            files[file].bufferStart = files[file].endOffset
            files[file].headerBytes = UInt8(header)
            linkNewest(file)
        }
        files[file].block = block
        files[file].used = header
        if header > 0 {
            unsafe storeFileHeader(linkType: files[file].linkType, at: arena.memory(of: block))
        }
        updateRoom(file)
    }

    /// A free block of the preferred size, or of the next smaller one with room for `length` bytes.
    mutating func takeBlock(for length: Int) -> BufferArena.Block? {
        let smallest = (0..<BufferArena.orders).first { BufferArena.smallestBlock << $0 >= length }
        guard let smallest else { return nil }
        for order in stride(from: max(preferredOrder, smallest), through: smallest, by: -1) {
            if let block = arena.allocate(order: order) { return block }
        }
        return nil
    }

    /// Writes the file header; the caller has made sure of 24 bytes.
    func storeFileHeader(linkType: UInt32, at memory: UnsafeMutableRawPointer) {
        let (first, second, third) = PcapFormat.fileHeader(
            nanoseconds: options.nanoseconds, snapLength: UInt32(longestRecord), linkType: linkType)
        unsafe memory.storeBytes(of: first.littleEndian, as: UInt64.self)
        unsafe memory.storeBytes(of: second.littleEndian, toByteOffset: 8, as: UInt64.self)
        unsafe memory.storeBytes(of: third.littleEndian, toByteOffset: 16, as: UInt64.self)
    }

    func onDisk(_ file: Int) -> Bool { fileDetails[file].parts.count > fileDetails[file].part }

    /// Gives the buffer back without writing it.
    mutating func dropBuffer(_ file: Int) {
        guard files[file].hasBuffer else { return }
        unlink(file)
        var block = files[file].firstBlock
        while block != files[file].block {
            let next = arena[chain: block].next
            arena.free(block)
            block = next
        }
        arena.free(block)
        files[file].firstBlock = .none
        files[file].block = .none
        files[file].headerBytes = 0
        files[file].used = 0
        files[file].room = 0
        files[file].bufferStart = files[file].endOffset
    }

    private mutating func linkNewest(_ file: Int) {
        files[file].bufferedSince = wallTime
        files[file].older = newestBuffered
        files[file].newer = OpenFile.none
        if newestBuffered == OpenFile.none {
            oldestBuffered = Int32(file)
        } else {
            files[Int(newestBuffered)].newer = Int32(file)
        }
        newestBuffered = Int32(file)
    }

    private mutating func unlink(_ file: Int) {
        let (older, newer) = (files[file].older, files[file].newer)
        if older == OpenFile.none { oldestBuffered = newer } else { files[Int(older)].newer = newer }
        if newer == OpenFile.none { newestBuffered = older } else { files[Int(newer)].older = older }
    }
}
