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

    @inlinable public var count: Int { used &+ more.count }
    @inlinable public var isEmpty: Bool { used == 0 }
    @inlinable public var indices: Range<Int> { 0..<count }

    @inlinable
    public subscript(index: Int) -> Element {
        get { index < inPlace ? kept(index) : more[index &- inPlace] }
        set {
            if index < inPlace {
                precondition(index < used, "no such element")
                first[index] = newValue
            } else {
                more[index &- inPlace] = newValue
            }
        }
    }

    @inlinable
    func kept(_ index: Int) -> Element {
        precondition(index < used, "no such element")
        return first[index]
    }

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
        for index in indices.dropFirst() { self[index &- 1] = self[index] }
        if more.isEmpty { used &-= 1 } else { more.removeLast() }
    }

    @inlinable
    public mutating func removeAll() {
        used = 0
        more = []
    }

    @inlinable
    public func firstIndex(where isWanted: (Element) -> Bool) -> Int? {
        for index in indices where isWanted(self[index]) { return index }
        return nil
    }

    @inlinable
    public func contains(where isWanted: (Element) -> Bool) -> Bool { firstIndex(where: isWanted) != nil }
}

extension ShortList where Element: Equatable {
    @inlinable
    public func contains(_ element: Element) -> Bool { contains { $0 == element } }
}

extension Array where Element: BitwiseCopyable & Sendable {
    @inlinable
    public init<let inPlace: Int>(_ list: ShortList<inPlace, Element>) {
        self = list.indices.map { list[$0] }
    }
}
