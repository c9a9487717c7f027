import Synchronization

/// Whether anything is written at all. A live capture's gate closes when the disk is full, read-only or gone, and opens
/// when it can be written again; the packet path goes on meanwhile, without a system call.
public final class WriteGate: Sendable {
    /// `errno` of what closed it; 0 while it is open.
    private let code = Atomic<Int32>(0)
    private let closedTimes = Atomic<UInt64>(0)

    /// Why it is closed.
    public var reason: Int32? {
        let code = code.load(ordering: .acquiring)
        return code == 0 ? nil : code
    }

    /// How often it has been closed.
    public var closings: UInt64 { closedTimes.load(ordering: .relaxed) }

    func close(_ reason: Int32) {
        let (wasOpen, _) = code.compareExchange(expected: 0, desired: reason, ordering: .acquiringAndReleasing)
        if wasOpen { closedTimes.add(1, ordering: .relaxed) }
    }

    func open() { code.store(0, ordering: .releasing) }
}
