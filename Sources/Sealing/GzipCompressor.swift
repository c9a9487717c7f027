import CZlib

/// Makes one gzip member (RFC 1952) of a stream of bytes: the same bytes for the same input, as its header names neither
/// file nor time.
///
/// A class because zlib's state points back at its own `z_stream`, which therefore must not move.
public final class GzipCompressor {
    private let stream: UnsafeMutablePointer<z_stream>
    private var output: [UInt8]

    /// Bytes handed over at once.
    private static let outputBytes = 64 << 10
    /// Window bits for "gzip header, largest window" (zlib.h, deflateInit2).
    private static let gzipWindowBits: Int32 = 15 + 16
    private static let memoryLevel: Int32 = 8

    /// - Parameter level: 1 (fast) to 9 (small). Nil: zlib could not start, for want of memory.
    public init?(level: Int) {
        stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        stream.initialize(to: z_stream())
        output = [UInt8](repeating: 0, count: Self.outputBytes)
        let status = deflateInit2_(
            stream, Int32(min(max(level, 1), 9)), Z_DEFLATED, Self.gzipWindowBits, Self.memoryLevel,
            Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
        // Every stored property is set: `deinit` gives the memory back.
        guard status == Z_OK else { return nil }
    }

    deinit {
        deflateEnd(stream)
        stream.deallocate()
    }

    /// Compresses more bytes; what comes out goes to `emit`. With `isLast` the member is ended.
    public func update(
        _ bytes: ArraySlice<UInt8>, isLast: Bool, emit: (ArraySlice<UInt8>) throws -> Void
    ) throws {
        // zlib reads the input only, through a pointer that is not const; it is used up before this returns.
        var input = Array(bytes)
        var offset = 0
        while true {
            var produced = 0
            var status = Z_OK
            let count = input.count
            input.withUnsafeMutableBufferPointer { input in
                output.withUnsafeMutableBufferPointer { output in
                    stream.pointee.next_in = input.baseAddress.map { $0 + offset }
                    stream.pointee.avail_in = UInt32(count - offset)
                    stream.pointee.next_out = output.baseAddress
                    stream.pointee.avail_out = UInt32(output.count)
                    status = deflate(stream, isLast ? Z_FINISH : Z_NO_FLUSH)
                    offset = count - Int(stream.pointee.avail_in)
                    produced = output.count - Int(stream.pointee.avail_out)
                }
            }
            if produced > 0 { try emit(output[..<produced]) }
            if isLast ? status == Z_STREAM_END : (offset == count && produced < output.count) { return }
            // Cannot be: neither input nor room is wanting. Never turn for ever.
            if status != Z_OK && status != Z_BUF_ERROR { return }
            if produced == 0 && offset == count { return }
        }
    }
}
