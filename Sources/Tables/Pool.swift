/// Values that come and go, each at a place that is used again when its value has gone.
public struct Pool<Element: BitwiseCopyable>: ~Copyable {
    private var elements = OwnedTable<Element>()
    private var free: [UInt32] = []

    public init() {}

    public subscript(place: UInt32) -> Element {
        get { elements[Int(place)] }
        @inline(__always) _modify { yield &elements[Int(place)] }
    }

    /// Returns its place. The owner bounds how many there are.
    public mutating func add(_ element: Element) -> UInt32 {
        if let place = free.popLast() {
            elements[Int(place)] = element
            return place
        }
        elements.append(element)
        return UInt32(truncatingIfNeeded: elements.count - 1)
    }

    public mutating func remove(_ place: UInt32) { free.append(place) }
}
