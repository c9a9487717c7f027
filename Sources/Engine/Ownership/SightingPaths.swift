/// By which way each of a flow's recent packets came: kept once there was more than one way.
struct SightingPaths: BitwiseCopyable {
    /// Of the sightings in `Flow.recent`, one by one.
    private var paths: InlineArray<8, UInt32>

    static let copyWindow: UInt64 = 10_000_000
    static let originWindow: UInt64 = 6 * copyWindow

    /// - Parameter only: the way of all packets until now.
    init(only: UInt32) { paths = InlineArray(repeating: only) }

    /// Notes a packet and tells whether it is a copy: the same bytes within 10 ms by another path.
    mutating func isCopy(_ flow: inout Flow, _ sighting: Flow.Sighting, _ path: UInt32) -> Bool {
        let found = isKnown(flow, sighting, path)
        paths[Int(flow.nextSighting & Flow.sightingMask)] = path
        flow.remember(sighting)
        return found
    }

    private func isKnown(_ flow: Flow, _ sighting: Flow.Sighting, _ path: UInt32) -> Bool {
        // The path on which the bytes were seen first is where they really come: there they are sent again, never copied.
        // Another path brings as many copies as that one brought packets; what is more was sent again as well.
        // Older sightings than the window's say which path that was.
        var origin: UInt32?
        var onOrigin = 0
        var onThisPath = 0
        var cameByAnotherPath = false
        for step in 0..<UInt8(flow.recent.count) {
            let place = Int((flow.nextSighting &+ step) & Flow.sightingMask)
            let seen = flow.recent[place]
            let age = seen.age(at: sighting)
            guard seen.hasFingerprint(of: sighting), age < SightingPaths.originWindow else { continue }
            if origin == nil { origin = paths[place] }
            if paths[place] == origin { onOrigin += 1 }
            if paths[place] == path {
                onThisPath += 1
            } else if age < SightingPaths.copyWindow {
                cameByAnotherPath = true
            }
        }
        guard cameByAnotherPath, origin != path else { return false }
        return onThisPath < onOrigin
    }
}
