/// A TCP connection that carries SIP messages of one or many calls (RFC 3261 section 18).
public final class SIPConnection: PacketSource {
    /// A message and the call it is of.
    private struct Item {
        var script: CallScript
        var plan: MessagePlan
        var firstSeen: UInt64?
    }

    /// One packet in the order of the capture; `range` is nil when there is no payload.
    private struct Frame {
        var time: UInt64
        var fromClient: Bool
        var flags: UInt8
        var range: Range<Int>?
    }

    /// How far one direction has come: what the other side acknowledges, what is complete.
    private struct Progress {
        var contiguous = 0
        var beyond: [Range<Int>] = []
        var nextChunk = 0
        var closing = false

        mutating func receive(_ range: Range<Int>) {
            beyond.append(range)
            var moved = true
            while moved {
                moved = false
                for place in beyond.indices.reversed() where beyond[place].lowerBound <= contiguous {
                    contiguous = max(contiguous, beyond[place].upperBound)
                    beyond.remove(at: place)
                    moved = true
                }
            }
        }
    }

    private let client: Endpoint
    private let server: Endpoint
    private let vlans: [UInt16]
    private let link: LinkType
    private let calls: [CallTruth]
    private var items: [Item] = []
    private var frames: [Frame] = []
    private var index = 0
    private var clientStream = OctetStream()
    private var serverStream = OctetStream()
    private var fromClient = Progress()
    private var fromServer = Progress()
    private let clientISN: UInt32
    private let serverISN: UInt32
    private var identification: UInt32
    private var webSocket: WebSocketFrames?

    /// - Parameter lifetime: how long after its last message the connection is closed.
    public init(
        client: Endpoint, server: Endpoint, scripts: [CallScript], segmentation: SegmentationPlan,
        webSocket: WebSocketPlan? = nil, lifetime: UInt64 = 50_000_000, random: inout SplitMix64,
        settings: CaptureSettings
    ) {
        (self.client, self.server, link) = (client, server, settings.link)
        vlans = scripts.first?.vlans ?? []
        calls = scripts.map(\.truth)
        clientISN = segmentation.wraps ? 0 &- 700 : UInt32(truncatingIfNeeded: random.next())
        serverISN = segmentation.wraps ? 0 &- 500 : UInt32(truncatingIfNeeded: random.next())
        identification = UInt32(truncatingIfNeeded: random.next())
        if let webSocket { self.webSocket = WebSocketFrames(plan: webSocket, random: random.split()) }
        super.init()
        items = scripts.flatMap { script in script.messages.map { Item(script: script, plan: $0) } }
        items.sort { $0.plan.time < $1.plan.time }
        var segmenter = Segmenter(plan: segmentation, random: random.split())
        fill(&segmenter, keepalive: segmentation.keepaliveInterval)
        (clientStream, serverStream) = (segmenter.client, segmenter.server)
        arrange(segmenter.segments, lifetime: lifetime, settings: settings)
        next = frames.first?.time ?? .max
    }

    public override var owners: [CallTruth] { calls }

    private func fill(_ segmenter: inout Segmenter, keepalive: UInt64) {
        var keepaliveDue = (items.first?.plan.time ?? 0) + keepalive
        if webSocket != nil {
            let first = items.first?.plan.time ?? 0
            segmenter.add(WebSocketFrames.request, message: nil, fromClient: true, at: first - 39_000_000)
            segmenter.add(WebSocketFrames.response, message: nil, fromClient: false, at: first - 30_000_000)
        }
        for (place, item) in items.enumerated() {
            while keepalive > 0, keepaliveDue + 30_000_000 < item.plan.time {
                segmenter.add(Array("\r\n\r\n".utf8), message: nil, fromClient: true, at: keepaliveDue)
                segmenter.add(Array("\r\n".utf8), message: nil, fromClient: false, at: keepaliveDue + 20_000_000)
                keepaliveDue += keepalive
            }
            var text: [UInt8] = []
            item.script.appendText(of: item.plan, to: &text)
            let sender = item.script.hosts[Int(item.plan.sender)]
            let fromClient = sender == client
            if let frames = webSocket?.message(text, fromClient: fromClient) {
                segmenter.add(frames, message: place, fromClient: fromClient, at: item.plan.time)
            } else {
                segmenter.add(text, message: place, fromClient: fromClient, at: item.plan.time)
            }
        }
        segmenter.release()
    }

