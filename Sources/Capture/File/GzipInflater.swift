import CZlib

/// Inflates a gzip file of any number of members (RFC 1952 section 2.2).
///
/// A class because zlib's state points back at its own `z_stream`, which therefore must not move.
@safe final class GzipInflater {
    private let stream: UnsafeMutablePointer<z_stream>
    /// Compressed bytes; `stream.avail_in` of them, ending at `inputEnd`, are not inflated yet.
    private var input: [UInt8]
    private var inputStart = 0
    private var inputEnd: Int
    private var inputEnded = false
    /// Between members only: the last one was complete.
    private var atMemberEnd = false
    /// Damage found behind bytes that were still good; told at the next read.
    private var failure: InputError?

    static let inputBytes = 64 << 10
    /// Window bits for "gzip header, largest window" (zlib.h, inflateInit2).
    private static let gzipWindowBits: Int32 = 15 + 16

    /// - Parameter beginning: the first bytes of the file, which were read to recognise it.
    init(beginning: [UInt8]) throws(InputError) {
        unsafe stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        input = beginning
        inputEnd = beginning.count
        input.appendZeros(max(GzipInflater.inputBytes - inputEnd, 0))
        let size = unsafe Int32(MemoryLayout<z_stream>.size)
        guard unsafe inflateInit2_(stream, GzipInflater.gzipWindowBits, ZLIB_VERSION, size) == Z_OK else {
            throw InputError(.readFailed, "zlib could not start")
        }
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deinitialize(count: 1)
        unsafe stream.deallocate()
    }

    /// Inflates into `buffer`; 0 at the end of the last member.
    func read(into buffer: UnsafeMutableRawBufferPointer, from file: inout FileInput) throws(InputError) -> Int {
        guard buffer.count > 0 else { return 0 }
        if let failure { throw failure }
        while true {
            if inputStart == inputEnd, !inputEnded {
                inputStart = 0
                inputEnd = 0
                inputEnd = try fill(from: &file)
                inputEnded = inputEnd == 0
            }
            if atMemberEnd {
                // Zeros behind a member are padding (tapes, block devices).
                while inputStart < inputEnd, input[inputStart] == 0 { inputStart += 1 }
                if inputStart == inputEnd {
                    if inputEnded { return 0 }
                    continue
                }
                try startNextMember()
            }
            let produced = try unsafe inflateOnce(into: buffer)
            if produced > 0 { return produced }
            if inputStart == inputEnd, inputEnded, !atMemberEnd {
                throw InputError(.truncated, "the gzip file is cut short")
            }
        }
    }

    private func fill(from file: inout FileInput) throws(InputError) -> Int {
        var failure: InputError?
        var count = 0
        unsafe input.withUnsafeMutableBytes { buffer in
            do throws(InputError) {
                count = try unsafe file.read(into: buffer)
            } catch {
                failure = error
            }
        }
        if let failure { throw failure }
        return count
    }

    private func startNextMember() throws(InputError) {
        guard input[inputStart] == 0x1f else { throw InputError(.corrupt, "something else follows the gzip data") }
        guard unsafe inflateReset(stream) == Z_OK else { throw InputError(.readFailed, "zlib could not start again") }
        atMemberEnd = false
    }

    private func inflateOnce(into buffer: UnsafeMutableRawBufferPointer) throws(InputError) -> Int {
        let start = inputStart
        let available = inputEnd - start
        let room = min(buffer.count, 1 << 30)
        var status = Z_OK
        unsafe input.withUnsafeMutableBytes { bytes in
            let base = unsafe bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
            unsafe stream.pointee.next_in = base.map { unsafe $0 + start }
            unsafe stream.pointee.avail_in = UInt32(available)
            unsafe stream.pointee.next_out = buffer.baseAddress?.assumingMemoryBound(to: UInt8.self)
            unsafe stream.pointee.avail_out = UInt32(room)
            status = unsafe inflate(stream, Z_NO_FLUSH)
        }
        inputStart = inputEnd - Int(unsafe stream.pointee.avail_in)
        let produced = room - Int(unsafe stream.pointee.avail_out)
        switch status {
        case Z_OK, Z_BUF_ERROR: break
        case Z_STREAM_END: atMemberEnd = true
        default:
            let text = unsafe stream.pointee.msg.map { unsafe String(cString: $0) } ?? "error \(status)"
            let error = InputError(.corrupt, "gzip data is damaged (\(text))")
            guard produced > 0 else { throw error }
            failure = error
        }
        return produced
    }
}
