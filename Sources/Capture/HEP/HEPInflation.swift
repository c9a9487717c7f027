import CZlib

/// Inflates the payload of a HEP packet: zlib or gzip format, in one piece.
public enum HEPInflation {
    /// Most bytes that come out; a SIP message is never longer.
    public static let maxBytes = 1 << 17

    /// Nil if the bytes are damaged or what comes out is longer than `maxBytes`.
    public static func inflated(_ bytes: Span<UInt8>) -> [UInt8]? {
        guard bytes.count > 0, bytes.count <= 65_535 else { return nil }
        var stream = unsafe z_stream()
        let size = unsafe Int32(MemoryLayout<z_stream>.size)
        // Window bits for "zlib or gzip header, whichever there is" (zlib.h, inflateInit2).
        guard unsafe inflateInit2_(&stream, 15 + 32, ZLIB_VERSION, size) == Z_OK else { return nil }
        defer { unsafe inflateEnd(&stream) }
        // zlib wants a pointer that it may write to, though it does not: hence a copy.
        var input = unsafe bytes.withUnsafeBufferPointer { unsafe Array($0) }
        var output: [UInt8] = []
        output.appendZeros(maxBytes)
        var produced = 0
        // Both buffers live through the one call that uses them, and zlib is told how long each is.
        let status = unsafe input.withUnsafeMutableBufferPointer { from in
            unsafe output.withUnsafeMutableBufferPointer { to in
                unsafe stream.next_in = from.baseAddress
                unsafe stream.avail_in = UInt32(from.count)
                unsafe stream.next_out = to.baseAddress
                unsafe stream.avail_out = UInt32(to.count)
                let status = unsafe inflate(&stream, Z_FINISH)
                produced = to.count - Int(unsafe stream.avail_out)
                return status
            }
        }
        guard status == Z_STREAM_END else { return nil }
        output.removeLast(output.count - produced)
        return output
    }
}
