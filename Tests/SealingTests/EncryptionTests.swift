import Testing

@testable import Sealing

@Suite struct EncryptionTests {
    static func key(_ byte: UInt8) throws -> SealingKey {
        try #require(SealingKey(contents: [UInt8](repeating: byte, count: 32)))
    }

    static func encrypt(_ bytes: [UInt8], _ key: SealingKey, pieces: Int = 10_000) throws -> [UInt8] {
        let encryption = FileEncryption(key, salt: (0..<32).map { UInt8($0) })
        var result: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            try encryption.update(bytes[start..<min(start + pieces, bytes.count)], isLast: false) { result += $0 }
        }
        try encryption.update([], isLast: true) { result += $0 }
        return result
    }

    static func decrypt(_ bytes: [UInt8], _ key: SealingKey, pieces: Int = 10_000) throws -> [UInt8] {
        let decryption = FileDecryption(key)
        var result: [UInt8] = []
        for start in stride(from: 0, to: bytes.count, by: pieces) {
            try decryption.update(bytes[start..<min(start + pieces, bytes.count)], isLast: false) { result += $0 }
        }
        try decryption.update([], isLast: true) { result += $0 }
        return result
    }

    static func sample(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ $0 >> 8) } }

    @Test(arguments: [0, 1, 65_535, 65_536, 65_537, 131_072, 200_000]) func comesBack(count: Int) throws {
        let (key, bytes) = (try Self.key(1), Self.sample(count))
        let sealed = try Self.encrypt(bytes, key)
        let chunks = max(1, (count + 65_535) / 65_536)
        #expect(sealed.count == 64 + count + 16 * chunks)
        for pieces in [1 << 20, 4096, 61] { #expect(try Self.decrypt(sealed, key, pieces: pieces) == bytes) }
    }

    /// Made with Python's cryptography by the text of docs/formats.md: key 01…, salt 00 01 … 1f, the content `abc`.
    @Test func isAsDocumented() throws {
        let sealed = try Self.encrypt(Array("abc".utf8), try Self.key(1))
        #expect(hexadecimal(sealed) == expectedSealed)
    }

    @Test func twoFilesHaveNothingInCommon() throws {
        let key = try Self.key(1)
        var files: [[UInt8]] = []
        for _ in 0..<2 {
            let encryption = FileEncryption(key)
            var result: [UInt8] = []
            try encryption.update(Self.sample(1000)[...], isLast: true) { result += $0 }
            files.append(result)
        }
        #expect(files[0][..<16] == files[1][..<16])
        #expect(files[0][16...] != files[1][16...])
        #expect(files[0].suffix(1000) != files[1].suffix(1000))
    }

    @Test func theWrongKeyIsToldApart() throws {
        let sealed = try Self.encrypt(Self.sample(10), try Self.key(1))
        #expect(throws: SealingError.wrongKey) { try Self.decrypt(sealed, try Self.key(2)) }
    }

    /// Every prefix is found out, at the cheap end of a small file and at every chunk's border of a larger one.
    @Test func everyCutIsNoticed() throws {
        let key = try Self.key(3)
        let small = try Self.encrypt(Self.sample(40), key)
        for length in 0..<small.count {
            #expect(throws: SealingError.self, "\(length)") { try Self.decrypt(Array(small[..<length]), key) }
        }
        let large = try Self.encrypt(Self.sample(150_000), key)
        let whole = 65_536 + 16
        for length in [64, 64 + 15, 64 + 16, 64 + whole - 1, 64 + whole, 64 + whole + 1, 64 + 2 * whole] {
            #expect(throws: SealingError.self, "\(length)") { try Self.decrypt(Array(large[..<length]), key) }
        }
        #expect(throws: SealingError.truncated(chunk: 2)) { try Self.decrypt(Array(large[..<(64 + 2 * whole)]), key) }
    }

    @Test func everyChangeIsNoticed() throws {
        let key = try Self.key(3)
        let sealed = try Self.encrypt(Self.sample(40), key)
        for index in sealed.indices {
            var changed = sealed
            changed[index] ^= 0x40
            #expect(throws: SealingError.self, "\(index)") { try Self.decrypt(changed, key) }
        }
    }

    @Test func chunksCannotBeExchangedLeftOutOrAdded() throws {
        let key = try Self.key(4)
        let sealed = try Self.encrypt(Self.sample(200_000), key)
        let whole = 65_536 + 16
        let (header, first) = (sealed[..<64], sealed[64..<(64 + whole)])
        let (second, rest) = (sealed[(64 + whole)..<(64 + 2 * whole)], sealed[(64 + 2 * whole)...])
        for changed in [header + second + first + rest, header + first + rest, header + first + first + second + rest] {
            #expect(throws: SealingError.self) { try Self.decrypt(Array(changed), key) }
        }
        #expect(throws: SealingError.self) { try Self.decrypt(sealed + [0], key) }
    }

    @Test func otherFilesAreNotTakenForEncrypted() throws {
        let key = try Self.key(1)
        #expect(throws: SealingError.notEncrypted) { try Self.decrypt(Array("no such thing".utf8), key) }
        #expect(throws: SealingError.notEncrypted) { try Self.decrypt([], key) }
        // A chunk length out of bounds.
        var sealed = try Self.encrypt([1], key)
        for bytes in [[0, 0, 0, 0], [255, 255, 255, 255]] as [[UInt8]] {
            sealed.replaceSubrange(8..<12, with: bytes)
            #expect(throws: SealingError.notEncrypted) { try Self.decrypt(sealed, key) }
        }
    }

    @Test func keys() {
        let digits = String(repeating: "0aF9", count: 16)
        #expect(SealingKey(contents: Array(digits.utf8)) != nil)
        #expect(SealingKey(contents: Array((digits + "\n").utf8)) != nil)
        #expect(SealingKey(contents: Array(digits.utf8.dropLast())) == nil)
        #expect(SealingKey(contents: Array((digits.dropLast() + "g").utf8)) == nil)
        #expect(SealingKey(contents: [UInt8](repeating: 0, count: 32)) == nil)
        #expect(SealingKey(contents: [UInt8](repeating: 48, count: 64)) == nil)
        #expect(SealingKey(contents: []) == nil)
    }
}

private func hexadecimal(_ bytes: [UInt8]) -> String {
    bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
}

private let expectedSealed =
    "4c43454e43310d0a00000100000000001beee8d24bff60124b969c9742d7edfb000102030405060708090a0b0c0d0e0f"
    + "101112131415161718191a1b1c1d1e1f46a9ac40821fdc5fde6de8f7eb7517065b6dd6"
