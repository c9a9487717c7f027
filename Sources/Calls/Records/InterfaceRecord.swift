/// One interface of a live capture, over all the times that it was opened.
public struct InterfaceRecord: Equatable, Sendable {
    public var name: String
    /// `capturing`, `down` (it is there) or `lost` (it is not).
    public var state: String
    /// Handed over to us by the kernel.
    public var packets: UInt64 = 0
    /// What passed the kernel's filter, packets included that it then had to drop.
    public var received: UInt64 = 0
    public var kernelDropped: UInt64 = 0
    public var interfaceDropped: UInt64 = 0
    public var queueDropped: UInt64 = 0
    /// Times it went away, and times it returned and was opened again.
    public var timesLost: UInt64 = 0
    public var timesReopened: UInt64 = 0

    public init(name: String, state: String) {
        self.name = name
        self.state = state
    }
}

extension JSONObject {
    /// Only live captures have interfaces to tell of.
    mutating func add(_ interfaces: [InterfaceRecord]) {
        guard !interfaces.isEmpty else { return }
        key("interfaces", array: interfaces) { array, interface in
            array.element { object in
                object.key("name", string: interface.name)
                object.key("state", string: interface.state)
                object.key("packets", number: interface.packets)
                object.key("received", number: interface.received)
                object.key("dropped") { drops in
                    drops.key("kernel", number: interface.kernelDropped)
                    drops.key("interface", number: interface.interfaceDropped)
                    drops.key("queue", number: interface.queueDropped)
                }
                object.key("lost", number: interface.timesLost)
                object.key("reopened", number: interface.timesReopened)
            }
        }
    }
}
