import CZlib
import Testing

@testable import Sealing

@Suite struct GzipCompressorTests {
    /// Compresses in pieces of a given size.
    private func compress(_ bytes: [UInt8], pieces: Int, level: Int = 6) throws -> [UInt8] {
        let compressor = try #require(GzipCompressor(level: level))
        var result: [UInt8] = []
        var rest = bytes[...]
        repeat {
            let piece = rest.prefix(pieces)
            rest = rest.dropFirst(pieces)
            try compressor.update(piece, isLast: false) { result += $0 }
        } while !rest.isEmpty
        try compressor.update([], isLast: true) { result += $0 }
        return result
    }

    /// zlib's own way back.
    private func inflated(_ bytes: [UInt8], count: Int) -> [UInt8] {
        var stream = z_stream()
        var (input, output) = (bytes, [UInt8](repeating: 0, count: count + 1))
        #expect(inflateInit2_(&stream, 15 + 16, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK)
        defer { inflateEnd(&stream) }
        let status = input.withUnsafeMutableBufferPointer { input in
            output.withUnsafeMutableBufferPointer { output in
                (stream.next_in, stream.avail_in) = (input.baseAddress, UInt32(input.count))
                (stream.next_out, stream.avail_out) = (output.baseAddress, UInt32(output.count))
                return inflate(&stream, Z_FINISH)
            }
        }
        #expect(status == Z_STREAM_END)
        return Array(output[..<Int(stream.total_out)])
    }

    @Test(arguments: [0, 1, 1000, 300_000]) func comesBack(count: Int) throws {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0..<count).map { $0 % 3 == 0 ? UInt8.random(in: 0...255, using: &generator) : UInt8($0 & 15) }
        for pieces in [1 << 20, 65_536, 777] {
            #expect(inflated(try compress(bytes, pieces: pieces), count: count) == bytes)
        }
    }

    @Test func theSameBytesGiveTheSameFile() throws {
        let bytes = [UInt8](repeating: 7, count: 100_000)
        let first = try compress(bytes, pieces: 4096)
        #expect(try compress(bytes, pieces: 4096) == first)
        // No time of change, no name (RFC 1952 section 2.3: FLG and MTIME).
        #expect(first[3] == 0 && first[4..<8].allSatisfy { $0 == 0 })
        #expect(first.count < 1000)
    }
}
