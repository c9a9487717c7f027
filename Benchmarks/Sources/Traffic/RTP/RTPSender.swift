/// Decides which RTP packets a stream sends and when each arrives.
struct RTPSender {
    struct Packet {
        var arrival: UInt64
        var number: Int
        var timestamp: UInt32
        var payloadType: UInt8
        var marker = false
        var payloadLength: Int
        var isEvent = false
        var isComfortNoise = false
        /// Event code, volume and duration (RFC 4733 section 2.3), when `isEvent`.
        var event: UInt32 = 0
    }

    let plan: RTPStreamPlan
    private var random: SplitMix64
    private let ticksPerSlot: UInt32
    private let slotLength: UInt64
    private let quantum: UInt64
    /// Sent and on its way, by arrival.
    private var underway: [Packet] = []
    private var slot: UInt64 = 0
    private var number = 0
    private var burstLeft = 0
    private var startsSpurt = true
    private var spurtLeft = 0
    private var eventSlot = -1

    init(_ plan: RTPStreamPlan, random: SplitMix64, settings: CaptureSettings) {
        self.plan = plan
        self.random = random
        slotLength = plan.packetTime * 1_000_000
        ticksPerSlot = UInt32(plan.codec.clockRate) * UInt32(plan.packetTime) / 1000
        quantum = settings.nanoseconds ? 1 : 1000
        spurtLeft = 30 + self.random.below(60)
    }

    private var sendTime: UInt64 { plan.start + slot * slotLength }

    /// The packet that arrives next, or nil at the end of the stream.
    mutating func nextPacket() -> Packet? {
        while sendTime < plan.end, underway.isEmpty || sendTime <= underway[0].arrival {
            var packet = makePacket()
            number += 1
            if isLost() { continue }
            packet.arrival = arrival(of: packet.number)
            hand(over: packet)
            if plan.impairment.duplication > 0, !isAtEdge(packet.number), random.chance(plan.impairment.duplication) {
                packet.arrival += random.within(1_000_000...15_000_000) / quantum * quantum
                hand(over: packet)
            }
        }
        return underway.isEmpty ? nil : underway.removeFirst()
    }

    /// Sorted in by arrival; among equals the earlier sent stays first.
    private mutating func hand(over packet: Packet) {
        var place = underway.count
        while place > 0, underway[place - 1].arrival > packet.arrival { place -= 1 }
        underway.insert(packet, at: place)
    }

    private mutating func isLost() -> Bool {
        if burstLeft > 0 {
            burstLeft -= 1
            return true
        }
        guard plan.impairment.loss > 0 else { return false }
        guard random.chance(plan.impairment.loss / Double(plan.impairment.burst)) else { return false }
        burstLeft = plan.impairment.burst - 1
        return true
    }

    private var lastSend: UInt64 = 0

    /// The first and last packets keep their order unless asked otherwise: where a stream begins or ends that does so
    /// out of order is a matter of definition, and tshark's (first and last to arrive) differs from ours (lowest and
    /// highest number).
    private func isAtEdge(_ number: Int) -> Bool {
        number <= 8 || lastSend + 8 * slotLength > plan.end
    }

    private mutating func arrival(of number: Int) -> UInt64 {
        var time = lastSend + random.below(plan.impairment.jitter + 1)
        if plan.beginsOutOfOrder, number == 0 { return (lastSend + slotLength * 3 / 2) / quantum * quantum }
        if plan.impairment.reordering > 0, !isAtEdge(number),
            random.chance(plan.impairment.reordering)
        {
            time += slotLength + random.below(slotLength * 3 / 2)
        }
        return time / quantum * quantum
    }

    /// The packet of the present slot; moves on to the next slot that has one.
    private mutating func makePacket() -> Packet {
        lastSend = sendTime
        var packet = Packet(
            arrival: 0, number: number,
            timestamp: plan.firstTimestamp &+ UInt32(truncatingIfNeeded: slot) &* ticksPerSlot,
            payloadType: plan.codec.payloadType, payloadLength: talkLength())
        packet.marker = startsSpurt
        startsSpurt = false
        slot += 1
        switch plan.pattern {
        case .continuous: break
        case .comfortNoise: applyComfortNoise(to: &packet)
        case .telephoneEvents: applyEvent(to: &packet)
        }
        return packet
    }

    private mutating func talkLength() -> Int {
        if let bytes = plan.codec.bytesPer20ms { return bytes * Int(plan.packetTime) / 20 }
        return 40 + random.below(81)
    }

    private mutating func applyComfortNoise(to packet: inout Packet) {
        spurtLeft -= 1
        guard spurtLeft <= 0 else { return }
        packet.payloadType = 13
        packet.payloadLength = 1
        packet.isComfortNoise = true
        packet.marker = false
        slot += UInt64(5 + random.below(30))
        startsSpurt = true
        spurtLeft = 20 + random.below(60)
    }

    /// An event of ten packets every 40 slots: all have the timestamp of its first, the last three say "end".
    private mutating func applyEvent(to packet: inout Packet) {
        let place = Int((slot - 1) % 40) - 25
        guard place >= 0, place < 10, slot < 160 else { return }
        packet.payloadType = Codec.telephoneEventPayloadType
        packet.payloadLength = 4
        packet.isEvent = true
        packet.marker = place == 0
        packet.timestamp &-= UInt32(place) &* ticksPerSlot
        let digit = UInt32((slot - 1) / 40) + 1
        let duration = UInt32(min(place + 1, 8)) * ticksPerSlot
        packet.event = digit << 24 | (place >= 7 ? 0x80_0000 : 0) | 10 << 16 | duration
    }
}
