import PacketDecoding
import Tables

/// Which calls named which media endpoints, and how recently.
///
/// An entry per endpoint holds its registrations as a doubly linked list, the one signalled last in front, so that a media
/// server's port shared by thousands of calls costs no more to keep than one named once.
struct EndpointTable {
    struct Registration {
        var entry: Int32
        var call: UInt32
        var previous: Int32
        var next: Int32
        /// When the call signalled it last, nanoseconds.
        var signalledAt: Int64
        /// The call was over (in its grace period) when last asked.
        var isOver: Bool
    }

    struct Entry {
        var endpoint: Endpoint
        var hash: UInt64
        var newest: Int32
        var count: Int32
        /// Registrations of calls that are not over.
        var living: Int32
    }

    private let hash: FlowHash
    private var index = SlotIndex()
    private(set) var entries: [Entry] = []
    private var freeEntries: [Int32] = []
    private(set) var registrations: [Registration] = []
    private var freeRegistrations: [Int32] = []
    private(set) var versions = EndpointVersions()

    init(hash: FlowHash) { self.hash = hash }

    var count: Int { entries.count - freeEntries.count }

    /// The entry of an endpoint, -1 if no call names it.
    func find(_ endpoint: Endpoint) -> Int {
        let hashed = hash(endpoint)
        var position = index.start(hashed)
        while true {
            let slot = index.next(hashed, &position)
            if slot < 0 || entries[slot].endpoint == endpoint { return slot }
        }
    }

    // MARK: Ahead of time

    /// Asks for where an endpoint is looked for, and where its changes are counted.
    func prefetchPlace(of endpoint: Endpoint) {
        let hashed = hash(endpoint)
        index.prefetch(hashed)
        versions.prefetch(hashed)
    }

    func prefetchRegistration(_ number: Int32) { Prefetch.element(Int(number), of: registrations) }

    /// What changing registrations takes: one after the other each would wait for memory three times.
    private func prefetchEntries(_ numbers: TrackedCall.Registrations) {
        guard entries.count > TrackerLimits.callsInCaches else { return }
        for place in numbers.indices {
            Prefetch.element(Int(registrations[Int(numbers[place])].entry), of: entries)
        }
        for place in numbers.indices {
            let hashed = entries[Int(registrations[Int(numbers[place])].entry)].hash
            index.prefetch(hashed)
            versions.prefetch(hashed)
        }
    }

    // MARK: Changing

    /// Registers an endpoint for a call. Returns the registration's number.
    mutating func add(_ endpoint: Endpoint, call: UInt32, at time: Int64) -> Int32 {
        var slot = find(endpoint)
        if slot < 0 {
            let hashed = hash(endpoint)
            let entry = Entry(endpoint: endpoint, hash: hashed, newest: -1, count: 0, living: 0)
            if let free = freeEntries.popLast() {
                slot = Int(free)
                entries[slot] = entry
            } else {
                slot = entries.count
                entries.append(entry)
            }
            index.insert(hashed, slot: slot)
            versions.reserve(endpoints: entries.count)
        }
        let registration = Registration(
            entry: Int32(slot), call: call, previous: -1, next: -1, signalledAt: time, isOver: false)
        let number: Int32
        if let free = freeRegistrations.popLast() {
            number = free
            registrations[Int(number)] = registration
        } else {
            number = Int32(registrations.count)
            registrations.append(registration)
        }
        pushFront(number)
        entries[slot].count += 1
        entries[slot].living += 1
        touchVersion(slot)
        return number
    }

    /// The call signalled the endpoint again.
    mutating func renew(_ number: Int32, at time: Int64) {
        let slot = Int(registrations[Int(number)].entry)
        registrations[Int(number)].signalledAt = time
        if entries[slot].newest != number {
            unlink(number)
            pushFront(number)
        }
        touchVersion(slot)
    }

    mutating func setOver(_ numbers: TrackedCall.Registrations, _ isOver: Bool) {
        prefetchEntries(numbers)
        for number in numbers { setOver(number, isOver) }
    }

    mutating func remove(_ numbers: TrackedCall.Registrations) {
        prefetchEntries(numbers)
        for number in numbers { remove(number) }
    }

    private mutating func setOver(_ number: Int32, _ isOver: Bool) {
        guard registrations[Int(number)].isOver != isOver else { return }
        registrations[Int(number)].isOver = isOver
        let slot = Int(registrations[Int(number)].entry)
        entries[slot].living += isOver ? -1 : 1
        touchVersion(slot)
    }

    private mutating func remove(_ number: Int32) {
        let slot = Int(registrations[Int(number)].entry)
        unlink(number)
        entries[slot].count -= 1
        if !registrations[Int(number)].isOver { entries[slot].living -= 1 }
        freeRegistrations.append(number)
        touchVersion(slot)
        if entries[slot].count == 0 {
            index.remove(entries[slot].hash, slot: slot)
            freeEntries.append(Int32(slot))
        }
    }

    /// What flows remember about an entry may be wrong from now on.
    mutating func touchVersion(_ slot: Int) {
        versions.touch(entries[slot].hash)
    }

    private mutating func pushFront(_ number: Int32) {
        let slot = Int(registrations[Int(number)].entry)
        let old = entries[slot].newest
        registrations[Int(number)].previous = -1
        registrations[Int(number)].next = old
        if old >= 0 { registrations[Int(old)].previous = number }
        entries[slot].newest = number
    }

    private mutating func unlink(_ number: Int32) {
        let registration = registrations[Int(number)]
        if registration.previous >= 0 {
            registrations[Int(registration.previous)].next = registration.next
        } else {
            entries[Int(registration.entry)].newest = registration.next
        }
        if registration.next >= 0 { registrations[Int(registration.next)].previous = registration.previous }
    }
}
