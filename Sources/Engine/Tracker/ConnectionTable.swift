import PacketDecoding
import Reassembly
import SIP

/// A TCP connection as the tracker knows it. Small: what costs memory is the parser, which only SIP connections get.
struct Connection {
    /// The endpoint that compares lower, then the other; direction 0 runs from the first to the second.
    var low: Endpoint
    var high: Endpoint
    var hash: UInt64
    var generation: UInt32
    var lastSeen: Int64
    /// Index of its stream parser, -1 without one.
    var parser: Int32 = -1
    /// It has shown a SIP start line.
    var isSIP = false
    /// SIP is in frames of another protocol here, in one direction at least.
    var isFramed = false
    /// The client has asked for SIP over WebSocket.
    var offersSIP = false
    /// What each direction carries, while there is no parser.
    var contents: (StreamContent, StreamContent) = (.sip, .sip)
    /// A whole message has come on it.
    var isProven = false
    /// Bytes of payload looked at while it had not.
    var lookedAt: UInt32 = 0
    /// Segments without payload seen before we knew what the connection is.
    var undecidedSegments: UInt32 = 0
    /// Where each direction goes on, while there is no parser.
    var parked: (ParkedStream?, ParkedStream?) = (nil, nil)

    subscript(parked direction: Int) -> ParkedStream? {
        get { direction == 0 ? parked.0 : parked.1 }
        set { if direction == 0 { parked.0 = newValue } else { parked.1 = newValue } }
    }

    subscript(content direction: Int) -> StreamContent {
        get { direction == 0 ? contents.0 : contents.1 }
        set { if direction == 0 { contents.0 = newValue } else { contents.1 = newValue } }
    }
}

/// What the bytes of one direction are cut into.
enum StreamContent: UInt8 {
    /// Messages by Content-Length; or not known yet.
    case sip
    /// WebSocket frames, one message to one WebSocket message.
    case webSocket
    /// HEP packets.
    case hep
    /// Frames, but where the next one begins is not known.
    case search
}

/// A SIP-over-TCP stream parser: reassembly and framing for both directions of one connection.
struct StreamParser {
    var connection: Int32
    var directions: InlineArray<2, StreamDirection>
    /// A start line has been seen; until then the parser does not count against `max_goroutines`.
    var isConfirmed = false

    var isIdle: Bool { directions[0].assembler.isIdle && directions[1].assembler.isIdle }

    // What every segment asks changes nothing, and is mutating so that it is asked in its table and not of a copy.

    /// Where a segment stands, as offsets in its direction's stream; its sequence number begins the stream if it is the
    /// first.
    mutating func locate(_ sequence: UInt32, _ direction: Int) -> (start: Int64, next: Int64, isIdle: Bool) {
        if !directions[direction].assembler.isSynchronized {
            directions[direction].assembler.synchronize(at: sequence)
        }
        return (
            directions[direction].assembler.offset(of: sequence), directions[direction].assembler.nextOffset,
            directions[direction].assembler.isIdle
        )
    }

    /// The sequence number of the next byte; nil before the first.
    mutating func expectedSequence(_ direction: Int) -> UInt32? {
        directions[direction].assembler.isSynchronized ? directions[direction].assembler.expectedSequence : nil
    }

    mutating func hasPending(_ direction: Int) -> Bool { directions[direction].assembler.hasPending }

    /// See `SIPStreamFramer.wouldTake`.
    mutating func wouldTake(_ message: SIPMessage, from buffer: Span<UInt8>, _ direction: Int) -> Bool {
        directions[direction].framer.wouldTake(message, from: buffer)
    }

    /// Bytes before the offset `end` wait to become a message.
    mutating func hasUnconsumed(before end: Int64, _ direction: Int) -> Bool {
        directions[direction].assembler.unconsumedCount > 0 && end > directions[direction].assembler.unconsumedStart
    }

    /// A message that nothing was copied for: its place in the stream, and whose it was.
    mutating func deliver(_ range: Range<Int64>, owner: UInt64, _ direction: Int) {
        directions[direction].assembler.advance(by: Int(range.upperBound - range.lowerBound))
        directions[direction].assembler.remember(range, owner: owner)
    }

    /// Not for connections that may never become SIP: there are many more of them.
    mutating func reserveBuffers(_ strategy: BufferStrategy) {
        guard strategy != .adaptive else { return }
        for direction in 0..<2 { directions[direction].assembler.reserve(ConnectionTable.fixedBuffer) }
    }
}

struct StreamDirection {
    var assembler = StreamAssembler()
    var framer = SIPStreamFramer()
    var content = StreamContent.sip
    var webSocket = WebSocketFramer()
    var handshake = WebSocketHandshake()
    /// The front has been looked at, and is for `framer`.
    var isPlainFront = false
    /// When the first of the segments behind a hole came, `Int64.max` without a hole.
    var holeSince: Int64 = .max
    /// The other side acknowledged bytes behind the hole: it has them, we never will.
    var holeIsAcknowledged = false

