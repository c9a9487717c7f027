import CLinux
import Glibc

/// Memory of tables that grow: the allocator's while it is little, then pages of its own, which are moved to where there is room
/// for more without being copied. So a table of hundreds of megabytes grows as fast as a small one, and never takes its
/// room twice.
@usableFromInline
enum TableMemory {
    private static var hugePage: Int { 2 << 20 }
    /// From so many bytes on it is pages, from so many on huge ones: a large table is looked up all over, and with small ones each
    /// look-up also misses the processor's table of pages.
    private static var leastPages: Int { 128 << 10 }
    private static var leastHugePages: Int { 4 * hugePage }

    /// Memory of `byteCount` bytes that begins with the `used` bytes of `old`, which had `oldCount` and is gone afterwards.
    @inline(never)
    @unsafe
    static func grow(
        _ old: UnsafeMutableRawPointer?, _ oldCount: Int, used: Int, to byteCount: Int
    ) -> UnsafeMutableRawPointer {
        guard let old = unsafe old else { return unsafe allocate(byteCount) }
        if let moved = unsafe move(old, oldCount, to: byteCount) { return unsafe moved }
        let new = unsafe allocate(byteCount)
        unsafe new.copyMemory(from: old, byteCount: used)
        unsafe free(old, oldCount)
        return unsafe new
    }

    @usableFromInline
    @unsafe
    static func free(_ memory: UnsafeMutableRawPointer, _ byteCount: Int) {
        if byteCount < leastPages { unsafe memory.deallocate() } else { unsafe munmap(memory, byteCount) }
    }

    private static func allocate(_ byteCount: Int) -> UnsafeMutableRawPointer {
        if byteCount < leastPages { return .allocate(byteCount: byteCount, alignment: 64) }
        return unsafe byteCount < leastHugePages ? map(byteCount) : mapHuge(byteCount)
    }

    /// Nil where pages cannot be moved: they have to be copied.
    private static func move(
        _ old: UnsafeMutableRawPointer, _ oldCount: Int, to byteCount: Int
    ) -> UnsafeMutableRawPointer? {
        if oldCount >= leastHugePages {
            // They stay huge when the new place is aligned as the old one is.
            let place = unsafe mapHuge(byteCount)
            if let moved = unsafe memory_move(old, oldCount, byteCount, place) { return unsafe moved }
            unsafe munmap(place, byteCount)
            return nil
        }
        // What becomes huge is copied, once.
        guard oldCount >= leastPages, byteCount < leastHugePages else { return nil }
        return unsafe memory_move(old, oldCount, byteCount, nil)
    }

    private static func map(_ byteCount: Int) -> UnsafeMutableRawPointer {
        let memory = unsafe mmap(nil, byteCount, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
        guard let memory = unsafe memory, unsafe memory != MAP_FAILED else {
            // As the allocator does: what tables may grow to is bounded, and without it nothing can go on.
            preconditionFailure("out of memory")
        }
        return unsafe memory
    }

    /// Beginning where a huge page does; what is left on both sides is given back.
    private static func mapHuge(_ byteCount: Int) -> UnsafeMutableRawPointer {
        let page = Int(getpagesize())
        let room = (byteCount + page - 1) / page * page
        let all = unsafe map(room + hugePage)
        let memory = unsafe all.alignedUp(toMultipleOf: hugePage)
        let before = unsafe memory - all
        if before > 0 { unsafe munmap(all, before) }
        unsafe munmap(memory + room, hugePage - before)
        // Advice only; a kernel without huge pages goes on as before.
        unsafe madvise(memory, room, MADV_HUGEPAGE)
        return unsafe memory
    }
}
