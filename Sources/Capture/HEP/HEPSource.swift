import Glibc
import HEP

/// Packets from capture agents: what comes as HEP is handed out as raw IP packets with HEP's addresses and times.
///
/// Reads belong on a thread of their own and wait at most `timeout`.
public final class HEPSource: PacketSource {
    private var datagramSockets: [HEPSocket] = []
    private var listeners: [HEPSocket] = []
    private var connections: [HEPConnection] = []
    private var agents = HEPAgents()
    private var buffer = [UInt8](repeating: 0, count: 65_536)
    /// A packet that found no room in the last batch.
    private var overflow: (packet: CapturedPacket, bytes: [UInt8])?
    private var counted = CaptureStatistics()
    /// Of the last packet, and the wall clock then: packets may tell of another time than now.
    private var lastTime: (packet: Int64, wall: Int64)?
    private let clock: () -> Int64
    private var drainsUntil: Int64?

    /// Ends the capture from any thread.
    public let stopper: LiveStopper
    public var interfaces: [CaptureInterface] { agents.interfaces }
    public let linkTypes = [LinkType.rawIP]
    public let isNanosecond = false
    public var damages: [CaptureDamage] { [] }

    /// Connections of agents at once.
    public static let maxConnections = 256
    /// How long a connection may keep half a packet, nanoseconds.
    static let patience: Int64 = 60_000_000_000
    /// A time further ahead of the wall clock than this is not believed.
    static let maxAhead: Int64 = 60_000_000_000
    static let timeout: Int32 = 100
    /// How long what had come is read after a stop, nanoseconds.
    static let maxDrain: Int64 = 1_200_000_000

    /// - Parameters:
    ///   - receiveBuffer: of the kernel for each socket, bytes.
    ///   - clock: wall-clock nanoseconds.
    public init(
        _ addresses: [HEPAddress], receiveBuffer: Int, clock: @escaping () -> Int64 = WindowedSource.wallClock
    ) throws(CaptureError) {
        self.clock = clock
        stopper = try LiveStopper()
        for address in addresses {
            let socket = try HEPSocket.listening(on: address, receiveBuffer: receiveBuffer)
            if address.transport == .udp { datagramSockets.append(socket) } else { listeners.append(socket) }
        }
    }

    public var statistics: CaptureStatistics {
        var all = counted
        all.droppedByKernel = datagramSockets.reduce(0) { $0 + $1.dropped }
        return all
    }

    /// Now, as packets have it: an agent may send what it saw yesterday.
    public var now: Int64 {
        guard let lastTime else { return clock() }
        return lastTime.packet + max(0, clock() - lastTime.wall)
    }

    public func read(into batch: inout PacketBatch, limit maxPackets: Int) throws(CaptureError) -> ReadStatus {
        batch.removeAll()
        if let drainsUntil, overflow == nil, clock() >= drainsUntil { return .endOfInput }
        var end = 0
        if let (packet, bytes) = overflow {
            overflow = nil
            end = batch.appendFirst(packet, bytes)
        }
        if batch.isEmpty, !stopper.isStopping { wait() }
        if stopper.isStopping, drainsUntil == nil { drainsUntil = clock() + HEPSource.maxDrain }
        var hasRead = collect(&batch, &end, limit: max(1, maxPackets))
        // What had come before a stop is still read, unless somebody keeps sending.
        while let drainsUntil, hasRead, batch.isEmpty, clock() < drainsUntil {
            hasRead = collect(&batch, &end, limit: max(1, maxPackets))
        }
        if !batch.isEmpty { return .packets }
        return drainsUntil == nil ? .idle : .endOfInput
    }

    private func wait() {
        var polled = [pollfd(fd: stopper.readEnd, events: Int16(POLLIN), revents: 0)]
        for socket in datagramSockets + listeners {
            polled.append(pollfd(fd: socket.descriptor, events: Int16(POLLIN), revents: 0))
        }
        for connection in connections {
            polled.append(pollfd(fd: connection.socket.descriptor, events: Int16(POLLIN), revents: 0))
        }
        // As many as the array has.
        _ = unsafe poll(&polled, nfds_t(polled.count), HEPSource.timeout)
    }

    // MARK: Receiving

    /// True if there was anything to read.
    private func collect(_ batch: inout PacketBatch, _ end: inout Int, limit: Int) -> Bool {
        var hasRead = false
        for socket in datagramSockets {
            while batch.count < limit, overflow == nil {
                guard case .bytes(let count) = socket.receive(into: &buffer) else { break }
                hasRead = true
                take(buffer.span.extracting(0..<count), &batch, &end)
            }
        }
        for listener in listeners {
            while let socket = listener.accept() {
                if connections.count >= HEPSource.maxConnections {
                    counted.hepConnectionsRefused += 1
                } else {
                    connections.append(HEPConnection(socket, now: clock()))
                }
            }
        }
        for connection in connections where batch.count < limit && overflow == nil {
            if serve(connection, &batch, &end, limit: limit) { hasRead = true }
        }
        let now = clock()
        for connection in connections where !connection.isDone && connection.isStuck(since: now - HEPSource.patience) {
            counted.hepMalformed += 1
            connection.isDone = true
        }
        connections.removeAll(where: \.isDone)
        return hasRead
    }

