import PacketDecoding
import Tables

/// Which calls named which media endpoints, and how recently.
///
/// A registration is a call's naming of one or both ports of a pair. Those of one pair are a doubly linked list, the one
/// signalled last in front, so that a media server's port shared by thousands of calls costs no more to keep than one named
/// once. The index finds the one in front, which counts them all: a pair that one call names, as nearly every one, lies in
/// one place, and takes one cache line.
struct EndpointTable: ~Copyable {
    struct Registration: BitwiseCopyable {
        let pair: PortPair
        fileprivate(set) var ports: PortSet
        /// The call was over (in its grace period) when last asked.
        fileprivate(set) var isOver: Bool
        let call: UInt32
        let hash: UInt64
        /// When the call signalled it last, nanoseconds.
        fileprivate(set) var signalledAt: Int64
        /// -1 in front.
        fileprivate(set) var previous: Int32 = -1
        /// -1 at the end.
        fileprivate(set) var next: Int32 = -1
        /// Of the one in front: how many name each of the two ports, and how many of them are not over.
        fileprivate(set) var named = InlineArray<2, UInt32>(repeating: 0)
        fileprivate(set) var living = InlineArray<2, UInt32>(repeating: 0)

        fileprivate mutating func count(_ ports: PortSet, _ step: UInt32, isOver: Bool) {
            for side in 0..<2 where ports.contains(side: side) {
                named[side] &+= step
                if !isOver { living[side] &+= step }
            }
        }
    }

    private let hash: FlowHash
    private var index = SlotIndex()
    private var registrations = OwnedTable<Registration>()
    private var free: [Int32] = []
    private(set) var versions = EndpointVersions()

    init(hash: FlowHash) { self.hash = hash }

    // An address within the table, for as long as this is borrowed: to yield the element would copy it.
    subscript(number: Int32) -> Registration {
        @inline(__always) unsafeAddress { unsafe UnsafePointer(registrations.address(of: Int(number))) }
    }

    /// The registration of a pair in front, -1 if no call names it.
    func find(_ pair: PortPair, _ hashed: UInt64) -> Int32 {
        var position = index.start(hashed)
        while true {
            let number = index.next(hashed, &position)
            if number < 0 || registrations[number].pair == pair { return Int32(truncatingIfNeeded: number) }
        }
    }

    /// The registration in front of an endpoint's pair, -1 if no call names the endpoint.
    func find(_ endpoint: Endpoint) -> Int32 {
        let pair = PortPair(endpoint)
        let front = find(pair, hash(pair))
        return front >= 0 && registrations[Int(front)].named[PortPair.side(endpoint.port)] > 0 ? front : -1
    }

    /// The registration in front of another's list.
    func front(of number: Int32) -> Int32 {
        let registration = registrations[Int(number)]
        return registration.previous < 0 ? number : find(registration.pair, registration.hash)
    }

    // MARK: Ahead of time

    /// Asks for where a pair is looked for, and where its changes are counted.
    func prefetchPlace(_ hashed: UInt64) {
        index.prefetch(hashed)
        versions.prefetch(hashed)
    }

    func prefetch(_ number: Int32) { registrations.prefetch(Int(number)) }

    /// What changing registrations takes: one after the other each would wait for memory.
    private func prefetch(_ numbers: TrackedCall.Registrations) {
        guard registrations.count > TrackerLimits.callsInCaches else { return }
        for place in numbers.indices { prefetch(numbers[place]) }
        for place in numbers.indices { prefetchPlace(registrations[Int(numbers[place])].hash) }
    }

    // MARK: Changing

    /// Registers ports for a call. Returns the registration's number.
    mutating func add(_ named: MediaPorts, call: UInt32, isOver: Bool, at time: Int64) -> Int32 {
        let new = Registration(
            pair: named.pair, ports: named.ports, isOver: isOver, call: call, hash: named.hash, signalledAt: time)
        let number: Int32
        if let reused = free.popLast() {
            number = reused
            registrations[Int(number)] = new
        } else {
            number = Int32(registrations.count)
            registrations.append(new)
        }
        let front = find(named.pair, named.hash)
        if front >= 0 {
            pushFront(number, before: front)
        } else {
            index.insert(named.hash, slot: Int(number))
            versions.reserve(pairs: index.count)
        }
        registrations[Int(number)].count(named.ports, 1, isOver: isOver)
        versions.touch(named.hash)
        return number
    }

    /// The call signalled the pair again. Returns those of the ports that it had not named before.
    mutating func renew(_ number: Int32, _ ports: PortSet, at time: Int64) -> PortSet {
        let front = front(of: number)
        if front != number {
            unlink(number)
            pushFront(number, before: front)
        }
        let new = ports.subtracting(registrations[Int(number)].ports)
        registrations[Int(number)].signalledAt = time
        registrations[Int(number)].ports.formUnion(new)
        registrations[Int(number)].count(new, 1, isOver: registrations[Int(number)].isOver)
        touchVersion(number)
        return new
    }

    mutating func setOver(_ numbers: TrackedCall.Registrations, _ isOver: Bool) {
        prefetch(numbers)
        for place in numbers.indices { setOver(numbers[place], isOver) }
    }

    mutating func remove(_ numbers: TrackedCall.Registrations) {
        prefetch(numbers)
        for place in numbers.indices { remove(numbers[place]) }
    }

    private mutating func setOver(_ number: Int32, _ isOver: Bool) {
        let registration = registrations[Int(number)]
        guard registration.isOver != isOver else { return }
        let front = Int(front(of: number))
        registrations[front].count(registration.ports, 0 &- 1, isOver: registration.isOver)
        registrations[front].count(registration.ports, 1, isOver: isOver)
        registrations[Int(number)].isOver = isOver
        touchVersion(number)
    }

    private mutating func remove(_ number: Int32) {
        let registration = registrations[Int(number)]
        let front = Int(front(of: number))
        registrations[front].count(registration.ports, 0 &- 1, isOver: registration.isOver)
        if registration.previous >= 0 {
            unlink(number)
        } else if registration.next >= 0 {
            registrations[Int(registration.next)].previous = -1
            putInFront(registration.next, of: number)
        } else {
            index.remove(registration.hash, slot: Int(number))
        }
        free.append(number)
        versions.touch(registration.hash)
    }

    /// What flows remember about the pair may be wrong from now on.
    mutating func touchVersion(_ number: Int32) { versions.touch(registrations[Int(number)].hash) }

    private mutating func pushFront(_ number: Int32, before front: Int32) {
        registrations[Int(number)].previous = -1
        registrations[Int(number)].next = front
        registrations[Int(front)].previous = number
        putInFront(number, of: front)
    }

    /// The index finds `number` from now on, and it counts.
    private mutating func putInFront(_ number: Int32, of old: Int32) {
        registrations[Int(number)].named = registrations[Int(old)].named
        registrations[Int(number)].living = registrations[Int(old)].living
        index.replace(registrations[Int(number)].hash, slot: Int(old), by: Int(number))
    }

    /// Takes one that is not in front out of its list.
    private mutating func unlink(_ number: Int32) {
        let (previous, next) = (registrations[Int(number)].previous, registrations[Int(number)].next)
        registrations[Int(previous)].next = next
        if next >= 0 { registrations[Int(next)].previous = previous }
    }
}
