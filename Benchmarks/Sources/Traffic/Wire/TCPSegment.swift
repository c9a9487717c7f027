/// One TCP segment (RFC 9293), without options.
public struct TCPSegment: Sendable {
    public static let fin: UInt8 = 0x01
    public static let syn: UInt8 = 0x02
    public static let push: UInt8 = 0x08
    public static let ack: UInt8 = 0x10

    public var sequence: UInt32
    public var acknowledgement: UInt32
    public var flags: UInt8

    public init(sequence: UInt32, acknowledgement: UInt32, flags: UInt8) {
        self.sequence = sequence
        self.acknowledgement = acknowledgement
        self.flags = flags
    }

    public func append(
        path: Path, link: LinkType, identification: UInt32, payload: ArraySlice<UInt8>, to bytes: inout [UInt8]
    ) {
        LinkHeader.append(
            link, path: path, etherType: InternetHeader.etherType(path.source.address), to: &bytes)
        InternetHeader.append(
            path: path, transport: .tcp, payloadLength: payload.count + 20, identification: identification, to: &bytes)
        let start = bytes.count
        bytes.append(big16: path.source.port)
        bytes.append(big16: path.destination.port)
        bytes.append(big32: sequence)
        bytes.append(big32: acknowledgement)
        bytes.append(0x50)
        bytes.append(flags)
        bytes.append(big16: 0xFFFF)
        bytes.append(big32: 0)  // checksum and urgent pointer
        bytes.append(contentsOf: payload)
        var checksum = InternetHeader.pseudoHeader(path: path, transport: .tcp, length: payload.count + 20)
        bytes.withUnsafeBytes { checksum.add(UnsafeRawBufferPointer(rebasing: $0[start...])) }
        bytes.store(big16: checksum.value, at: start + 16)
    }
}
