import PacketDecoding

/// One direction of a UDP conversation: what the tracker looks at for every packet of it. Two cache lines, and the second
/// is only written.
struct Flow: BitwiseCopyable {
    /// Both addresses and both ports when they are IPv4, to be compared at once (`PlainUDP`); else 0.
    let addresses: UInt64
    let ports: UInt32
    /// Hashes of the two endpoints' pairs of ports, by which `EndpointVersions` counts their changes.
    let sourceHash: UInt32
    let destinationHash: UInt32
    /// Sum of the two endpoints' versions when the owner was found; another sum means: ask again.
    var version: UInt32 = .max
    /// Slot of the owning call, or one of the constants.
    var owner = Flow.noOwner
    /// Never used again for another pair of endpoints.
    var serial: UInt32
    var lastSeen: Int64
    /// The one path of all sightings, if `paths` is `one`.
    private(set) var path: UInt32 = 0
    private(set) var paths = Paths.none
    private(set) var handling = Handling.ask
    var nextSighting: UInt8 = 0
    /// SSRC and payload type of the last RTP packet handed on, by the short way or the long one, as `PlainKey` has them;
    /// `noFormat` when the next one has to be looked at whatever it is.
    var format = Flow.noFormat
    /// `plain(path)` as long as packets that come by it need nothing but to be handed on or left alone; else 0.
    private(set) var plainPath: UInt32 = 0
    /// `Action.what` of the flow's plain media, for the owner's worker.
    var mediaAction: UInt32 = 0
    /// The last packets, to recognise copies of them.
    var recent = InlineArray<8, Sighting>(repeating: Sighting())

    static let noOwner: Int32 = -1
    static let ambiguous: Int32 = -2
    static let noFormat = UInt64.max
    /// One less than the sightings kept; jitter may bunch several packets of a stream within 10 ms.
    static let sightingMask: UInt8 = 7

    enum Paths: UInt8, BitwiseCopyable {
        case none
        case one
        case several
    }

    /// What becomes of the flow's packets as long as its version is right.
    enum Handling: UInt8, BitwiseCopyable {
        /// It has to be asked for each: undecided (`-u`), or shared among calls, or nobody's.
        case ask
        case wanted
        case notSelected
    }

    init(_ source: Endpoint, _ destination: Endpoint, _ hash: FlowHash, serial: UInt32, now: Int64) {
        let isIPv4 = source.address.isIPv4 && destination.address.isIPv4
        addresses = isIPv4 ? Flow.addresses(source.address, destination.address) : 0
        ports = isIPv4 ? Flow.ports(source.port, destination.port) : 0
        sourceHash = UInt32(truncatingIfNeeded: hash(PortPair(source)))
        destinationHash = UInt32(truncatingIfNeeded: hash(PortPair(destination)))
        self.serial = serial
        lastSeen = now
    }

    /// As `PlainUDP` reads them.
    @inline(__always)
    static func addresses(_ source: IPAddress, _ destination: IPAddress) -> UInt64 {
        (source.low << 32 | destination.low & 0xffff_ffff).bigEndian
    }

    @inline(__always)
    static func ports(_ source: UInt16, _ destination: UInt16) -> UInt32 {
        (UInt32(source) << 16 | UInt32(destination)).bigEndian
    }

    /// Where in `FlowTable.recent` an IPv4 flow is looked for: as many of the upper bits as that has places.
    @inline(__always)
    static func place(_ addresses: UInt64, _ ports: UInt32) -> UInt32 {
        UInt32(truncatingIfNeeded: ((addresses ^ UInt64(ports) << 16) &* 0x9e37_79b9_7f4a_7c15) >> 32)
    }

    /// A packet seen a moment ago, in one word: 38 bits of its fingerprint, and its time in units of 1,024 ns, which go
    /// around in 68 seconds.
    struct Sighting: BitwiseCopyable {
        private var word: UInt64 = 0
        private static let timeMask: UInt64 = 1 << 26 - 1

        init() {}

        @inline(__always)
        init(fingerprint: UInt64, time: Int64) {
            word = fingerprint & ~Sighting.timeMask | UInt64(truncatingIfNeeded: time >> 10) & Sighting.timeMask
        }

        func hasFingerprint(of other: Sighting) -> Bool { word ^ other.word <= Sighting.timeMask }

        /// How long it was before another, in nanoseconds.
        func age(at other: Sighting) -> UInt64 { ((other.word &- word) & Sighting.timeMask) << 10 }
    }

    /// A path as `plainPath` has it: never 0.
    @inline(__always)
    static func plain(_ path: UInt32) -> UInt32 { path | 1 }

    /// As long as all packets came one way, none of them can be a copy.
    private mutating func updatePlainPath() {
        plainPath = paths == .one && handling != .ask && addresses != 0 ? Flow.plain(path) : 0
    }

    mutating func handle(_ handling: Handling) {
        self.handling = handling
        updatePlainPath()
    }

    /// Notes by which way a packet came. Returns the only way until then if this one is another.
    fileprivate mutating func note(path: UInt32) -> UInt32? {
        switch paths {
        case .none:
            paths = .one
            self.path = path
            updatePlainPath()
        case .one where path != self.path:
            paths = .several
            updatePlainPath()
            return self.path
        case .one, .several: break
        }
        return nil
    }

    /// Remembers a packet that came by the only path.
    @inline(__always)
    mutating func note(_ fingerprint: UInt64, _ time: Int64) {
        lastSeen = time
        remember(Sighting(fingerprint: fingerprint, time: time))
    }

    /// In place of the oldest one.
    @inline(__always)
    mutating func remember(_ sighting: Sighting) {
        recent[Int(nextSighting & Flow.sightingMask)] = sighting
        nextSighting = nextSighting &+ 1
    }
}

/// What is needed of a flow only now and then.
struct FlowDetails: BitwiseCopyable {
    var source: Endpoint
    var destination: Endpoint
    /// The paths of the flow's recent sightings; they have a meaning once there were several.
    var paths = InlineArray<8, UInt32>(repeating: 0)

    static let copyWindow: UInt64 = 10_000_000
    static let originWindow: UInt64 = 6 * copyWindow

    /// Notes a packet and tells whether it is a copy: the same bytes within 10 ms by another path.
    mutating func isCopy(_ flow: inout Flow, _ fingerprint: UInt64, _ path: UInt32, _ time: Int64) -> Bool {
        if let only = flow.note(path: path) { paths = InlineArray(repeating: only) }
        // As long as everything came one way nothing can be a copy: only remember.
        let sighting = Flow.Sighting(fingerprint: fingerprint, time: time)
        let found = flow.paths == .several && isKnown(flow, sighting, path)
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
            guard seen.hasFingerprint(of: sighting), age < FlowDetails.originWindow else { continue }
            if origin == nil { origin = paths[place] }
            if paths[place] == origin { onOrigin += 1 }
            if paths[place] == path {
                onThisPath += 1
            } else if age < FlowDetails.copyWindow {
                cameByAnotherPath = true
            }
        }
        guard cameByAnotherPath, origin != path else { return false }
        return onThisPath < onOrigin
    }
}
