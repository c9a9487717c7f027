import Glibc
import Testing

@testable import Archive

/// A directory of its own for a test, removed with everything in it.
final class TemporaryDirectory {
    let path: String

    init() throws {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(base)/archive-test-XXXXXX".utf8CString)
        let made = template.withUnsafeMutableBufferPointer { mkdtemp($0.baseAddress!) }
        path = String(cString: try #require(made))
    }

    deinit { _ = Self.run("chmod -R u+rwx '\(path)'; rm -rf '\(path)'") }

    /// Runs a shell command; its exit status.
    @discardableResult
    static func run(_ command: String) -> Int32 {
        let status = system(command)
        return status & 0x7f == 0 ? status >> 8 & 0xff : -1
    }

    /// Paths of all regular files below, sorted, without the lock.
    func files() -> [String] {
        var result: [String] = []
        func walk(_ prefix: String) {
            guard let stream = opendir("\(path)/\(prefix)") else { return }
            defer { closedir(stream) }
            while let entry = readdir(stream) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                guard name != ".", name != "..", name != ArchiveDirectory.lockName else { continue }
                if entry.pointee.d_type == DT_DIR { walk(prefix + name + "/") } else { result.append(prefix + name) }
            }
        }
        walk("")
        return result.sorted()
    }

    func read(_ name: String) -> [UInt8] {
        guard let file = fopen("\(path)/\(name)", "r") else { return [] }
        defer { fclose(file) }
        var result: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = fread(&chunk, 1, chunk.count, file)
            if count == 0 { return result }
            result.append(contentsOf: chunk[..<count])
        }
    }

    func write(_ name: String, _ bytes: [UInt8]) {
        guard let file = fopen("\(path)/\(name)", "w") else { return }
        defer { fclose(file) }
        fwrite(bytes, 1, bytes.count, file)
    }

    func exists(_ name: String) -> Bool { access("\(path)/\(name)", F_OK) == 0 }
}

/// A capture file taken apart, or nil when it is not one from beginning to end.
struct Capture: Equatable {
    struct Record: Equatable {
        var timestamp: Int64
        var original: UInt32
        var bytes: [UInt8]
    }

    var linkType: UInt32
    var records: [Record] = []

    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 24 else { return nil }
        let magic = bytes.littleEndianWord(at: 0)
        guard magic == 0xa1b2_c3d4 || magic == 0xa1b2_3c4d else { return nil }
        linkType = bytes.littleEndianWord(at: 20)
        var at = 24
        while at < bytes.count {
            guard at + 16 <= bytes.count else { return nil }
            let end = at + 16 + Int(bytes.littleEndianWord(at: at + 8))
            guard end <= bytes.count else { return nil }
            let ticks = Int64(bytes.littleEndianWord(at: at + 4)) * (magic == 0xa1b2_c3d4 ? 1_000 : 1)
            records.append(
                Record(
                    timestamp: Int64(bytes.littleEndianWord(at: at)) * 1_000_000_000 + ticks,
                    original: bytes.littleEndianWord(at: at + 12), bytes: Array(bytes[(at + 16)..<end])))
            at = end
        }
    }

    /// The positions that `TestPacket` wrote into the records.
    var positions: [UInt64] { records.map { TestPacket.position(of: $0.bytes) } }
}

/// A packet that says which one it is: the first eight bytes are its position in the capture.
struct TestPacket {
    var position: UInt64
    var kind = RecordKind.signalling
    var linkType: UInt32 = 1
    var length = 60
    var timestamp: Int64 { 1_700_000_000_000_000_000 + Int64(position) * 1_000_000 }

    var bytes: [UInt8] {
        var bytes = [UInt8](repeating: UInt8(truncatingIfNeeded: position &* 31), count: max(length, 8))
        for index in 0..<8 { bytes[index] = UInt8(truncatingIfNeeded: position >> (8 * UInt64(index))) }
        return bytes
    }

    static func position(of bytes: [UInt8]) -> UInt64 {
        (0..<8).reduce(0) { $0 | UInt64(bytes[$1]) << (8 * UInt64($1)) }
    }
}

extension CallFileWriter {
    mutating func append(_ set: FileSetID, _ packet: TestPacket, floor: UInt64? = nil) {
        append(
            set, kind: packet.kind, linkType: packet.linkType, timestamp: packet.timestamp,
            originalLength: UInt32(packet.bytes.count), position: packet.position, bytes: packet.bytes.span,
            pendingFloor: floor ?? packet.position)
    }
}

func stem(_ name: String) -> FileStem { FileStem(bytes: Array(name.utf8)) }
