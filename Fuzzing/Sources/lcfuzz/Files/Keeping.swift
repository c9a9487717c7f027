import TestSupport

@testable import Archive
@testable import Sealing
@testable import Service

extension FuzzTarget {
    /// A damaged capture: what comes out is a capture from beginning to end, and every byte of the input is either in it or
    /// said to be lost.
    static func repair(_ bytes: [UInt8]) {
        var rest = bytes[...]
        var output: [UInt8] = []
        let repair = CaptureRepair(linkType: 1) { count in
            let piece = rest.prefix(min(count, 100))
            rest = rest.dropFirst(piece.count)
            return Array(piece)
        }
        guard let report = try? repair.run(emit: { output += $0 }) else { fail("repair gave up") }
        let header = PcapFormat.fileHeaderLength
        require(output.isEmpty == (report.packets == 0), "packets without a file, or a file without packets")
        var (at, packets) = (output.isEmpty ? 0 : header, UInt64(0))
        while at + PcapFormat.recordHeaderLength <= output.count {
            at += PcapFormat.recordHeaderLength + Int(output.littleEndianWord(at: at + 8))
            packets += 1
        }
        require(at == output.count && packets == report.packets, "the new file is no capture")
        let told = report.bytes + report.packets * UInt64(PcapFormat.recordHeaderLength) + report.bytesLost
        let head = report.headerWasLost ? 0 : header
        require(told + UInt64(head) == UInt64(bytes.count), "\(told) bytes told of \(bytes.count)")
    }

    private static let key = SealingKey(contents: [UInt8](repeating: 7, count: 32))

    /// Bytes taken for an encrypted file, and bytes encrypted and decrypted.
    static func sealed(_ bytes: [UInt8]) {
        guard let key else { fail("no key") }
        try? FileDecryption(key).update(bytes[...], isLast: true) { _ in }
        var (sealed, opened): ([UInt8], [UInt8]) = ([], [])
        do {
            try FileEncryption(key).update(bytes[...], isLast: true) { sealed += $0 }
            try FileDecryption(key).update(sealed[...], isLast: true) { opened += $0 }
        } catch {
            fail("\(error)")
        }
        require(opened == bytes, "another content comes back")
    }

    /// A command: refused, or words whose number does not depend on what is filled in, and that keep it in one piece.
    static func command(_ bytes: [UInt8]) {
        let text = String(decoding: bytes, as: UTF8.self)
        for names in [CommandTemplate.pcapNames, CommandTemplate.voipNames] {
            guard let template = try? CommandTemplate(text, names: names) else { continue }
            let plain = template.filled([:])
            let filled = template.filled(Dictionary(uniqueKeysWithValues: names.map { ($0, "' \"; $(x) \(text)") }))
            require(plain.count == filled.count && plain.first == filled.first, "a value became a word")
        }
        let safe = SafeName.argument(bytes)
        require(!safe.isEmpty && safe.count <= 1100, "an argument of \(safe.count) bytes")
        require(safe.allSatisfy { SafeName.isAllowed($0) || $0 == UInt8(ascii: "~") }, "a character with a meaning")
        require(!"-.@".utf8.contains(safe[0]), "an option, a hidden file, or a file to read")
    }
}
