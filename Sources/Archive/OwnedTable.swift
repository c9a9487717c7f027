/// A growing row of plain values with one owner.
///
/// An array would do, but before it changes an element it asks whether it is shared: a call, with all registers saved around
/// it, which was 30 of 130 instructions of an append. This table has one owner by its type. Indices are checked.
@safe
struct OwnedTable<Element: BitwiseCopyable>: ~Copyable {
    private(set) var count = 0
    private var capacity = 0
    private var elements: UnsafeMutablePointer<Element>?

    init() {}

    deinit { unsafe elements?.deallocate() }

    subscript(index: Int) -> Element {
        @inline(__always) unsafeAddress {
            guard UInt(bitPattern: index) < UInt(bitPattern: count), let elements = unsafe elements else { misuse() }
            return unsafe UnsafePointer(elements + index)
        }
        @inline(__always) unsafeMutableAddress {
            guard UInt(bitPattern: index) < UInt(bitPattern: count), let elements = unsafe elements else { misuse() }
            return unsafe elements + index
        }
    }

    mutating func append(_ element: Element) {
        if count == capacity { grow() }
        unsafe elements?.advanced(by: count).initialize(to: element)
        count += 1
    }

    private mutating func grow() {
        let larger = max(64, capacity * 2)
        let new = UnsafeMutablePointer<Element>.allocate(capacity: larger)
        if let old = unsafe elements {
            unsafe new.moveInitialize(from: old, count: count)
            unsafe old.deallocate()
        }
        unsafe elements = new
        capacity = larger
    }

    @inline(never)
    private func misuse() -> Never { preconditionFailure("index out of range") }
}
