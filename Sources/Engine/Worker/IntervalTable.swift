import RTP

/// The intervals of a worker's streams, apart from these: a stream has a place here only once an interval of it has ended,
/// so that the packet path does not carry them along and short streams have none.
struct IntervalTable {
    private var all: [StreamIntervals] = []
    private var free: [Int32] = []

    subscript(place: Int32) -> StreamIntervals {
        _read { yield all[Int(place)] }
        _modify { yield &all[Int(place)] }
    }

    mutating func add(_ intervals: StreamIntervals) -> Int32 {
        if let reused = free.popLast() {
            all[Int(reused)] = intervals
            return reused
        }
        all.append(intervals)
        return Int32(all.count - 1)
    }

    /// - Parameter place: -1 is none.
    mutating func remove(_ place: Int32) {
        guard place >= 0 else { return }
        // Gives its memory back.
        all[Int(place)] = StreamIntervals(start: 0)
        free.append(place)
    }
}

extension StreamTable {
    /// Gives a packet to the stream's statistics; from the end of the present interval on that interval is put by first.
    @inline(__always)
    mutating func measure(_ slot: Int, arrival: Int64, _ receive: (inout StreamStatistics) -> Void) {
        if arrival < streams[slot].intervalEnd {
            receive(&streams[slot].statistics)
        } else {
            endInterval(slot, arrival: arrival, receive)
        }
    }

    @inline(never)
    private mutating func endInterval(_ slot: Int, arrival: Int64, _ receive: (inout StreamStatistics) -> Void) {
        guard streams[slot].statistics.packets > 0 else {
            streams[slot].intervalEnd = StreamIntervals.firstEnd(arrival)
            receive(&streams[slot].statistics)
            return
        }
        if streams[slot].intervals < 0 {
            streams[slot].intervals = intervals.add(StreamIntervals(start: streams[slot].statistics.firstArrival))
        }
        streams[slot].intervalEnd = intervals[streams[slot].intervals].receive(
            &streams[slot].statistics, arrival: arrival, receive)
    }

    /// All intervals of a stream that has had a packet.
    func intervals(of slot: Int) -> (length: Int64, figures: [IntervalFigures]) {
        let place = streams[slot].intervals
        return place >= 0
            ? intervals[place].all(streams[slot].statistics) : StreamIntervals.only(streams[slot].statistics)
    }
}
