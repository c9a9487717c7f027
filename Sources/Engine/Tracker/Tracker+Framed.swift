import Calls
import HEP
import PacketDecoding
import Reassembly
import SIP

/// TCP connections in which SIP does not stand by itself: WebSocket (RFC 7118) and HEP.
///
/// What a connection carries is found out at the front of its stream: by the handshake, by HEP's first bytes, or by a
/// frame that plainly carries SIP. After a gap only the beginnings of packets are tried.
extension Tracker {
    /// What the front of a stream turned out to be.
    enum FrontStep {
        /// For the SIP framer.
        case plain
        /// Something was taken from the front.
        case again
        /// More bytes are needed.
        case wait
    }

    /// Whether a segment of an unknown connection that is no SIP may be one of these.
    func framedLikelihood(_ payload: Span<UInt8>) -> SIPLikelihood {
        guard payload.count > 0 else { return .no }
        switch payload[0] {
        case 0x01, 0x02, 0x81, 0x82: return WebSocketFrame.carriesSIP(payload) ? .yes : .no
        case UInt8(ascii: "G"): return WebSocketHandshake.mayBegin(payload) ? .needMore : .no
        case UInt8(ascii: "H"):
            if HEPPacket.streamLength(payload) != .notHEP { return .needMore }
            return WebSocketHandshake.mayBegin(payload) ? .needMore : .no
        default: return .no
        }
    }

    /// Takes the next thing from the front of a stream that is not known to be plain SIP.
    @inline(never)
    mutating func cutFramed(
        _ slot: Int, _ parser: Int, _ direction: Int, _ stream: inout StreamDirection, _ time: Int64?,
        _ batch: inout TrackedBatch
    ) -> FrontStep {
        switch stream.content {
        case .sip: recognise(slot, parser, direction, &stream, &batch)
        case .webSocket: cutWebSocket(slot, parser, direction, &stream, time, &batch)
        case .hep: cutHEP(slot, parser, &stream, time, &batch)
        case .search: search(&stream)
        }
    }

    private mutating func recognise(
        _ slot: Int, _ parser: Int, _ direction: Int, _ stream: inout StreamDirection, _ batch: inout TrackedBatch
    ) -> FrontStep {
        guard !stream.isPlainFront else { return .plain }
        // Any token is a method, also `GET`.
        if looksLikeSIP(stream.assembler.unconsumed) == .yes {
            stream.isPlainFront = true
            return .plain
        }
        switch HEPPacket.streamLength(stream.assembler.unconsumed) {
        case .bytes:
            stream.content = .hep
            connections.connections[slot].isFramed = true
            return .again
        case .needMore: return .wait
        case .notHEP: break
        }
        var handshake = stream.handshake
        let outcome = handshake.look(at: stream.assembler.unconsumed)
        stream.handshake = handshake
        switch outcome {
        case .needMore:
            return .wait
        case .request(let length, offersSIP: true):
            connections.connections[slot].offersSIP = true
            beginFrames(slot, &stream, behind: length)
            return .again
        case .response(let length, let acceptsSIP) where acceptsSIP || connections.connections[slot].offersSIP:
            beginFrames(slot, &stream, behind: length)
            // The request was not captured: what the client sends is in frames all the same.
            let other = 1 - direction
            if connections.parsers[parser].directions[other].content == .sip,
                connections.parsers[parser].directions[other].assembler.isIdle
            {
                connections.parsers[parser].directions[other].content = .webSocket
            }
            confirm(slot, parser, &batch)
            return .again
        case .request(let length, _), .response(let length, _), .other(let length):
            counters.sipResynchronisations += 1
            release(stream.assembler.consume(length, owner: nil), unclaimed: .tcpUnresolved)
            return .again
        case .notHTTP: break
        }
        if WebSocketFrame.carriesSIP(stream.assembler.unconsumed) {
            stream.content = .webSocket
            connections.connections[slot].isFramed = true
            return .again
        }
        stream.isPlainFront = true
        return .plain
    }

    private mutating func beginFrames(_ slot: Int, _ stream: inout StreamDirection, behind length: Int) {
        stream.content = .webSocket
        connections.connections[slot].isFramed = true
        release(stream.assembler.consume(length, owner: nil), unclaimed: .sipTransport)
    }

