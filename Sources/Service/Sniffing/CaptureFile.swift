import Capture
import Glibc

/// A classic capture file, or standard output as one, written in whole records.
///
/// Layout: https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-04.html, little endian.
final class CaptureFile {
    let path: String
    let linkType: UInt32
    private let isNanosecond: Bool
    private let descriptor: Int32
    private var buffer: [UInt8] = []

    private static let bufferLimit = 256 << 10
    /// libpcap's longest record; readers refuse longer ones.
    private static let longestRecord: UInt32 = 262_144

    /// - Parameter path: a file name, or `-`. A file of that name is replaced, as with tcpdump, unless it is one of `inputs`.
    init(
        _ path: String, linkType: UInt32, isNanosecond: Bool, inputs: [String]
    ) throws(CommandError) {
        self.path = path
        self.linkType = linkType
        self.isNanosecond = isNanosecond
        if path == "-" {
            descriptor = StandardStream.output.rawValue
        } else {
            if let input = inputs.first(where: { Self.isSameFile($0, path) }) {
                throw CommandError(
                    "the capture would be written over its own input \(input)", at: path,
                    remedy: "choose another name for --write-file", exitStatus: .cannotCreateOutput)
            }
            descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0o600)
            guard descriptor >= 0 else {
                throw CommandError(
                    "cannot create the capture: \(describe(errno: errno))", at: path,
                    remedy: "check the directory of --write-file", exitStatus: .cannotCreateOutput)
            }
        }
        buffer.reserveCapacity(Self.bufferLimit + 4096)
        append(isNanosecond ? 0xa1b2_3c4d : 0xa1b2_c3d4)
        append(2 | 4 << 16)
        append(0)
        append(0)
        append(Self.longestRecord)
        append(linkType)
    }

    deinit { if descriptor > StandardStream.error.rawValue { close(descriptor) } }

    private static func isSameFile(_ input: String, _ output: String) -> Bool {
        var (first, second) = (stat(), stat())
        guard (input == "-" ? fstat(STDIN_FILENO, &first) : stat(input, &first)) == 0, stat(output, &second) == 0,
            first.st_mode & S_IFMT == S_IFREG
        else { return false }
        return first.st_dev == second.st_dev && first.st_ino == second.st_ino
    }

    private func append(_ word: UInt32) {
        for shift: UInt32 in [0, 8, 16, 24] { buffer.append(UInt8(truncatingIfNeeded: word >> shift)) }
    }

    /// Times before 1970 and after 2106 do not fit the format; they are written as its first and last.
    func write(_ packet: CapturedPacket, _ bytes: ArraySlice<UInt8>) throws(CommandError) {
        let seconds = UInt32(clamping: packet.timestamp / 1_000_000_000)
        let fraction = max(0, packet.timestamp % 1_000_000_000)
        append(seconds)
        append(UInt32(truncatingIfNeeded: isNanosecond ? fraction : fraction / 1000))
        append(packet.capturedLength)
        append(packet.originalLength)
        buffer.append(contentsOf: bytes)
        if buffer.count >= Self.bufferLimit { try flush() }
    }

    func flush() throws(CommandError) {
        guard !buffer.isEmpty else { return }
        defer { buffer.removeAll(keepingCapacity: true) }
        guard !writeAll(buffer, to: descriptor) else { return }
        throw CommandError(
            "cannot write the capture: \(describe(errno: errno))",
            at: path == "-" ? "standard output" : path, remedy: "check the space on the disk",
            exitStatus: .inputOutput)
    }
}
