import CZlib
import Glibc

/// Builds capture files byte by byte, in either byte order.
struct CaptureBytes {
    var bytes: [UInt8] = []
    var isBigEndian = false

    init(bigEndian: Bool = false) { isBigEndian = bigEndian }

    mutating func add<Value: FixedWidthInteger>(_ value: Value) {
        withUnsafeBytes(of: isBigEndian ? value.bigEndian : value.littleEndian) { bytes.append(contentsOf: $0) }
    }

    // MARK: Classic

    static func classic(
        magic: UInt32 = 0xa1b2_c3d4, snapLength: UInt32 = 262_144, linkType: UInt32 = 1, bigEndian: Bool = false,
        version: (UInt16, UInt16) = (2, 4)
    ) -> CaptureBytes {
        var file = CaptureBytes(bigEndian: bigEndian)
        file.add(magic)
        file.add(version.0)
        file.add(version.1)
        file.add(UInt64(0))
        file.add(snapLength)
        file.add(linkType)
        return file
    }

    mutating func record(
        _ seconds: UInt32, _ fraction: UInt32, _ packet: [UInt8], original: UInt32? = nil, extra: Int = 0
    ) {
        add(seconds)
        add(fraction)
        add(UInt32(packet.count))
        add(original ?? UInt32(packet.count))
        bytes += [UInt8](repeating: 0xee, count: extra)
        bytes += packet
    }

    // MARK: pcapng

    mutating func block(_ type: UInt32, _ body: (inout CaptureBytes) -> Void) {
        var inner = CaptureBytes(bigEndian: isBigEndian)
        body(&inner)
        while inner.bytes.count % 4 != 0 { inner.bytes.append(0) }
        add(type)
        add(UInt32(inner.bytes.count + 12))
        bytes += inner.bytes
        add(UInt32(inner.bytes.count + 12))
    }

    mutating func section(bigEndian: Bool = false) {
        isBigEndian = bigEndian
        block(0x0a0d_0d0a) { body in
            body.add(UInt32(0x1a2b_3c4d))
            body.add(UInt16(1))
            body.add(UInt16(0))
            body.add(UInt64.max)
        }
    }

    mutating func option(_ code: UInt16, _ value: [UInt8]) {
        add(code)
        add(UInt16(value.count))
        bytes += value
        while bytes.count % 4 != 0 { bytes.append(0) }
    }

    mutating func interface(
        linkType: UInt16 = 1, snapLength: UInt32 = 0, name: String? = nil, resolution: UInt8? = nil,
        offset: Int64? = nil
    ) {
        block(1) { body in
            body.add(linkType)
            body.add(UInt16(0))
            body.add(snapLength)
            if let name { body.option(2, Array(name.utf8)) }
            if let resolution { body.option(9, [resolution]) }
            if let offset {
                var value = CaptureBytes(bigEndian: body.isBigEndian)
                value.add(offset)
                body.option(14, value.bytes)
            }
            body.option(0, [])
        }
    }

    mutating func enhancedPacket(_ interface: UInt32, units: UInt64, _ packet: [UInt8], original: UInt32? = nil) {
        block(6) { body in
            body.add(interface)
            body.add(UInt32(truncatingIfNeeded: units >> 32))
            body.add(UInt32(truncatingIfNeeded: units))
            body.add(UInt32(packet.count))
            body.add(original ?? UInt32(packet.count))
            body.bytes += packet
            body.bytes += [UInt8](repeating: 0, count: (4 - packet.count % 4) % 4)
            body.option(1, Array("a comment".utf8))
            body.option(0, [])
        }
    }

    mutating func simplePacket(_ packet: [UInt8], original: UInt32) {
        block(3) { body in
            body.add(original)
            body.bytes += packet
        }
    }

    mutating func oldPacket(_ interface: UInt16, units: UInt64, _ packet: [UInt8]) {
        block(2) { body in
            body.add(interface)
            body.add(UInt16(0xffff))
            body.add(UInt32(truncatingIfNeeded: units >> 32))
            body.add(UInt32(truncatingIfNeeded: units))
            body.add(UInt32(packet.count))
            body.add(UInt32(packet.count))
            body.bytes += packet
        }
    }
}

/// A packet of some length whose bytes tell which one it is.
func packet(_ number: Int, count: Int) -> [UInt8] {
    (0..<count).map { UInt8(truncatingIfNeeded: number &* 31 &+ $0) }
}

/// One gzip member.
func gzip(_ bytes: [UInt8]) -> [UInt8] {
    var stream = z_stream()
    let size = Int32(MemoryLayout<z_stream>.size)
    guard deflateInit2_(&stream, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY, ZLIB_VERSION, size) == Z_OK else {
        return []
    }
    defer { deflateEnd(&stream) }
    var input = bytes
    var output = [UInt8](repeating: 0, count: bytes.count + bytes.count / 100 + 1024)
    let count = output.count
    input.withUnsafeMutableBufferPointer { from in
        output.withUnsafeMutableBufferPointer { to in
            stream.next_in = from.baseAddress
            stream.avail_in = UInt32(from.count)
            stream.next_out = to.baseAddress
            stream.avail_out = UInt32(to.count)
            _ = deflate(&stream, Z_FINISH)
        }
    }
    return Array(output[..<(count - Int(stream.avail_out))])
}

/// A directory that disappears with its owner.
final class Scratch {
    let path: String
    init() {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(base)/capture-XXXXXX".utf8CString)
        path = mkdtemp(&template).map { String(cString: $0) } ?? base
    }
    deinit {
        guard let directory = opendir(path) else { return }
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { unlink("\(path)/\(name)") }
        }
        closedir(directory)
        rmdir(path)
    }
    func write(_ name: String, _ bytes: [UInt8]) -> String {
        let file = "\(path)/\(name)"
        guard let stream = fopen(file, "w") else { return file }
        fwrite(bytes, 1, bytes.count, stream)
        fclose(stream)
        return file
    }
}
