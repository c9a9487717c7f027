extension PacketBatch {
    /// Puts a packet that had no room in the batch before into this empty one; returns the first free byte.
    mutating func appendFirst(_ packet: CapturedPacket, _ packetBytes: [UInt8]) -> Int {
        growArena(to: packetBytes.count)
        bytes.replaceSubrange(0..<packetBytes.count, with: packetBytes)
        var first = packet
        first.offset = 0
        packets.append(first)
        return packetBytes.count
    }

    /// Puts a packet behind `end`, the first free byte of the arena; false if it does not fit.
    mutating func append(_ packet: CapturedPacket, _ packetBytes: [UInt8], at end: Int) -> Bool {
        guard packetBytes.count <= bytes.count - end else { return false }
        bytes.replaceSubrange(end..<(end + packetBytes.count), with: packetBytes)
        packets.append(packet)
        return true
    }

    /// Merges the packets of several devices by time: stable, and never changing the order within one run.
    ///
    /// - Parameter starts: where each run begins, ascending, the first at 0 or behind a packet left from before.
    mutating func mergeRuns(startingAt starts: [Int]) {
        let isInOrder = starts.allSatisfy { start in
            start == 0 || start >= packets.count || packets[start - 1].timestamp <= packets[start].timestamp
        }
        guard !isInOrder else { return }
        var merged: [CapturedPacket] = []
        for (index, start) in starts.enumerated() {
            let end = index + 1 < starts.count ? starts[index + 1] : packets.count
            // What stands before the first run is a run too.
            if index == 0, start > 0 { merged.append(contentsOf: packets[..<start]) }
            merged = PacketBatch.merge(merged, packets[start..<end])
        }
        packets.replaceSubrange(packets.indices, with: merged)
    }

    private static func merge(
        _ left: [CapturedPacket], _ right: ArraySlice<CapturedPacket>
    ) -> [CapturedPacket] {
        var merged: [CapturedPacket] = []
        merged.reserveCapacity(left.count + right.count)
        var (first, second) = (left.startIndex, right.startIndex)
        while first < left.endIndex, second < right.endIndex {
            if right[second].timestamp < left[first].timestamp {
                merged.append(right[second])
                second += 1
            } else {
                merged.append(left[first])
                first += 1
            }
        }
        merged.append(contentsOf: left[first...])
        merged.append(contentsOf: right[second...])
        return merged
    }
}
