extension ClassicParser {
    static let fileHeaderBytes = 24

    /// Magic numbers as they read in the machine's byte order; the swapped ones mean the other order.
    enum Magic {
        static let microseconds: UInt32 = 0xa1b2_c3d4
        static let nanoseconds: UInt32 = 0xa1b2_3c4d
        /// Alexey Kuznetzov's patched libpcap: 24-byte record headers.
        static let modified: UInt32 = 0xa1b2_cd34
    }

    /// Stands where no parser is; it never parses.
    static let placeholder = ClassicParser(
        interfaces: [],
        isSwapped: false, fractionUnit: 1, headerBytes: 16, lengthOrder: .capturedFirst, recordLimit: 0)

    static func recognises(_ magic: UInt32) -> Bool {
        for known in [Magic.microseconds, Magic.nanoseconds, Magic.modified] {
            if magic == known || magic == known.byteSwapped { return true }
        }
        return false
    }

    /// Reads the file header.
    ///
    /// - Parameter bytes: the beginning of a file that `recognises` approved.
    init(path: String, fileHeader bytes: RawSpan) throws(CaptureError) {
        guard bytes.byteCount >= ClassicParser.fileHeaderBytes else {
            throw CaptureError(
                .truncatedHeader, path,
                detail: "the file header is cut after \(bytes.byteCount) of \(ClassicParser.fileHeaderBytes) bytes",
                hint: "there is no packet in it; leave it out")
        }
        var magic = bytes.word(at: 0, swapped: false)
        isSwapped = ![Magic.microseconds, Magic.nanoseconds, Magic.modified].contains(magic)
        if isSwapped { magic = magic.byteSwapped }
        let major = bytes.half(at: 4, swapped: isSwapped)
        let minor = bytes.half(at: 6, swapped: isSwapped)
        // Version 543.0 is DG/UX tcpdump; the others are libpcap's own history (sf-pcap.c, pcap_check_header).
        switch (major, minor) {
        case (2, 4): lengthOrder = .capturedFirst
        case (2, 3): lengthOrder = .unknown
        case (2, 0...2), (543, 0): lengthOrder = .originalFirst
        default:
            throw CaptureError(
                .unsupportedVersion, path, detail: "capture file version \(major).\(minor) is not known",
                hint: "convert it: editcap -F pcap IN OUT")
        }
        let snapLength = bytes.word(at: 16, swapped: isSwapped)
        // The upper bits tell the length of the frame check sequence at the end of frames, and whether that is known.
        let linkType = bytes.word(at: 20, swapped: isSwapped) & 0x03ff_ffff
        fractionUnit = magic == Magic.nanoseconds ? 1 : 1000
        headerBytes = magic == Magic.modified ? 24 : 16
        recordLimit = CaptureLimits.recordLimit(snapLength: snapLength)
        interfaces = [
            CaptureInterface(
                linkType: linkType, name: nil, snapLength: snapLength,
                isFinerThanMicrosecond: magic == Magic.nanoseconds)
        ]
    }
}
