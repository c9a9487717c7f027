import Crypto
import FoundationEssentials

/// Decrypts one file, piece by piece. What it emits is genuine; whether it was everything is known only at the end.
public final class FileDecryption {
    private let master: SealingKey
    private var header: [UInt8] = []
    private var key: SymmetricKey?
    private var chunkLength = 0
    private var number: UInt64 = 0
    private var buffer: [UInt8] = []

    public init(_ key: SealingKey) { master = key }

    /// Takes more bytes; the contents of whole chunks go to `emit`. With `isLast` the file ends here.
    public func update(
        _ bytes: ArraySlice<UInt8>, isLast: Bool, emit: (ArraySlice<UInt8>) throws -> Void
    ) throws {
        buffer.append(contentsOf: bytes)
        if key == nil {
            guard buffer.starts(with: SealedFormat.magic.prefix(buffer.count)) else { throw SealingError.notEncrypted }
            guard buffer.count >= SealedFormat.headerLength else {
                if isLast { throw SealingError.notEncrypted }
                return
            }
            try readHeader()
        }
        let whole = chunkLength + SealedFormat.tagLength
        var start = 0
        // One more byte tells that a full chunk is not the last.
        while buffer.count - start > whole {
            try open(buffer[start..<(start + whole)], isLast: false, emit)
            start += whole
        }
        if isLast {
            try open(buffer[start...], isLast: true, emit)
            buffer = []
        } else {
            buffer.removeFirst(start)
        }
    }

    private func readHeader() throws {
        header = Array(buffer[..<SealedFormat.headerLength])
        buffer.removeFirst(SealedFormat.headerLength)
        chunkLength = (0..<4).reduce(0) { $0 | Int(header[8 + $1]) << (8 * $1) }
        guard SealedFormat.chunkLengths.contains(chunkLength) else { throw SealingError.notEncrypted }
        let salt = Array(header.suffix(SealedFormat.saltLength))
        guard header[16..<32].elementsEqual(SealedFormat.check(master, salt: salt)) else { throw SealingError.wrongKey }
        key = SealedFormat.fileKey(master, salt: salt)
    }

    private func open(
        _ chunk: ArraySlice<UInt8>, isLast: Bool, _ emit: (ArraySlice<UInt8>) throws -> Void
    ) throws {
        guard let key, chunk.count >= SealedFormat.tagLength else { throw SealingError.truncated(chunk: number) }
        func plain(isLast: Bool) -> Data? {
            guard
                let nonce = try? SealedFormat.nonce(number, isLast: isLast),
                let box = try? AES.GCM.SealedBox(
                    nonce: nonce, ciphertext: chunk.dropLast(SealedFormat.tagLength),
                    tag: chunk.suffix(SealedFormat.tagLength))
            else { return nil }
            return try? AES.GCM.open(box, using: key, authenticating: header)
        }
        guard let plain = plain(isLast: isLast) else {
            // Genuine, but not as the last: others are missing behind it.
            let isCut = isLast && plain(isLast: false) != nil
            throw isCut ? SealingError.truncated(chunk: number + 1) : SealingError.damaged(chunk: number)
        }
        number += 1
        try emit([UInt8](plain)[...])
    }
}
