import Glibc

/// The bytes of a whole file, reused from one file to the next.
public final class FileBytes {
    private var buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    private var length = 0

    public init() {}

    deinit { buffer.deallocate() }

    public var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: buffer[..<length]) }

    public func load(_ path: String) throws {
        length = 0
        let descriptor = open(path, O_RDONLY)
        guard descriptor >= 0 else { throw FileError(path: path, operation: "open", code: errno) }
        defer { _ = close(descriptor) }
        while true {
            if length == buffer.count { grow() }
            let count = read(descriptor, buffer.baseAddress! + length, buffer.count - length)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileError(path: path, operation: "read", code: errno) }
            guard count > 0 else { return }
            length += count
        }
    }

    private func grow() {
        let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: buffer.count * 4, alignment: 16)
        larger.copyMemory(from: UnsafeRawBufferPointer(buffer))
        buffer.deallocate()
        buffer = larger
    }
}

/// Walks through a classic pcap file in memory, either byte order and resolution.
public struct PcapFile {
    public struct Record {
        public var nanoseconds: UInt64
        public var originalLength: Int
        public var bytes: UnsafeRawBufferPointer
        /// Where the record begins in the file.
        public var offset: Int
    }

    private let bytes: UnsafeRawBufferPointer
    private let swapped: Bool
    public let nanoseconds: Bool
    public let link: UInt32
    public private(set) var offset = 24
    /// Set when the file ends inside a record.
    public private(set) var isTruncated = false

    /// Nil when these are not the bytes of a classic pcap file.
    public init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= 24 else { return nil }
        let magic = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 0, as: UInt32.self))
        switch magic {
        case 0xA1B2_C3D4: (swapped, nanoseconds) = (false, false)
        case 0xA1B2_3C4D: (swapped, nanoseconds) = (false, true)
        case 0xD4C3_B2A1: (swapped, nanoseconds) = (true, false)
        case 0x4D3C_B2A1: (swapped, nanoseconds) = (true, true)
        default: return nil
        }
        self.bytes = bytes
        let raw = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: 20, as: UInt32.self))
        link = swapped ? raw.byteSwapped : raw
    }

    public mutating func next() -> Record? {
        guard offset < bytes.count else { return nil }
        guard offset + 16 <= bytes.count else {
            isTruncated = true
            return nil
        }
        let captured = Int(word(8))
        guard offset + 16 + captured <= bytes.count else {
            isTruncated = true
            return nil
        }
        let time = UInt64(word(0)) * 1_000_000_000 + UInt64(word(4)) * (nanoseconds ? 1 : 1000)
        let body = UnsafeRawBufferPointer(rebasing: bytes[(offset + 16)..<(offset + 16 + captured)])
        let record = Record(nanoseconds: time, originalLength: Int(word(12)), bytes: body, offset: offset)
        offset += 16 + captured
        return record
    }

    private func word(_ place: Int) -> UInt32 {
        let raw = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset + place, as: UInt32.self))
        return swapped ? raw.byteSwapped : raw
    }
}

/// Cuts a capture into consecutive files with about the same number of packets.
public enum CaptureSplitter {
    public static func split(_ path: String, into parts: Int) throws {
        let file = FileBytes()
        try file.load(path)
        guard parts > 1, var pcap = PcapFile(file.bytes) else { return }
        var offsets: [Int] = []
        while let record = pcap.next() { offsets.append(record.offset) }
        offsets.append(pcap.offset)
        let packets = offsets.count - 1
        let stem = path.hasSuffix(".pcap") ? String(path.dropLast(5)) : path
        for part in 0..<parts {
            let output = try BlockFile(path: "\(stem)-\(part + 1).pcap")
            try output.write(UnsafeRawBufferPointer(rebasing: file.bytes[..<24]))
            let (first, last) = (packets * part / parts, packets * (part + 1) / parts)
            try output.write(UnsafeRawBufferPointer(rebasing: file.bytes[offsets[first]..<offsets[last]]))
            try output.close()
        }
    }
}
