/// UDP datagrams (RFC 768) in whole packets or in fragments.
public enum UDPDatagram {
    /// Appends one captured packet.
    public static func append(
        path: Path, link: LinkType, identification: UInt32, payload: [UInt8], to bytes: inout [UInt8]
    ) {
        LinkHeader.append(
            link, path: path, etherType: InternetHeader.etherType(path.source.address), to: &bytes)
        InternetHeader.append(
            path: path, transport: .udp, payloadLength: payload.count + 8, identification: identification, to: &bytes)
        appendDatagram(path: path, payload: payload, to: &bytes)
    }

    /// UDP header and payload, with checksum.
    static func appendDatagram(path: Path, payload: [UInt8], to bytes: inout [UInt8]) {
        let start = bytes.count
        bytes.append(big16: path.source.port)
        bytes.append(big16: path.destination.port)
        bytes.append(big16: UInt16(truncatingIfNeeded: payload.count + 8))
        bytes.append(big16: 0)
        bytes.append(contentsOf: payload)
        var checksum = InternetHeader.pseudoHeader(path: path, transport: .udp, length: payload.count + 8)
        bytes.withUnsafeBytes { checksum.add(UnsafeRawBufferPointer(rebasing: $0[start...])) }
        bytes.store(big16: checksum.udpValue, at: start + 6)
    }

    /// The packets of one fragmented datagram, in order of their offsets.
    /// - Parameter fragmentPayload: bytes of the datagram per fragment, rounded down to a multiple of eight.
    public static func fragments(
        path: Path, link: LinkType, identification: UInt32, payload: [UInt8], fragmentPayload: Int
    ) -> [[UInt8]] {
        var datagram: [UInt8] = []
        appendDatagram(path: path, payload: payload, to: &datagram)
        let step = max(8, fragmentPayload / 8 * 8)
        return stride(from: 0, to: datagram.count, by: step).map { offset in
            let end = min(datagram.count, offset + step)
            var packet: [UInt8] = []
            LinkHeader.append(
                link, path: path, etherType: InternetHeader.etherType(path.source.address), to: &packet)
            InternetHeader.append(
                path: path, transport: .udp, payloadLength: end - offset, identification: identification,
                fragment: .init(offset: offset, more: end < datagram.count), to: &packet)
            packet.append(contentsOf: datagram[offset..<end])
            return packet
        }
    }
}
