import Glibc

/// Pages of 2 MiB for large tables that are looked up all over: with small ones each look-up also misses the processor's table
/// of pages.
@usableFromInline
enum HugePages {
    @usableFromInline static var size: Int { 2 << 20 }

    /// Advice only; a kernel without huge pages goes on as before.
    @usableFromInline
    static func advise(_ memory: UnsafeMutableRawPointer, _ byteCount: Int) {
        // The caller's own memory, for as long as the call.
        _ = unsafe madvise(memory, byteCount, MADV_HUGEPAGE)
    }
}
