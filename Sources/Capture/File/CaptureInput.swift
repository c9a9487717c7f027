/// A file's capture bytes: as they are, or inflated when the file is gzip (recognised by its content, not its name).
struct CaptureInput: ~Copyable {
    private var file: FileInput
    private var inflater: GzipInflater?

    var path: String { file.path }
    /// A short read means the end of the file.
    var isRegular: Bool { file.isRegular }
    var isReopenable: Bool { file.isReopenable }

    /// Opens the file and reads its beginning.
    ///
    /// - Parameter beginning: gets the first bytes of the capture, at least four unless it is shorter.
    static func open(_ path: String, beginning: inout [UInt8]) throws(CaptureError) -> CaptureInput {
        var input = CaptureInput(file: try FileInput(path: path))
        do throws(InputError) {
            try input.readBeginning(&beginning)
        } catch {
            // What could be inflated is used; the damage shows again when reading on.
            guard beginning.count >= 4, error.kind != .readFailed else { throw CaptureError.unreadable(path, error) }
        }
        return input
    }

    private init(file: consuming FileInput) { self.file = file }

    private mutating func readBeginning(_ beginning: inout [UInt8]) throws(InputError) {
        try more(into: &beginning, upTo: CaptureLimits.minimumReadBytes, atLeast: 4)
        guard beginning.count >= 2, beginning[0] == 0x1f, beginning[1] == 0x8b else { return }
        inflater = try GzipInflater(beginning: beginning)
        beginning.removeAll()
        try more(into: &beginning, upTo: CaptureLimits.minimumReadBytes, atLeast: 4)
    }

    /// Reads into `buffer`; 0 at the end.
    mutating func read(into buffer: UnsafeMutableRawBufferPointer) throws(InputError) -> Int {
        if let inflater { return try unsafe inflater.read(into: buffer, from: &file) }
        return try unsafe file.read(into: buffer)
    }

    /// Appends up to `count` bytes, and reads on until there are at least `minimum`. Fewer mean the end.
    mutating func more(into bytes: inout [UInt8], upTo count: Int, atLeast minimum: Int) throws(InputError) {
        let start = bytes.count
        bytes.appendZeros(count)
        var filled = start
        var failure: InputError?
        while filled < start + minimum {
            var got = 0
            unsafe bytes.withUnsafeMutableBytes { buffer in
                let room = unsafe UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
                do throws(InputError) {
                    got = try unsafe read(into: room)
                } catch {
                    failure = error
                }
            }
            if got == 0 { break }
            filled += got
        }
        bytes.removeLast(bytes.count - filled)
        if let failure { throw failure }
    }

    /// Gives the descriptor back until the next read.
    mutating func suspend() { file.suspend() }
}
