/// A list that is short almost always: its first elements lie in it, where what they belong to lies, and cost no memory of
/// their own; those beyond go to an array.
@frozen
public struct ShortList<let inPlace: Int, Element: BitwiseCopyable & Sendable>: Sendable {
    @usableFromInline var first: InlineArray<inPlace, Element>
    /// Elements in `first`: all of them as long as `more` is needed.
    @usableFromInline var used = 0
    @usableFromInline var more: [Element] = []

    /// An empty list.
    ///
    /// - Parameter filler: for places that have had no element yet.
    @inlinable
    public init(filler: Element) { first = InlineArray(repeating: filler) }

    @inlinable
    public mutating func append(_ element: Element) {
        if used < inPlace {
            first[used] = element
            used &+= 1
        } else {
            more.append(element)
        }
    }

    @inlinable
    public mutating func removeFirst() {
        for index in 1..<Swift.max(used, 1) { first[index &- 1] = first[index] }
        if more.isEmpty { used &-= 1 } else { first[used &- 1] = more.removeFirst() }
    }

    @inlinable
    public mutating func removeAll() {
        used = 0
        more = []
    }
}

extension ShortList: Equatable where Element: Equatable {
    @inlinable
    public static func == (left: ShortList, right: ShortList) -> Bool { left.elementsEqual(right) }
}

extension ShortList: RandomAccessCollection, MutableCollection {
    @inlinable public var startIndex: Int { 0 }
    @inlinable public var endIndex: Int { used &+ more.count }

    @inlinable
    public subscript(index: Int) -> Element {
        get { index < inPlace ? first[kept(index)] : more[index &- inPlace] }
        set { if index < inPlace { first[kept(index)] = newValue } else { more[index &- inPlace] = newValue } }
    }

    /// As that of any collection, without the copy of the list that its iterator is.
    @inlinable
    public func contains(_ element: Element) -> Bool where Element: Equatable {
        for index in 0..<used where first[index] == element { return true }
        return !more.isEmpty && more.contains(element)
    }

    @inlinable
    func kept(_ index: Int) -> Int {
        // Traps as an array does, for the same reason: an index is never a packet's, so one without an element is a mistake of
        // ours, and the filler in its place must not pass for an element.
        precondition(index < used, "no such element")
        return index
    }
}
