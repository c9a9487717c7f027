/// Finds the slot of a key: open addressing with linear probing, at most half full, and no tombstones.
struct FragmentTable {
    /// Slot number plus one; 0 is an empty place.
    private var places: [UInt32]
    private let mask: Int

    init(maxSlots: Int) {
        var size = 16
        while size < 2 * maxSlots { size *= 2 }
        places = Array(repeating: 0, count: size)
        mask = size - 1
    }

    func find(_ key: FragmentKey, hash: UInt64, in slots: [DatagramSlot]) -> Int? {
        var place = home(hash)
        while places[place] != 0 {
            let slot = Int(places[place]) - 1
            if slots[slot].hash == hash, slots[slot].key == key { return slot }
            place = (place + 1) & mask
        }
        return nil
    }

    /// The key must not be in the table yet.
    mutating func insert(_ slot: Int, hash: UInt64) {
        var place = home(hash)
        while places[place] != 0 { place = (place + 1) & mask }
        places[place] = UInt32(slot) + 1
    }

    /// Moves the entries behind the gap back, as far as their home allows, so that no probe stops too early.
    mutating func remove(_ slot: Int, in slots: [DatagramSlot]) {
        var gap = home(slots[slot].hash)
        while places[gap] != UInt32(slot) + 1 {
            guard places[gap] != 0 else { return }
            gap = (gap + 1) & mask
        }
        var place = (gap + 1) & mask
        while places[place] != 0 {
            let distance = (place - home(slots[Int(places[place]) - 1].hash)) & mask
            if distance >= (place - gap) & mask {
                places[gap] = places[place]
                gap = place
            }
            place = (place + 1) & mask
        }
        places[gap] = 0
    }

    private func home(_ hash: UInt64) -> Int { Int(truncatingIfNeeded: hash) & mask }
}