    /// What is known when it goes on: in the middle of a frame, no more than that it has frames.
    var parkedContent: StreamContent {
        content == .sip || (assembler.isIdle && webSocket.isBetweenMessages) ? content : .search
    }
}

/// Connections and stream parsers within their bounds.
struct ConnectionTable {
    var limits: EngineLimits
    private let hash: FlowHash
    private var index = SlotIndex()
    var connections: [Connection] = []
    private var free: [Int32] = []
    var parsers: [StreamParser] = []
    private var freeParsers: [Int32] = []
    /// By last use; entries are checked when they come up.
    var idleParsers = DeadlineHeap()
    var idleConnections = DeadlineHeap()
    private(set) var confirmedParsers = 0
    private(set) var unconfirmedParsers = 0
    /// Of the confirmed ones, those whose connection has not brought a whole message.
    private(set) var unprovenParsers = 0
    /// The unconfirmed ones and those, each by last use.
    var candidates = DeadlineHeap()
    var unproven = DeadlineHeap()
    /// Both, by when they first held a segment behind a hole.
    var unprovenHoles = DeadlineHeap()
    /// Buffers given back by `ring`.
    private var pool: [StreamAssembler] = []

    /// Connections remembered at once: at least three times the parsers, so that an idle one is picked up again.
    var maxConnections: Int { max(min(65536, limits.maxFlows), limits.maxStreamParsers * 4) }
    /// Connections looked at closely because their first bytes may be the beginning of a start line. Each costs half a
    /// kilobyte and what it holds, which `tcp_memory_limit` bounds.
    var maxUnconfirmed: Int { min(maxConnections, max(2048, limits.maxStreamParsers * 4)) }

    init(hash: FlowHash, limits: EngineLimits) {
        self.hash = hash
        self.limits = limits
    }

    var count: Int { connections.count - free.count }

    static func isLower(_ left: Endpoint, _ right: Endpoint) -> Bool {
        if left.address.high != right.address.high { return left.address.high < right.address.high }
        if left.address.low != right.address.low { return left.address.low < right.address.low }
        return left.port < right.port
    }

    func find(_ low: Endpoint, _ high: Endpoint) -> (slot: Int, hash: UInt64) {
        let hashed = hash(low.address, high.address, low.port, high.port)
        var position = index.start(hashed)
        while true {
            let slot = index.next(hashed, &position)
            if slot < 0 || (connections[slot].low == low && connections[slot].high == high) { return (slot, hashed) }
        }
    }

    /// Makes a connection; the caller has made room.
    mutating func add(_ low: Endpoint, _ high: Endpoint, hash hashed: UInt64, now: Int64) -> Int {
        var connection = Connection(low: low, high: high, hash: hashed, generation: 1, lastSeen: now)
        let slot: Int
        if let reused = free.popLast() {
            slot = Int(reused)
            connection.generation = connections[slot].generation &+ 1
            connections[slot] = connection
        } else {
            slot = connections.count
            connections.append(connection)
        }
        index.insert(hashed, slot: slot)
        idleConnections.push(
            DeadlineHeap.Entry(deadline: now, slot: UInt32(slot), generation: connection.generation))
        return slot
    }

    /// The connection has no parser any more and its counts are settled.
    mutating func remove(_ slot: Int) {
        index.remove(connections[slot].hash, slot: slot)
        connections[slot].generation &+= 1
        connections[slot].parser = -1
        free.append(Int32(slot))
    }

    func isLive(_ entry: DeadlineHeap.Entry) -> Bool {
        connections[Int(entry.slot)].generation == entry.generation
    }

    // MARK: Parsers

    mutating func addParser(to slot: Int, confirmed: Bool, now: Int64) -> Int {
        var parser = StreamParser(
            connection: Int32(slot), directions: [makeDirection(slot, 0), makeDirection(slot, 1)],
            isConfirmed: confirmed)
        if confirmed { parser.reserveBuffers(limits.bufferStrategy) }
        let number: Int
        if let reused = freeParsers.popLast() {
            number = Int(reused)
            parsers[number] = parser
        } else {
            number = parsers.count
            parsers.append(parser)
        }
        connections[slot].parser = Int32(number)
        if confirmed { confirmedParsers += 1 } else { unconfirmedParsers += 1 }
        let entry = DeadlineHeap.Entry(
            deadline: now, slot: UInt32(slot), generation: connections[slot].generation)
        idleParsers.push(entry)
        if !confirmed {
            candidates.push(entry)
        } else if !connections[slot].isProven {
            unprovenParsers += 1
            unproven.push(entry)
        }
        // A flood makes and ends parsers all the time, and each leaves its entries behind.
        compactIdleParsers()
        return number
    }

    private mutating func makeDirection(_ slot: Int, _ number: Int) -> StreamDirection {
        var direction = StreamDirection()
        if limits.bufferStrategy == .ring, let pooled = pool.popLast() { direction.assembler = pooled }
        if let parked = connections[slot][parked: number] { direction.assembler.resume(parked) }
        direction.content = connections[slot][content: number]
        return direction
    }

    /// What `fixed` and `ring` give a direction once it is known to carry SIP, bytes.
    static let fixedBuffer = 8192

