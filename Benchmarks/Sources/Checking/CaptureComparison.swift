import Traffic

/// Compares a call's capture files with the digest, the count and the bytes of its truth.
final class CaptureComparison {
    private let file = FileBytes()
    private let directory: String
    private let original: OriginalCapture?

    init(directory: String, original: OriginalCapture?) {
        (self.directory, self.original) = (directory, original)
    }

    /// Nil when the files hold exactly the packets.
    func difference(truth: JSONValue, files: [String]) -> String? {
        guard !files.isEmpty else { return "the record names no file" }
        var digest = PacketDigest()
        var (packets, bytes) = (0, 0)
        for name in files {
            do { try file.load("\(directory)/\(name)") } catch { return "\(error)" }
            guard var pcap = PcapFile(file.bytes) else { return "\(name): not a pcap file" }
            while let record = pcap.next() {
                packets += 1
                bytes += record.bytes.count
                digest.add(
                    nanoseconds: record.nanoseconds, originalLength: record.originalLength, bytes: record.bytes)
            }
            if pcap.isTruncated { return "\(name): ends inside a packet" }
        }
        let (expected, expectedBytes) = (truth["packets"]?.integer ?? 0, truth["bytes"]?.integer ?? 0)
        guard packets == expected, bytes == expectedBytes else {
            return "\(packets) packets of \(bytes) bytes instead of \(expected) of \(expectedBytes)"
                + (explanation(truth, files) ?? "")
        }
        guard UInt64(truth["digest"]?.string ?? "", radix: 16) == digest.value else {
            return "the right number of packets, but other ones or in another order" + (explanation(truth, files) ?? "")
        }
        return nil
    }

    /// Which packets are missing and surplus, by their numbers in the original capture.
    private func explanation(_ truth: JSONValue, _ files: [String]) -> String? {
        guard let original, let numbers = truth["packet_numbers"]?.elements.compactMap(\.integer) else { return nil }
        var found: [Int] = []
        for name in files {
            guard (try? file.load("\(directory)/\(name)")) != nil, var pcap = PcapFile(file.bytes) else { continue }
            while let record = pcap.next() { found.append(original.number(of: record)) }
        }
        let missing = Set(numbers).subtracting(found).sorted()
        let surplus = Set(found).subtracting(numbers).sorted()
        func list(_ numbers: [Int]) -> String {
            numbers.prefix(8).map { $0 == 0 ? "?" : "\($0)" }.joined(separator: ",") + (numbers.count > 8 ? "..." : "")
        }
        if missing.isEmpty, surplus.isEmpty { return "; all there, in another order" }
        return "; missing \(missing.count) [\(list(missing))], surplus \(surplus.count) [\(list(surplus))]"
    }
}

/// The generated capture, to name packets by their numbers.
public final class OriginalCapture {
    private var numbers: [UInt64: Int] = [:]

    public init(path: String) throws {
        let file = FileBytes()
        try file.load(path)
        guard var pcap = PcapFile(file.bytes) else { return }
        var number = 0
        while let record = pcap.next() {
            number += 1
            numbers[Self.fingerprint(record)] = number
        }
    }

    private static func fingerprint(_ record: PcapFile.Record) -> UInt64 {
        var digest = PacketDigest()
        digest.add(nanoseconds: record.nanoseconds, originalLength: record.originalLength, bytes: record.bytes)
        return digest.value
    }

    /// 0 for a packet that is not in the capture.
    func number(of record: PcapFile.Record) -> Int { numbers[Self.fingerprint(record)] ?? 0 }
}