    /// One turn of a connection: one read at most, so that a busy agent does not keep the others waiting.
    private func serve(
        _ connection: HEPConnection, _ batch: inout PacketBatch, _ end: inout Int, limit: Int
    ) -> Bool {
        if !connection.hasPacket {
            switch connection.socket.receive(into: &buffer) {
            case .nothing: return false
            case .bytes(let count) where count > 0: connection.append(buffer[..<count], now: clock())
            case .bytes, .end:
                if connection.hasPart { counted.hepMalformed += 1 }
                connection.isDone = true
                return false
            }
        }
        while batch.count < limit, overflow == nil {
            switch connection.nextLength {
            case .needMore: return true
            case .notHEP:
                counted.hepMalformed += 1
                connection.isDone = true
                return true
            case .bytes(let length):
                let packet = connection.front(length)
                connection.consume(length)
                take(packet.span, &batch, &end)
            }
        }
        return true
    }

    // MARK: Making packets

    private func take(_ bytes: Span<UInt8>, _ batch: inout PacketBatch, _ end: inout Int) {
        counted.received += 1
        guard case .packet(let hep) = HEPPacket.parse(bytes), !hep.payload.isEmpty else {
            counted.hepMalformed += 1
            return
        }
        var raw: [UInt8] = []
        raw.reserveCapacity(bytes.count + 48)
        guard append(hep, bytes.extracting(hep.payload), to: &raw) else {
            counted.hepMalformed += 1
            return
        }
        let packet = CapturedPacket(
            timestamp: time(of: hep), offset: UInt32(truncatingIfNeeded: end),
            capturedLength: UInt32(raw.count), originalLength: UInt32(raw.count), interface: agents.interface(of: hep))
        if batch.isEmpty {
            end = batch.appendFirst(packet, raw)
        } else if !batch.append(packet, raw, at: end) {
            overflow = (packet, raw)
        } else {
            end += raw.count
        }
    }

    /// The datagram that the agent saw; what came compressed is inflated, and reports in JSON become RTCP again.
    private func append(_ hep: HEPPacket, _ payload: Span<UInt8>, to raw: inout [UInt8]) -> Bool {
        if hep.isCompressed {
            guard let inflated = HEPInflation.inflated(payload) else { return false }
            return RawPacket.append(inflated.span, from: hep.source, to: hep.destination, into: &raw)
        }
        if hep.payloadKind == .rtcp, let report = RTCPReportJSON(payload) {
            var bytes: [UInt8] = []
            report.appendRTCP(to: &bytes)
            return RawPacket.append(bytes.span, from: hep.source, to: hep.destination, into: &raw)
        }
        return RawPacket.append(payload, from: hep.source, to: hep.destination, into: &raw)
    }

    private func time(of hep: HEPPacket) -> Int64 {
        let wall = clock()
        var time = now
        if let told = hep.timestamp, told <= wall + HEPSource.maxAhead {
            time = told
        } else if hep.timestamp != nil {
            counted.hepTimesRefused += 1
        }
        lastTime = (time, wall)
        return time
    }
}

/// The connection of one agent, and what it has sent of a packet.
final class HEPConnection {
    let socket: HEPSocket
    private var bytes: [UInt8] = []
    private var head = 0
    private var lastByte: Int64
    var isDone = false

    init(_ socket: HEPSocket, now: Int64) {
        self.socket = socket
        lastByte = now
    }

    var hasPart: Bool { head < bytes.count }
    var nextLength: HEPStreamLength {
        switch HEPPacket.streamLength(bytes.span.extracting(droppingFirst: head)) {
        case .bytes(let length) where length > bytes.count - head: .needMore
        case let other: other
        }
    }
    /// A whole packet is here already, or something that is none.
    var hasPacket: Bool { nextLength != .needMore }

    func append(_ more: ArraySlice<UInt8>, now: Int64) {
        // Never more than a packet and a read: what is whole is taken before more is read.
        if head > 0 {
            bytes.removeFirst(head)
            head = 0
        }
        bytes += more
        lastByte = now
    }

    func front(_ length: Int) -> [UInt8] { Array(bytes[head..<(head + length)]) }
    func consume(_ length: Int) { head += length }

    func isStuck(since time: Int64) -> Bool { hasPart && lastByte < time }
}