    mutating func confirm(_ number: Int) {
        guard !parsers[number].isConfirmed else { return }
        parsers[number].isConfirmed = true
        parsers[number].reserveBuffers(limits.bufferStrategy)
        unconfirmedParsers -= 1
        confirmedParsers += 1
    }

    /// A whole message has come: whatever the connection is, it is not one of a flood of half-open ones.
    @inline(never)
    mutating func prove(_ slot: Int) {
        connections[slot].isProven = true
        let number = Int(connections[slot].parser)
        if number >= 0, parsers[number].isConfirmed { unprovenParsers -= 1 }
    }

    /// Takes the parser away; the connection remembers where each direction goes on.
    mutating func park(_ slot: Int) {
        let number = Int(connections[slot].parser)
        guard number >= 0 else { return }
        for direction in 0..<2 {
            connections[slot][parked: direction] = parsers[number].directions[direction].assembler.parked
            connections[slot][content: direction] = parsers[number].directions[direction].parkedContent
        }
        if parsers[number].isConfirmed {
            confirmedParsers -= 1
            if !connections[slot].isProven { unprovenParsers -= 1 }
        } else {
            unconfirmedParsers -= 1
        }
        if limits.bufferStrategy == .ring, !limits.memoryOptimization, pool.count < 2 * limits.maxStreamParsers {
            for direction in 0..<2 {
                var kept = parsers[number].directions[direction].assembler.surrenderBuffer()
                kept.shrink(to: ConnectionTable.fixedBuffer)
                pool.append(kept)
            }
        }
        parsers[number].directions = [StreamDirection(), StreamDirection()]
        parsers[number].connection = -1
        connections[slot].parser = -1
        freeParsers.append(Int32(number))
    }

    // MARK: Memory

    /// A direction's buffer has become empty: what the strategy keeps of it.
    mutating func settleBuffer(_ number: Int, _ direction: Int) {
        if limits.bufferStrategy == .adaptive || limits.memoryOptimization {
            parsers[number].directions[direction].assembler.releaseMemory()
        } else {
            parsers[number].directions[direction].assembler.shrink(to: ConnectionTable.fixedBuffer)
        }
    }

    /// Bytes of out-of-order packets that both directions hold.
    func pendingBytes(_ number: Int) -> Int {
        parsers[number].directions[0].assembler.pendingBytes + parsers[number].directions[1].assembler.pendingBytes
    }

    /// Bytes of buffers that parsers have, and that wait in the pool of `ring`.
    var bufferedBytes: (parsers: Int, pool: Int) {
        let used = parsers.reduce(0) {
            $0 + $1.directions[0].assembler.bufferedBytes + $1.directions[1].assembler.bufferedBytes
        }
        return (used, pool.reduce(0) { $0 + $1.bufferedBytes })
    }

    /// Entries in the heap of parsers, current or not.
    var idleParserEntries: Int { idleParsers.count }

    /// Parsers come and go and each leaves an entry: without this the heap would grow as long as nothing is evicted.
    mutating func compactIdleParsers() {
        if unproven.isMostlyStale(live: unprovenParsers) { compactUnproven() }
        if candidates.isMostlyStale(live: unconfirmedParsers) { compactCandidates() }
        guard idleParsers.isMostlyStale(live: confirmedParsers + unconfirmedParsers) else { return }
        idleParsers.removeAll()
        for parser in parsers where parser.connection >= 0 {
            let connection = connections[Int(parser.connection)]
            idleParsers.push(
                DeadlineHeap.Entry(
                    deadline: connection.lastSeen, slot: UInt32(parser.connection), generation: connection.generation))
        }
    }

    private mutating func compactCandidates() {
        candidates.removeAll()
        for parser in parsers where parser.connection >= 0 && !parser.isConfirmed {
            let connection = connections[Int(parser.connection)]
            candidates.push(
                DeadlineHeap.Entry(
                    deadline: connection.lastSeen, slot: UInt32(parser.connection), generation: connection.generation))
        }
    }

    private mutating func compactUnproven() {
        unproven.removeAll()
        for parser in parsers where parser.connection >= 0 && parser.isConfirmed {
            let connection = connections[Int(parser.connection)]
            guard !connection.isProven else { continue }
            unproven.push(
                DeadlineHeap.Entry(
                    deadline: connection.lastSeen, slot: UInt32(parser.connection), generation: connection.generation))
        }
    }

    /// Holes that were filled or given up leave their entries behind.
    mutating func compactUnprovenHoles() {
        guard unprovenHoles.isMostlyStale(live: unprovenParsers + unconfirmedParsers) else { return }
        unprovenHoles.removeAll()
        for parser in parsers where parser.connection >= 0 {
            let connection = connections[Int(parser.connection)]
            let since = min(parser.directions[0].holeSince, parser.directions[1].holeSince)
            guard !connection.isProven, since != .max else { continue }
            unprovenHoles.push(
                DeadlineHeap.Entry(
                    deadline: since, slot: UInt32(parser.connection), generation: connection.generation))
        }
    }
}
