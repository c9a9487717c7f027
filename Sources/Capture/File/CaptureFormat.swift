extension RecordParser {
    /// Recognises the format by the first bytes of the capture.
    ///
    /// - Parameter beginning: at least four bytes unless the input is shorter; more are read when a header needs them.
    /// - Returns: the parser, and how many bytes of `beginning` the file header took.
    static func recognise(
        _ input: inout CaptureInput, beginning: inout [UInt8]
    ) throws(CaptureError) -> (parser: RecordParser, headerBytes: Int) {
        let path = input.path
        guard !beginning.isEmpty else {
            throw CaptureError(
                .empty, path, detail: "the file is empty",
                hint: "not even a file header was written; leave it out, or look at the program that should have")
        }
        guard beginning.count >= 4 else { throw CaptureError.notACapture(path, beginning) }
        let magic = unsafe beginning.span.bytes.word(at: 0, swapped: false)
        if magic == PcapngParser.sectionHeaderType { return (.pcapng(PcapngParser()), 0) }
        guard ClassicParser.recognises(magic) else { throw CaptureError.notACapture(path, beginning) }
        let missing = ClassicParser.fileHeaderBytes - beginning.count
        if missing > 0 {
            do throws(InputError) {
                try input.more(into: &beginning, upTo: missing, atLeast: missing)
            } catch {
                guard error.kind != .readFailed else { throw CaptureError.unreadable(path, error) }
            }
        }
        let parser = try unsafe ClassicParser(path: path, fileHeader: beginning.span.bytes)
        return (.classic(parser), ClassicParser.fileHeaderBytes)
    }
}

extension CaptureError {
    /// The first bytes of what people name by mistake, and what to do then.
    private static let otherFormats: [(magic: [UInt8], what: String, hint: String)] = [
        (Array("snoop\0\0\0".utf8), "a Solaris snoop capture", convertHint),
        (Array("XCP\0".utf8), "a NetXray or Sniffer capture", convertHint),
        (Array("TRSNIFF".utf8), "a Sniffer capture", convertHint),
        (Array("GMBU".utf8), "a Network Monitor capture", convertHint),
        (Array("RTSS".utf8), "a Network Monitor capture", convertHint),
        ([0x28, 0xb5, 0x2f, 0xfd], "compressed with zstd", unpackHint("zstd")),
        ([0xfd, 0x37, 0x7a, 0x58], "compressed with xz", unpackHint("xz")),
        (Array("BZh".utf8), "compressed with bzip2", unpackHint("bzip2")),
        ([0x04, 0x22, 0x4d, 0x18], "compressed with lz4", unpackHint("lz4")),
        (Array("PK\u{3}\u{4}".utf8), "a zip archive", "unpack it first"),
    ]
    private static let convertHint = "convert it: editcap -F pcap IN OUT"

    private static func unpackHint(_ tool: String) -> String {
        "unpack it into a pipe: \(tool) -dc FILE | lc sniff voip -r -"
    }

    @inline(never)
    static func notACapture(_ path: String, _ beginning: [UInt8]) -> CaptureError {
        for format in otherFormats where beginning.starts(with: format.magic) {
            return CaptureError(
                .notACapture, path, detail: "not a pcap or pcapng file but \(format.what)", hint: format.hint)
        }
        return CaptureError(
            .notACapture, path, detail: "not a capture file (neither pcap nor pcapng, by its first bytes)",
            hint: "check what it is: file FILE")
    }
}