    /// Puts handshake, segments, their acknowledgements and the end in the order of the capture.
    private func arrange(_ segments: [PlannedSegment], lifetime: UInt64, settings: CaptureSettings) {
        let first = (items.first?.plan.time ?? 0) - 60_000_000
        frames.append(Frame(time: first, fromClient: true, flags: TCPSegment.syn, range: nil))
        frames.append(
            Frame(time: first + 20_000_000, fromClient: false, flags: TCPSegment.syn | TCPSegment.ack, range: nil))
        frames.append(Frame(time: first + 20_100_000, fromClient: true, flags: TCPSegment.ack, range: nil))
        var last = first
        for segment in segments {
            frames.append(
                Frame(
                    time: segment.time, fromClient: segment.fromClient, flags: TCPSegment.push | TCPSegment.ack,
                    range: segment.range))
            frames.append(
                Frame(
                    time: segment.time + 150_000, fromClient: !segment.fromClient, flags: TCPSegment.ack, range: nil))
            last = max(last, segment.time)
        }
        last += lifetime
        for (place, fromClient) in [true, false].enumerated() {
            frames.append(
                Frame(
                    time: last + UInt64(place) * 20_000_000, fromClient: fromClient,
                    flags: TCPSegment.fin | TCPSegment.ack, range: nil))
        }
        frames.append(Frame(time: last + 20_100_000, fromClient: true, flags: TCPSegment.ack, range: nil))
        for place in frames.indices { frames[place].time = settings.quantized(frames[place].time) }
        var order = Array(frames.enumerated())
        order.sort { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
        frames = order.map(\.element)
    }

    public override func emit(into run: CaptureRun) throws {
        let frame = frames[index]
        let stream = frame.fromClient ? clientStream : serverStream
        let mine = frame.fromClient ? fromClient : fromServer
        let other = frame.fromClient ? fromServer : fromClient
        let isSYN = frame.flags & TCPSegment.syn != 0
        let offset = frame.range?.lowerBound ?? (mine.closing ? stream.bytes.count + 1 : mine.contiguous)
        let segment = TCPSegment(
            sequence: (frame.fromClient ? clientISN : serverISN) &+ (isSYN ? 0 : 1 &+ UInt32(offset)),
            acknowledgement: frame.flags & TCPSegment.ack == 0
                ? 0
                : (frame.fromClient ? serverISN : clientISN) &+ 1 &+ UInt32(other.contiguous + (other.closing ? 1 : 0)),
            flags: frame.flags)
        identification &+= 1
        var packet: [UInt8] = []
        let (source, destination) = frame.fromClient ? (client, server) : (server, client)
        segment.append(
            path: Path(from: source, to: destination, vlans: vlans), link: link, identification: identification,
            payload: stream.bytes[frame.range ?? 0..<0], to: &packet)
        let chunks = stream.chunks(in: frame.range ?? 0..<0)
        let owners = frame.range == nil ? [] : distinctOwners(of: chunks)
        let kind = frame.range == nil ? PacketKind.tcpNoPayload : .tcpPayload
        try packet.withUnsafeBytes { bytes in
            try run.write(at: frame.time, bytes, kind: kind, owners: owners)
        }
        if frame.flags & TCPSegment.fin != 0 {
            if frame.fromClient { fromClient.closing = true } else { fromServer.closing = true }
        }
        if let range = frame.range { deliver(range, chunks: chunks, frame: frame, run: run) }
        index += 1
        next = index < frames.count ? frames[index].time : .max
    }

    private func distinctOwners(of chunks: ArraySlice<OctetStream.Chunk>) -> [CallTruth] {
        var owners: [CallTruth] = []
        for chunk in chunks {
            guard let message = chunk.message else { continue }
            let truth = items[message].script.truth
            if !owners.contains(where: { $0 === truth }) { owners.append(truth) }
        }
        return owners
    }

    /// Notes what of the messages has come, and observes those that are complete.
    private func deliver(
        _ range: Range<Int>, chunks: ArraySlice<OctetStream.Chunk>, frame: Frame, run: CaptureRun
    ) {
        for chunk in chunks {
            guard let message = chunk.message, items[message].firstSeen == nil else { continue }
            items[message].firstSeen = frame.time
        }
        var progress = frame.fromClient ? fromClient : fromServer
        progress.receive(range)
        let all = frame.fromClient ? clientStream.chunks : serverStream.chunks
        while progress.nextChunk < all.count, all[progress.nextChunk].range.upperBound <= progress.contiguous {
            if let message = all[progress.nextChunk].message, all[progress.nextChunk].isLast {
                observe(items[message], at: frame.time, run: run)
            }
            progress.nextChunk += 1
        }
        if frame.fromClient { fromClient = progress } else { fromServer = progress }
    }

    private func observe(_ item: Item, at time: UInt64, run: CaptureRun) {
        run.count(
            message: .init(method: item.plan.method, status: item.plan.status, transport: item.script.truth.transport))
        item.script.truth.observe(
            item.plan, first: item.firstSeen ?? time, complete: time,
            from: item.script.hosts[Int(item.plan.sender)], to: item.script.hosts[Int(item.plan.receiver)])
    }
}
