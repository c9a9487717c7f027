import PacketDecoding

/// One direction of a UDP conversation. Two cache lines: what the tracker looks at for every packet of it, and what
/// it only writes. What few flows need lies elsewhere, and has its place here.
struct Flow: BitwiseCopyable {
    /// Both addresses when they are IPv4, to be compared at once (`PlainUDP`); else 0.
    let addresses: UInt64
    /// Both ports when the addresses are here; else where `FlowTable` has the endpoints.
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
    /// The one path of all sightings, if `paths` is `one`; where `FlowTable` has the paths of each, if `several`.
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

    /// - Parameter ports: as the variable says.
    init(_ endpoints: EndpointPair, ports: UInt32, _ hash: FlowHash, serial: UInt32, now: Int64) {
        addresses = Flow.addresses(endpoints.source.address, endpoints.destination.address)
        self.ports = ports
        sourceHash = UInt32(truncatingIfNeeded: hash(PortPair(endpoints.source)))
        destinationHash = UInt32(truncatingIfNeeded: hash(PortPair(endpoints.destination)))
        self.serial = serial
        lastSeen = now
    }

    /// As `PlainUDP` reads them, if both are IPv4; else 0.
    @inline(__always)
    static func addresses(_ source: IPAddress, _ destination: IPAddress) -> UInt64 {
        source.isIPv4 && destination.isIPv4 ? (source.low << 32 | destination.low & 0xffff_ffff).bigEndian : 0
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
    /// around in 68 seconds, see `memory`.
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

    /// The two endpoints of an IPv4 flow.
    var endpoints: EndpointPair {
        let (both, ports) = (addresses.bigEndian, ports.bigEndian)
        return EndpointPair(
            source: Endpoint(
                IPAddress(v4: UInt32(truncatingIfNeeded: both >> 32)), UInt16(truncatingIfNeeded: ports >> 16)),
            destination: Endpoint(
                IPAddress(v4: UInt32(truncatingIfNeeded: both)), UInt16(truncatingIfNeeded: ports)))
    }

    /// Notes by which way a packet came. Returns the only way until then if this one is another: then the paths of all
    /// sightings are to be kept, at the place that `keepPaths` is told.
    mutating func note(path: UInt32) -> UInt32? {
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

    mutating func keepPaths(at place: UInt32) { path = place }

    /// Remembers a packet that came by the only path.
    @inline(__always)
    mutating func note(_ fingerprint: UInt64, _ time: Int64) {
        lastSeen = time
        remember(Sighting(fingerprint: fingerprint, time: time))
    }

    /// A flow that was quiet for longer, nanoseconds, forgets its sightings. So the eight of them span less than eight times
    /// that, and none is so old that its time has gone around.
    static let memory: Int64 = 2_000_000_000

    mutating func forgetSightings() { recent = InlineArray(repeating: Sighting()) }

    /// In place of the oldest one.
    @inline(__always)
    mutating func remember(_ sighting: Sighting) {
        recent[Int(nextSighting & Flow.sightingMask)] = sighting
        nextSighting = nextSighting &+ 1
    }
}

/// The way of a flow's packets.
struct EndpointPair: Hashable, BitwiseCopyable {
    var source: Endpoint
    var destination: Endpoint
}
