/// A growing row of values with one owner, each row's beginning on a cache line's.
///
/// An array would do, but before it changes an element it asks whether it is shared: a call, with all registers saved around
/// it, which was 30 of 130 instructions of an append. Its elements begin 32 bytes behind wherever the allocator put it,
/// so that an element of 64 bytes always takes two cache lines. And it grows by copying all it has, which stops everything
/// for as long as that takes. This table has one owner by its type. Indices are checked.
///
/// Why @safe holds: `elements` is memory of the table's own for `capacity` elements, of which the first `used` have been
/// written; an index is compared with `used` before it becomes an address, and `grow` and `deinit`, which give memory
/// back, run when nothing can be borrowed from it. An element may lie elsewhere after `grow`, as one of an array may: no value
/// knows its own address but one with a weak reference, and there is none of those in a table.
@safe
@frozen
public struct OwnedTable<Element>: ~Copyable {
    @usableFromInline var used = 0
    @usableFromInline var capacity = 0
    @usableFromInline var elements: UnsafeMutablePointer<Element>?

    @inlinable
    public init() {}

    @inlinable
    deinit {
        guard let elements = unsafe elements else { return }
        unsafe elements.deinitialize(count: used)
        unsafe TableMemory.free(UnsafeMutableRawPointer(elements), capacity * MemoryLayout<Element>.stride)
    }

    @inlinable public var count: Int { used }
    @inlinable public var isEmpty: Bool { used == 0 }

    @inlinable
    public subscript(index: Int) -> Element {
        @inline(__always) unsafeAddress { unsafe UnsafePointer(address(of: index)) }
        @inline(__always) unsafeMutableAddress { unsafe address(of: index) }
    }

    /// For the `unsafeAddress` of who keeps the table in itself: to yield an element would copy it.
    @inlinable
    @inline(__always)
    @unsafe
    public func address(of index: Int) -> UnsafeMutablePointer<Element> {
        guard UInt(bitPattern: index) < UInt(bitPattern: used), let elements = unsafe elements else { misuse() }
        return unsafe elements + index
    }

    @inlinable
    public mutating func append(_ element: Element) {
        if used == capacity { grow() }
        // `grow` has made room if there was none.
        unsafe elements?.advanced(by: used).initialize(to: element)
        used += 1
    }

    /// All elements at once, for a loop over many of them. The pointer is good for as long as `body` runs, which has the
    /// table to itself.
    @inlinable
    @inline(__always)
    public mutating func withElements<Result>(
        _ body: (UnsafeMutableBufferPointer<Element>) -> Result
    ) -> Result {
        unsafe body(UnsafeMutableBufferPointer(start: elements, count: used))
    }

    /// All elements at once, to look at.
    @inlinable
    public var span: Span<Element> {
        @_lifetime(borrow self)
        get {
            let elements = unsafe Span(_unsafeElements: UnsafeBufferPointer(start: elements, count: used))
            return unsafe _overrideLifetime(elements, borrowing: self)
        }
    }

    @usableFromInline
    mutating func grow() {
        let stride = MemoryLayout<Element>.stride
        let larger = max(64, capacity * 2)
        let memory = unsafe TableMemory.grow(
            UnsafeMutableRawPointer(elements), capacity * stride, used: used * stride, to: larger * stride)
        unsafe elements = memory.assumingMemoryBound(to: Element.self)
        capacity = larger
    }

    /// Indices are slots that the program itself gave out, never numbers from the wire: another one is its own mistake. Out
    /// of line, so that the check costs a comparison.
    @usableFromInline @inline(never)
    func misuse() -> Never { preconditionFailure("index out of range") }
}
