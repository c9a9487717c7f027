/// One layer that a packet travels in.
public enum TunnelLayer: Sendable, CaseIterable {
    case ipInIP, gre, greWithKey, bridging, erspan2, erspan3, etherIP
    case vxlan, vxlanGPE, geneve, gtp, l2tp, tzsp, lisp
    case mpls, pseudowire, pppoe, providerBackbone, serviceHeader

    /// Whether its packets can stand where IP is expected, with no link header that names them.
    var isIP: Bool {
        switch self {
        case .mpls, .pseudowire, .pppoe, .providerBackbone, .serviceHeader: false
        default: true
        }
    }
}

/// The layers around a call's packets, and what they fragment.
public struct TunnelPlan: Sendable {
    /// Innermost first.
    public var layers: [TunnelLayer]
    /// What the outer IP headers say is in them is fragmented beyond this many bytes.
    public var largestPayload: Int?
    /// The outer headers have the addresses and identification of the packet inside, to confuse whoever mixes them up.
    public var looksLikeInside = false
    /// Fragments of the outermost layer come in reverse order.
    public var isReversed = false
    /// Tells one tunnel from another: end points, keys, identifiers.
    public var number: UInt32 = 0

    public init(_ layers: [TunnelLayer]) { self.layers = layers }

    /// The captured packets that carry this one: the same link header in front of the outermost layer.
    public func wrap(_ frame: UnsafeRawBufferPointer, link: LinkType, identification: inout UInt16) -> [[UInt8]] {
        let network = Self.networkOffset(frame, link)
        var packets = [Carried(etherType: Self.etherType(frame, network), bytes: Array(frame[network...]))]
        for layer in layers where link != .raw || layer.isIP {
            packets = packets.flatMap { around($0, layer, &identification) }
        }
        if isReversed { packets.reverse() }
        return packets.map { packet in
            switch link {
            case .ethernet:
                return Array(frame[..<12]) + Self.bytes(packet.etherType) + packet.bytes
            case .sll2: return Self.bytes(packet.etherType) + Array(frame[2..<20]) + packet.bytes
            case .raw: return packet.bytes
            }
        }
    }

    private struct Carried {
        var etherType: UInt16
        var bytes: [UInt8]
        var isIPv6: Bool { etherType == 0x86DD }
        /// With addresses that the frame outside does not have.
        var frame: [UInt8] { [2, 9, 9, 9, 9, 1, 2, 9, 9, 9, 9, 2] + TunnelPlan.bytes(etherType) + bytes }
    }

    private static func networkOffset(_ frame: UnsafeRawBufferPointer, _ link: LinkType) -> Int {
        switch link {
        case .raw: return 0
        case .sll2: return 20
        case .ethernet:
            var type = 12
            while [0x81, 0x88].contains(frame[type]), frame[type + 1] == 0 || frame[type + 1] == 0xA8 { type += 4 }
            return type + 2
        }
    }

    private static func etherType(_ frame: UnsafeRawBufferPointer, _ network: Int) -> UInt16 {
        frame[network] >> 4 == 6 ? 0x86DD : 0x0800
    }

    private static func bytes(_ value: UInt16) -> [UInt8] { [UInt8(value >> 8), UInt8(truncatingIfNeeded: value)] }

