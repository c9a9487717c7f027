import Crypto
import FoundationEssentials

/// The form of an encrypted file (`docs/formats.md`): a header, then chunks that AES-256-GCM has sealed one by one, each
/// with its number and whether it is the last in its nonce.
enum SealedFormat {
    static let magic = Array("LCENC1\r\n".utf8)
    static let headerLength = 64
    static let saltLength = 32
    static let checkLength = 16
    static let tagLength = 16
    static let chunkLength = 64 << 10
    /// A header may say otherwise, within reason: a chunk is held in memory.
    static let chunkLengths = 1 << 10...16 << 20

    private static let checkInfo = Array("lippycat key check 1".utf8)
    private static let keyInfo = Array("lippycat file key 1".utf8)

    /// The header of a file: magic, chunk length, zero, what tells the key, salt.
    static func header(_ key: SealingKey, salt: [UInt8]) -> [UInt8] {
        let length = UInt32(chunkLength)
        let words = [length & 0xff, length >> 8 & 0xff, length >> 16 & 0xff, length >> 24, 0, 0, 0, 0]
        return magic + words.map { UInt8($0) } + check(key, salt: salt) + salt
    }

    /// Tells that a key is the wrong one, and nothing about it.
    static func check(_ key: SealingKey, salt: [UInt8]) -> [UInt8] {
        derive(key, salt: salt, info: checkInfo, count: checkLength).withUnsafeBytes { Array($0) }
    }

    /// A key for one file only, so that the counting nonces never meet twice under one key.
    static func fileKey(_ key: SealingKey, salt: [UInt8]) -> SymmetricKey {
        derive(key, salt: salt, info: keyInfo, count: SealingKey.length)
    }

    private static func derive(_ key: SealingKey, salt: [UInt8], info: [UInt8], count: Int) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(inputKeyMaterial: key.key, salt: salt, info: info, outputByteCount: count)
    }

    /// Eleven bytes of the chunk's number, big endian, and one that is 1 for the last chunk.
    static func nonce(_ number: UInt64, isLast: Bool) throws -> AES.GCM.Nonce {
        var bytes = [UInt8](repeating: 0, count: 12)
        for index in 0..<8 { bytes[10 - index] = UInt8(truncatingIfNeeded: number >> (8 * UInt64(index))) }
        bytes[11] = isLast ? 1 : 0
        return try AES.GCM.Nonce(data: bytes)
    }
}

/// Why a file cannot be decrypted.
public enum SealingError: Error, Sendable, Equatable {
    /// The file does not begin as encrypted files do.
    case notEncrypted
    /// Encrypted with another key.
    case wrongKey
    /// Cut off between two chunks; `chunk`, counted from 0, is the first that is missing.
    case truncated(chunk: UInt64)
    /// Changed, by somebody or by the disk, or cut off within.
    case damaged(chunk: UInt64)
}
