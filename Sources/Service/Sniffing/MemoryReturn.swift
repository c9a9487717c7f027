import Engine

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

    // malloc.h, which the Glibc module leaves out: M_ARENA_MAX, M_MMAP_THRESHOLD, M_TRIM_THRESHOLD.
    private static let arenaMost: Int32 = -8
    private static let mappingThreshold: Int32 = -3
    private static let trimThreshold: Int32 = -1
}

/// https://man7.org/linux/man-pages/man3/mallopt.3.html
@_silgen_name("mallopt")
private func setAllocatorOption(_ option: Int32, _ value: Int32) -> Int32
