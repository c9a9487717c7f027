/// Sends a call's messages over UDP, each made when it leaves.
public final class DatagramMessages: PacketSource {
    private let script: CallScript
    private let link: LinkType
    private var index = 0
    private var fragments: [[UInt8]] = []
    private var fragmentIndex = 0
    private var firstFragmentTime: UInt64 = 0
    private var identification: UInt32
    private var random: SplitMix64

    /// The messages are put in order of time; equal times keep their order.
    public init(_ script: CallScript, settings: CaptureSettings) {
        self.script = script
        link = settings.link
        random = SplitMix64(seed: script.seed)
        identification = UInt32(truncatingIfNeeded: random.next())
        super.init()
        var order = Array(script.messages.enumerated())
        order.sort { ($0.element.time, $0.offset) < ($1.element.time, $1.offset) }
        script.messages = order.map(\.element)
        for place in script.messages.indices {
            script.messages[place].time = settings.quantized(script.messages[place].time)
        }
        next = script.messages.first?.time ?? .max
    }

    public override var owners: [CallTruth] { [script.truth] }

    public override func emit(into run: CaptureRun) throws {
        if !fragments.isEmpty { return try emitFragment(into: run) }
        let message = script.messages[index]
        var text: [UInt8] = []
        text.reserveCapacity(1500)
        script.appendText(of: message, to: &text)
        identification &+= 1
        let path = Path(
            from: script.hosts[Int(message.sender)], to: script.hosts[Int(message.receiver)], vlans: script.vlans)
        if script.fragmentation != .none, text.count > 1400 {
            fragments = UDPDatagram.fragments(
                path: path, link: link, identification: identification, payload: text,
                fragmentPayload: 576 + random.below(800))
            arrangeFragments()
            firstFragmentTime = next
            return try emitFragment(into: run)
        }
        var packet: [UInt8] = []
        packet.reserveCapacity(text.count + 64)
        UDPDatagram.append(path: path, link: link, identification: identification, payload: text, to: &packet)
        if script.copied {
            let copy = copyOfPacket(path: path, text: text)
            let delay = random.within(100_000...900_000)
            try packet.withUnsafeBytes { bytes in
                try run.write(
                    at: next, bytes, kind: .sipDatagram, owners: owners, copyAfter: delay, copy: copy)
            }
        } else {
            try packet.withUnsafeBytes { bytes in
                try run.write(at: next, bytes, kind: .sipDatagram, owners: owners)
            }
        }
        complete(message, first: next, in: run)
        moveOn()
    }

    private func copyOfPacket(path: Path, text: [UInt8]) -> [UInt8] {
        var copy: [UInt8] = []
        UDPDatagram.append(
            path: path.seenElsewhere(link: link), link: link, identification: identification, payload: text, to: &copy)
        return copy
    }

    private func arrangeFragments() {
        switch script.fragmentation {
        case .none, .inOrder: break
        case .reversed: fragments.reverse()
        // Before the last one comes, so that both belong to the datagram while it is being put together.
        case .duplicated: fragments.insert(fragments[0], at: fragments.count - 1)
        }
    }

    private func emitFragment(into run: CaptureRun) throws {
        let packet = fragments[fragmentIndex]
        try packet.withUnsafeBytes { bytes in
            try run.write(at: next, bytes, kind: .sipFragment, owners: owners)
        }
        fragmentIndex += 1
        guard fragmentIndex == fragments.count else {
            next += 12_000
            return
        }
        fragments = []
        fragmentIndex = 0
        complete(script.messages[index], first: firstFragmentTime, in: run)
        moveOn()
    }

    private func complete(_ message: MessagePlan, first: UInt64, in run: CaptureRun) {
        run.count(message: .init(method: message.method, status: message.status, transport: .udp))
        script.truth.observe(
            message, first: first, complete: next, from: script.hosts[Int(message.sender)],
            to: script.hosts[Int(message.receiver)])
    }

    private func moveOn() {
        index += 1
        next = index < script.messages.count ? max(next, script.messages[index].time) : .max
    }
}

extension Path {
    /// The same packet at another place of the network: for half of the pairs of hosts in a VLAN (where the link has
    /// them), for the others one router further.
    func seenElsewhere(link: LinkType) -> Path {
        var other = self
        let pair = source.address.low ^ destination.address.low
        let inVLAN = link == .ethernet && vlans.isEmpty && (pair ^ pair >> 2) & 4 == 0
        if inVLAN { other.vlans = [77] } else { other.hopLimit -= 1 }
        return other
    }
}
