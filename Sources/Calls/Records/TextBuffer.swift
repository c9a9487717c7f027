/// Text in the making, in memory of its own: what an array checks before each append is checked here once for each piece.
///
/// Safe: the memory is allocated for as long as the value lives, and nothing is read but what was written.
@safe
struct TextBuffer: TextOutput, ~Copyable {
    private var memory: UnsafeMutableBufferPointer<UInt8>
    private var count = 0

    init(capacity: Int) {
        unsafe memory = .allocate(capacity: max(capacity, 64))
    }

    deinit { unsafe memory.deallocate() }

    /// Appends the text to `bytes`.
    func copy(to bytes: inout [UInt8]) {
        unsafe bytes.append(contentsOf: UnsafeMutableBufferPointer(rebasing: memory[..<count]))
    }

    @inline(__always)
    mutating func withRoom(for most: Int, _ write: (UnsafeMutablePointer<UInt8>) -> Int) {
        if unsafe most > memory.count - count { grow(by: most) }
        // It was allocated with room for 64 bytes at least.
        guard let start = unsafe memory.baseAddress else { return }
        unsafe count += write(start + count)
    }

    @inline(never)
    private mutating func grow(by most: Int) {
        let larger = unsafe UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 2 * memory.count + most)
        // The larger one has room for all of the smaller one.
        _ = unsafe larger.update(fromContentsOf: memory[..<count])
        unsafe memory.deallocate()
        unsafe memory = larger
    }
}
