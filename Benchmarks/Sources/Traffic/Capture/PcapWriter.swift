import Glibc

public struct FileError: Error, CustomStringConvertible {
    public let path: String
    public let operation: String
    public let code: Int32
    public var description: String { "\(path): cannot \(operation): \(String(cString: strerror(code)))" }
}

/// A file written in large blocks.
public final class BlockFile {
    private let path: String
    private let descriptor: Int32
    private let buffer: UnsafeMutableRawPointer
    private let capacity: Int
    private var used = 0
    private var closed = false

    public init(path: String, capacity: Int = 1 << 20) throws {
        self.path = path
        self.capacity = capacity
        descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0o644)
        buffer = .allocate(byteCount: capacity, alignment: 16)
        guard descriptor >= 0 else { throw FileError(path: path, operation: "create", code: errno) }
    }

    deinit {
        buffer.deallocate()
        if !closed, descriptor >= 0 { _ = Glibc.close(descriptor) }
    }

    /// Room for `count` bytes, to be filled by the caller.
    func reserve(_ count: Int) throws -> UnsafeMutableRawPointer {
        if used + count > capacity { try flush() }
        precondition(count <= capacity, "a record larger than the write buffer")
        defer { used += count }
        return buffer + used
    }

    public func write(_ bytes: UnsafeRawBufferPointer) throws {
        var offset = 0
        while offset < bytes.count {
            if used == capacity { try flush() }
            let count = min(capacity - used, bytes.count - offset)
            (buffer + used).copyMemory(from: bytes.baseAddress! + offset, byteCount: count)
            used += count
            offset += count
        }
    }

    public func write(_ bytes: [UInt8]) throws {
        try bytes.withUnsafeBytes { raw in try write(raw) }
    }

    public func flush() throws {
        var offset = 0
        while offset < used {
            let written = Glibc.write(descriptor, buffer + offset, used - offset)
            if written < 0, errno == EINTR { continue }
            guard written > 0 else { throw FileError(path: path, operation: "write", code: errno) }
            offset += written
        }
        used = 0
    }

    public func close() throws {
        try flush()
        closed = true
        guard Glibc.close(descriptor) == 0 else { throw FileError(path: path, operation: "close", code: errno) }
    }
}

/// The 24 bytes at the start of a classic pcap file, little endian.
public enum PcapHeader {
    public static func bytes(link: UInt32, nanoseconds: Bool, snapshotLength: UInt32 = 262_144) -> [UInt8] {
        var header: [UInt8] = []
        for word in [nanoseconds ? 0xA1B2_3C4D : 0xA1B2_C3D4, 0x0004_0002, 0, 0, snapshotLength, link] as [UInt32] {
            header.append(big32: word.byteSwapped)
        }
        return header
    }
}

/// Writes a classic pcap file.
public final class PcapWriter {
    private let file: BlockFile
    private let nanoseconds: Bool

    public init(path: String, link: LinkType, nanoseconds: Bool) throws {
        file = try BlockFile(path: path, capacity: 4 << 20)
        self.nanoseconds = nanoseconds
        try file.write(PcapHeader.bytes(link: link.number, nanoseconds: nanoseconds))
    }

    @inline(__always)
    func write(nanoseconds time: UInt64, bytes: UnsafeRawBufferPointer) throws {
        let record = try file.reserve(16 + bytes.count)
        let seconds = time / 1_000_000_000
        let fraction = time % 1_000_000_000
        record.storeBytes(of: UInt32(truncatingIfNeeded: seconds).littleEndian, toByteOffset: 0, as: UInt32.self)
        record.storeBytes(
            of: UInt32(truncatingIfNeeded: nanoseconds ? fraction : fraction / 1000).littleEndian, toByteOffset: 4,
            as: UInt32.self)
        let length = UInt32(truncatingIfNeeded: bytes.count).littleEndian
        record.storeBytes(of: length, toByteOffset: 8, as: UInt32.self)
        record.storeBytes(of: length, toByteOffset: 12, as: UInt32.self)
        (record + 16).copyMemory(from: bytes.baseAddress!, byteCount: bytes.count)
    }

    public func close() throws { try file.close() }
}
