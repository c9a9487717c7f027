import Crypto
import FoundationEssentials

/// Encrypts one file, piece by piece.
public final class FileEncryption {
    private let header: [UInt8]
    private let key: SymmetricKey
    private var number: UInt64 = 0
    private var buffer: [UInt8] = []
    private var hasBegun = false

    public convenience init(_ key: SealingKey) {
        var random = SystemRandomNumberGenerator()
        let salt = (0..<SealedFormat.saltLength).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        self.init(key, salt: salt)
    }

    init(_ key: SealingKey, salt: [UInt8]) {
        header = SealedFormat.header(key, salt: salt)
        self.key = SealedFormat.fileKey(key, salt: salt)
        buffer.reserveCapacity(2 * SealedFormat.chunkLength)
    }

    /// Takes more bytes; whole chunks go to `emit`, and with `isLast` the rest as the last one.
    public func update(
        _ bytes: ArraySlice<UInt8>, isLast: Bool, emit: (ArraySlice<UInt8>) throws -> Void
    ) throws {
        if !hasBegun {
            hasBegun = true
            try emit(header[...])
        }
        var rest = bytes
        while !rest.isEmpty {
            // A full chunk is written only when something follows it: it may be the last.
            if buffer.count == SealedFormat.chunkLength { try seal(isLast: false, emit) }
            let part = rest.prefix(SealedFormat.chunkLength - buffer.count)
            buffer.append(contentsOf: part)
            rest = rest.dropFirst(part.count)
        }
        if isLast { try seal(isLast: true, emit) }
    }

    private func seal(isLast: Bool, _ emit: (ArraySlice<UInt8>) throws -> Void) throws {
        let box = try AES.GCM.seal(
            buffer, using: key, nonce: SealedFormat.nonce(number, isLast: isLast), authenticating: header)
        number += 1
        buffer.removeAll(keepingCapacity: true)
        try emit([UInt8](box.ciphertext)[...])
        try emit([UInt8](box.tag)[...])
    }
}