    /// Frames are lost: the beginning of the next packet may be the beginning of one.
    private mutating func search(_ stream: inout StreamDirection) -> FrontStep {
        switch Tracker.beginning(stream.assembler.unconsumed) {
        case .needMore:
            return .wait
        case .content(let content):
            stream.content = content
            stream.handshake = WebSocketHandshake()
        case .nothing:
            counters.sipResynchronisations += 1
            let count = Int(stream.assembler.nextPacketStart - stream.assembler.unconsumedStart)
            release(stream.assembler.consume(count, owner: nil), unclaimed: .tcpUnresolved)
        }
        return .again
    }

    private enum Beginning {
        case content(StreamContent)
        case needMore
        case nothing
    }

    private static func beginning(_ front: Span<UInt8>) -> Beginning {
        switch HEPPacket.streamLength(front) {
        case .bytes: return .content(.hep)
        case .needMore: return .needMore
        case .notHEP: break
        }
        if WebSocketFrame.carriesSIP(front) { return .content(.webSocket) }
        return WebSocketHandshake.mayBegin(front) ? .content(.sip) : .nothing
    }

    /// A gap in the stream was passed over.
    mutating func loseFrames(_ parser: Int, _ direction: Int) {
        guard connections.parsers[parser].directions[direction].content != .sip else { return }
        connections.parsers[parser].directions[direction].content = .search
        connections.parsers[parser].directions[direction].webSocket = WebSocketFramer()
    }

    // MARK: WebSocket

    private mutating func cutWebSocket(
        _ slot: Int, _ parser: Int, _ direction: Int, _ stream: inout StreamDirection, _ time: Int64?,
        _ batch: inout TrackedBatch
    ) -> FrontStep {
        var framer = stream.webSocket
        stream.webSocket = WebSocketFramer()
        let step = framer.next(in: stream.assembler.unconsumed)
        stream.webSocket = framer
        switch step {
        case .needMore:
            return .wait
        case .lost(let count):
            counters.sipResynchronisations += 1
            stream.content = .search
            release(stream.assembler.consume(count, owner: nil), unclaimed: .tcpUnresolved)
        case .skipped(let range, let fault):
            if fault == .compressed { counters.webSocketCompressed += 1 }
            if fault == .tooLong { counters.webSocketRefused += 1 }
            release(stream.assembler.consume(range.upperBound, owner: nil), unclaimed: .sipTransport)
        case .message(let pieces, let end):
            takeMessage(slot, parser, direction, pieces, end, &stream, time, &batch)
        }
        return .again
    }

    /// One WebSocket message is one SIP message, whatever its Content-Length says (RFC 7118 section 5).
    private mutating func takeMessage(
        _ slot: Int, _ parser: Int, _ direction: Int, _ pieces: [WebSocketFramer.Piece], _ end: Int,
        _ stream: inout StreamDirection, _ time: Int64?, _ batch: inout TrackedBatch
    ) {
        let message = unmasked(pieces, stream.assembler.unconsumed)
        // Nothing but line breaks is a keepalive (RFC 5626 section 4.4.1).
        guard message.contains(where: { $0 != 0x0d && $0 != 0x0a }) else {
            release(stream.assembler.consume(end, owner: nil), unclaimed: .sipTransport)
            return
        }
        confirm(slot, parser, &batch)
        let start = stream.assembler.unconsumedStart
        var tags: [UInt32] = []
        for piece in pieces {
            for tag in stream.assembler.carriers(of: (start + Int64(piece.start))..<(start + Int64(piece.end)))
            where tags.last != tag && !tags.contains(tag) {
                tags.append(tag)
            }
        }
        let owner = trackMessage(
            framedMessage(slot, direction, message, time ?? arrival(of: tags), .ws, isCut: false, &batch), message.span,
            .held(tags), &batch)
        // Control frames between the fragments are nobody's.
        var done = 0
        for piece in pieces {
            if piece.start > done {
                release(stream.assembler.consume(piece.start - done, owner: nil), unclaimed: .sipTransport)
            }
            release(stream.assembler.consume(piece.end - piece.start, owner: owner), unclaimed: .sipTransport)
            done = piece.end
        }
    }

    private func unmasked(_ pieces: [WebSocketFramer.Piece], _ bytes: Span<UInt8>) -> [UInt8] {
        var message: [UInt8] = []
        message.reserveCapacity(pieces.reduce(0) { $0 + $1.frame.payloadLength })
        for piece in pieces {
            let count = min(piece.frame.payloadLength, bytes.count - piece.payloadStart)
            if count > 0 { piece.frame.appendUnmasked(bytes, at: piece.payloadStart, 0..<count, to: &message) }
        }
        return message
    }

