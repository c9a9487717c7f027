import CProcessor

/// Asks for memory ahead of its turn, so that it is in the cache by then. Only a hint: it changes nothing, and neither does an
/// address where nothing is.
public enum Prefetch {
    @usableFromInline static var cacheLine: Int { 64 }

    /// The first `byteCount` bytes of an element, if there is such an element.
    @inlinable
    @inline(__always)
    public static func element<Element>(_ index: Int, of array: [Element], byteCount: Int = MemoryLayout<Element>.size)
    {
        guard index >= 0, index < array.count else { return }
        // Addresses within the array, for no access.
        unsafe array.withUnsafeBufferPointer { elements in
            guard let base = elements.baseAddress else { return }
            unsafe lines(UnsafeRawPointer(base + index), byteCount)
        }
    }

    /// The beginning of an array, which says how long it is, and its first elements. Asking the array where they are would count
    /// a reference to it there, and so be the access itself; `inout` only for that. Nothing is changed.
    @inlinable
    @inline(__always)
    public static func beginning<Element>(of array: inout [Element]) {
        // An array is a pointer to its object. Would it be something else one day, that would be asked for.
        guard MemoryLayout<[Element]>.size == MemoryLayout<UInt>.size else { return }
        unsafe withUnsafePointer(to: &array) { array in
            unsafe lines(UnsafeRawPointer(array).load(as: UnsafeRawPointer.self), 2 * cacheLine)
        }
    }

    /// The cache line of an address. It is no access: nothing has to be there.
    @inlinable
    @inline(__always)
    public static func line(at address: UnsafeRawPointer) { unsafe processor_prefetch(address) }

    @inlinable
    @inline(__always)
    static func lines(_ start: UnsafeRawPointer, _ byteCount: Int) {
        var offset = 0
        while offset < byteCount {
            unsafe line(at: start + offset)
            offset &+= cacheLine
        }
        if byteCount > 0 { unsafe line(at: start + (byteCount - 1)) }
    }
}

extension OwnedTable {
    /// As `Prefetch.element`.
    @inlinable
    @inline(__always)
    public func prefetch(_ index: Int) {
        guard index >= 0, index < used, let elements = unsafe elements else { return }
        unsafe Prefetch.lines(UnsafeRawPointer(elements + index), MemoryLayout<Element>.size)
    }
}
