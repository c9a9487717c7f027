import Engine
import Glibc

/// What is freed goes back to the system: the tables that have grown out of their memory, and with `memory_optimization`
/// smaller things too.
enum MemoryReturn {
    static func apply(_ limits: EngineLimits) {
        // Left alone, the allocator learns from each large block that is freed to keep the next ones.
        guard limits.memoryOptimization else {
            _ = setAllocatorOption(mappingThreshold, 1 << 20)
            _ = setAllocatorOption(trimThreshold, 16 << 20)
            return
        }
        // Every thread would have heaps of its own that grow apart; one of them does for a few threads.
        _ = setAllocatorOption(arenaMost, 1)
        _ = setAllocatorOption(mappingThreshold, 128 << 10)
        _ = setAllocatorOption(trimThreshold, 256 << 10)
    }

    /// Gives back what only the start needed of the program's own code, some 5 MB. It is in the program's file, and comes
    /// back from there where it runs again, which takes 0.7 ms.
    static func releaseCode() {
        guard let program = SystemFile.target("/proc/self/exe"),
            let mappings = SystemFile.text("/proc/self/maps")
        else { return }
        // Bytes, not characters: there are a hundred lines, and finding what is a character costs a tenth of the start.
        for mapping in mappings.utf8.split(separator: UInt8(ascii: "\n")) {
            // `start-end permissions offset device inode path`. What can be executed is never written to, so it is as in the
            // file; what is read only may have been relocated.
            guard mapping.suffix(program.utf8.count).elementsEqual(program.utf8) else { continue }
            let fields = mapping.split(separator: UInt8(ascii: " ")).map { Substring($0) }
            guard fields.count == 6, fields[1] == "r-xp", fields[5] == program else { continue }
            let bounds = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
            guard bounds.count == 2, bounds[0] < bounds[1] else { continue }
            _ = madvise(UnsafeMutableRawPointer(bitPattern: bounds[0]), Int(bounds[1] - bounds[0]), MADV_DONTNEED)
        }
    }

    // malloc.h, which the Glibc module leaves out: M_ARENA_MAX, M_MMAP_THRESHOLD, M_TRIM_THRESHOLD.
    private static let arenaMost: Int32 = -8
    private static let mappingThreshold: Int32 = -3
    private static let trimThreshold: Int32 = -1
}

/// https://man7.org/linux/man-pages/man3/mallopt.3.html
@_silgen_name("mallopt")
private func setAllocatorOption(_ option: Int32, _ value: Int32) -> Int32