    /// Puts a message that had to be put together into the batch.
    private func framedMessage(
        _ slot: Int, _ direction: Int, _ message: [UInt8], _ time: Int64, _ transport: SIPTransport, isCut: Bool,
        _ batch: inout TrackedBatch
    ) -> FoundMessage {
        let connection = connections.connections[slot]
        let found = FoundMessage(
            isExtra: true, offset: batch.extraBytes.count, length: message.count, timestamp: time,
            source: direction == 0 ? connection.low : connection.high,
            destination: direction == 0 ? connection.high : connection.low, transport: transport, isCopy: false,
            isCut: isCut)
        batch.extraBytes += message
        return found
    }

    // MARK: HEP

    private mutating func cutHEP(
        _ slot: Int, _ parser: Int, _ stream: inout StreamDirection, _ time: Int64?, _ batch: inout TrackedBatch
    ) -> FrontStep {
        guard case .bytes(let length) = HEPPacket.streamLength(stream.assembler.unconsumed) else {
            if HEPPacket.streamLength(stream.assembler.unconsumed) == .needMore { return .wait }
            counters.hepMalformed += 1
            stream.content = .search
            return .again
        }
        guard stream.assembler.unconsumedCount >= length else { return .wait }
        var owner: UInt64?
        let start = stream.assembler.unconsumedStart
        if case .packet(let hep) = HEPPacket.parse(stream.assembler.unconsumed.extracting(0..<length)) {
            confirm(slot, parser, &batch)
            let place = batch.extraBytes.count
            stream.assembler.copyUnconsumed(0..<length, to: &batch.extraBytes)
            let tags = stream.assembler.carriers(of: start..<(start + Int64(length)))
            owner = trackHEP(
                hep, stream.assembler.unconsumed.extracting(0..<length), at: HEPPlace(isExtra: true, offset: place),
                carriers: .held(tags), time: time ?? arrival(of: tags), isCopy: false, &batch)
        } else {
            counters.hepMalformed += 1
        }
        release(stream.assembler.consume(length, owner: owner), unclaimed: .tcpUnresolved)
        return .again
    }

    // MARK: Giving up

    /// An incomplete frame or packet before a hole, or at the end: SIP as far as it goes. Where it ends is known when its
    /// header is there, and then the stream goes on behind it.
    mutating func abandonFramed(_ slot: Int, _ parser: Int, _ direction: Int, _ batch: inout TrackedBatch) {
        var stream = connections.parsers[parser].directions[direction]
        connections.parsers[parser].directions[direction] = StreamDirection()
        let start = stream.assembler.unconsumedStart
        let count = stream.assembler.unconsumedCount
        let tags = stream.assembler.carriers(of: start..<stream.assembler.nextOffset)
        var end: Int?
        var owner: UInt64?
        switch stream.content {
        case .webSocket:
            end = stream.webSocket.frameEnd
            let partial = unmasked(stream.webSocket.pieces, stream.assembler.unconsumed)
            if RoutedMessage.tellsCall(partial.span) {
                owner = trackMessage(
                    framedMessage(slot, direction, partial, clock.now, .ws, isCut: true, &batch), partial.span,
                    .held(tags), &batch)
            }
        case .hep:
            if case .bytes(let length) = HEPPacket.streamLength(stream.assembler.unconsumed) { end = length }
            if case .packet(let hep) = HEPPacket.parse(stream.assembler.unconsumed, isCut: true) {
                let place = batch.extraBytes.count
                stream.assembler.copyUnconsumed(0..<count, to: &batch.extraBytes)
                owner = trackHEP(
                    hep, stream.assembler.unconsumed, at: HEPPlace(isExtra: true, offset: place),
                    carriers: .held(tags), time: clock.now, isCopy: false, &batch)
            }
        case .sip, .search: break
        }
        stream.webSocket = WebSocketFramer()
        guard let end, end >= count else {
            stream.content = .search
            if let owner { stream.assembler.remember(start..<stream.assembler.nextOffset, owner: owner) }
            release(stream.assembler.skip(to: stream.assembler.nextOffset), unclaimed: .tcpUnresolved)
            connections.parsers[parser].directions[direction] = stream
            return
        }
        if let owner { stream.assembler.remember(start..<(start + Int64(end)), owner: owner) }
        release(stream.assembler.skip(to: start + Int64(end)), unclaimed: .tcpUnresolved)
        connections.parsers[parser].directions[direction] = stream
        if let owner { claimRest(parser, direction, start + Int64(end), owner, &batch) }
    }
}
