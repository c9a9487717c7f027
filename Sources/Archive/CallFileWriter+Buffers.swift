/// Which files have a buffer. A file has one exactly while it has records that are not on disk; the list of these files is
/// in the order in which their oldest such record came, so its head is both the one to flush first by age and the
/// idlest or fullest: the one whose buffer is taken when another file needs one.
extension CallFileWriter {
    /// Buffers taken from other files in the attempt to serve one request, before writing through.
    private static var evictionLimit: Int { 4 }
    /// 16 KiB: files that are longer are written more than once anyway.
    private static var largestGrown: Int { 4 }

    /// The size of buffers to give out now: an even share of the budget, between the arena's smallest and largest block.
    private var preferredOrder: Int {
        let share = arena.byteCount / max(openFiles, 1) / BufferArena.smallestBlock
        guard share > 1 else { return 0 }
        return min(BufferArena.orders - 1, Int.bitWidth - 1 - share.leadingZeroBitCount)
    }

    /// Sees to it that the buffer has `length` bytes of room, if need be by flushing it or taking one from another file.
    /// False when the record must be written without; or the file's set has failed.
    mutating func makeRoom(_ file: Int, for length: Int) -> Bool {
        if files[file].hasBuffer {
            if files[file].block.byteCount - files[file].used >= length { return true }
            // What is on disk already leaves some room to files that are not.
            if !onDisk(file) || arena.used < arena.byteCount / 8 * 7, grow(file, for: length) { return true }
            guard flush(file) else { return false }
        }
        let header = onDisk(file) ? 0 : PcapFormat.fileHeaderLength
        guard let block = takeBlock(for: length + header) else { return false }
        files[file].block = block
        files[file].bufferStart = files[file].endOffset
        files[file].used = header
        if header > 0 {
            unsafe storeFileHeader(linkType: files[file].linkType, at: arena.memory(of: block))
        }
        linkNewest(file)
        updateRoom(file)
        return true
    }

    /// Moves what is in the buffer to one of twice the size, if there is such a block. A short call is written once then, when
    /// it ends, though there are more files than room for one so large each: most of them are shorter still.
    private mutating func grow(_ file: Int, for length: Int) -> Bool {
        let (old, used) = (files[file].block, files[file].used)
        let order = Int(old.order) + 1
        guard order <= Self.largestGrown, BufferArena.smallestBlock << order - used >= length,
            let larger = arena.allocate(order: order)
        else { return false }
        // Both blocks are ours, and the larger one has room for what was in the other.
        unsafe arena.memory(of: larger).copyMemory(from: arena.memory(of: old), byteCount: used)
        files[file].block = larger
        files[file].used = used
        arena.free(old)
        updateRoom(file)
        return true
    }

    /// Writes the file header; the caller has made sure of 24 bytes.
    func storeFileHeader(linkType: UInt32, at memory: UnsafeMutableRawPointer) {
        let (first, second, third) = PcapFormat.fileHeader(
            nanoseconds: options.nanoseconds, snapLength: UInt32(longestRecord), linkType: linkType)
        unsafe memory.storeBytes(of: first.littleEndian, as: UInt64.self)
        unsafe memory.storeBytes(of: second.littleEndian, toByteOffset: 8, as: UInt64.self)
        unsafe memory.storeBytes(of: third.littleEndian, toByteOffset: 16, as: UInt64.self)
    }

    private mutating func takeBlock(for length: Int) -> BufferArena.Block? {
        let smallest = (0..<BufferArena.orders).first { BufferArena.smallestBlock << $0 >= length }
        guard let smallest else { return nil }
        let preferred = max(preferredOrder, smallest)
        for _ in 0...Self.evictionLimit {
            for order in stride(from: preferred, through: smallest, by: -1) {
                if let block = arena.allocate(order: order) { return block }
            }
            guard oldestBuffered != OpenFile.none else { return nil }
            counters.buffersTaken += 1
            _ = flush(Int(oldestBuffered))
        }
        return nil
    }

    func onDisk(_ file: Int) -> Bool { fileDetails[file].parts.count > fileDetails[file].part }

    /// Gives the buffer back without writing it.
    mutating func dropBuffer(_ file: Int) {
        guard files[file].hasBuffer else { return }
        unlink(file)
        arena.free(files[file].block)
        files[file].block = BufferArena.Block(unit: OpenFile.none, order: 0)
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