    private static func words(_ values: UInt32...) -> [UInt8] {
        values.flatMap { value in [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) } }
    }

    private func around(_ inside: Carried, _ layer: TunnelLayer, _ identification: inout UInt16) -> [Carried] {
        let type = Self.bytes(inside.etherType)
        func overIP(_ number: UInt8, _ bytes: [UInt8]) -> [Carried] {
            internet(number, bytes, inside, &identification)
        }
        func overUDP(_ port: UInt16, _ bytes: [UInt8]) -> [Carried] {
            overIP(
                17,
                Self.bytes(49_152 + UInt16(number & 0xFFF)) + Self.bytes(port)
                    + Self.bytes(UInt16(bytes.count + 8)) + [0, 0] + bytes)
        }
        let label = Self.words((number & 0xFFFF) << 12 | 0x10_0000 | 0x140)
        switch layer {
        case .ipInIP: return overIP(inside.isIPv6 ? 41 : 4, inside.bytes)
        case .gre: return overIP(47, [0, 0] + type + inside.bytes)
        case .greWithKey:
            return overIP(47, [0xB0, 0] + type + Self.words(0, number, UInt32(identification)) + inside.bytes)
        case .bridging: return overIP(47, [0, 0, 0x65, 0x58] + inside.frame)
        case .erspan2:
            let header = Self.words(UInt32(identification), 0x1005_0000 | number & 0x3FF, 0)
            return overIP(47, [0x10, 0, 0x88, 0xBE] + header + inside.frame)
        case .erspan3:
            let header = Self.words(UInt32(identification), 0x2005_0000 | number & 0x3FF, UInt32(identification), 0)
            return overIP(47, [0x10, 0, 0x22, 0xEB] + header + inside.frame)
        case .etherIP: return overIP(97, [0x30, 0] + inside.frame)
        case .vxlan: return overUDP(4789, Self.words(0x0800_0000, number << 8) + inside.frame)
        case .vxlanGPE:
            return overUDP(4790, Self.words(0x0C00_0000 | (inside.isIPv6 ? 2 : 1), number << 8) + inside.bytes)
        case .geneve:
            let options = Self.words(0x0102_0301, UInt32(identification))
            return overUDP(6081, [2, 0, 0x65, 0x58] + Self.words(number << 8) + options + inside.frame)
        case .gtp:
            let length = Self.bytes(UInt16(inside.bytes.count + 8))
            return overUDP(
                2152,
                [0x34, 255] + length + Self.words(number, 0x85, 0x0100_0900) + inside.bytes)
        case .l2tp:
            return overUDP(
                1701, [0, 2] + Self.words(number) + [0xFF, 3, 0, inside.isIPv6 ? 0x57 : 0x21] + inside.bytes)
        case .tzsp: return overUDP(37008, [1, 0, 0, 1, 0, 10, 1, 0xD8, 1] + inside.frame)
        case .lisp: return overUDP(4341, Self.words(0x8000_0000 | number & 0xFFFF, 1) + inside.bytes)
        case .mpls: return [Carried(etherType: 0x8847, bytes: label + inside.bytes)]
        case .pseudowire: return [Carried(etherType: 0x8847, bytes: label + Self.words(0) + inside.frame)]
        case .pppoe:
            let header = [0x11, 0] + Self.bytes(UInt16(truncatingIfNeeded: number))
            let length = Self.bytes(UInt16(inside.bytes.count + 2))
            let bytes = header + length + [0, inside.isIPv6 ? 0x57 : 0x21] + inside.bytes
            return [Carried(etherType: 0x8864, bytes: bytes)]
        case .providerBackbone: return [Carried(etherType: 0x88E7, bytes: Self.words(number & 0xFFFFFF) + inside.frame)]
        case .serviceHeader:
            return [
                Carried(etherType: 0x894F, bytes: [0x0F, 0xC2, 2, 3] + Self.words(number << 8 | 255) + inside.frame)
            ]
        }
    }

    /// An outer IPv4 header for each fragment, or for the whole.
    private func internet(
        _ ipProtocol: UInt8, _ payload: [UInt8], _ inside: Carried, _ identification: inout UInt16
    ) -> [Carried] {
        identification &+= 1
        var name = Self.bytes(identification)
        var addresses = Self.words(0xCB00_7100 | number & 0x7E, 0xCB00_7101 | number & 0x7E)
        if looksLikeInside, inside.etherType == 0x0800 {
            // Of the fragments inside, which share theirs, only the first: datagrams must not.
            if inside.bytes[6] & 0x1F == 0, inside.bytes[7] == 0 { name = Array(inside.bytes[4..<6]) }
            addresses = Array(inside.bytes[12..<20])
        }
        let step = max(8, (largestPayload ?? payload.count + 8) / 8 * 8)
        return stride(from: 0, to: payload.count, by: step).map { offset in
            let end = min(payload.count, offset + step)
            var packet: [UInt8] = [0x45, 0]
            packet += Self.bytes(UInt16(20 + end - offset)) + name
            packet += Self.bytes((end < payload.count ? 0x2000 : 0) | UInt16(offset / 8))
            packet += [61, ipProtocol, 0, 0] + addresses
            var checksum = InternetChecksum()
            packet.withUnsafeBytes { checksum.add($0) }
            packet.store(big16: checksum.value, at: 10)
            return Carried(etherType: 0x0800, bytes: packet + payload[offset..<end])
        }
    }
}
