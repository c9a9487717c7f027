/// How a classic capture stores its records: byte order and the ticks of its clock.
///
/// https://www.ietf.org/archive/id/draft-ietf-opsawg-pcap-04.html
struct RecordForm: Equatable {
    var isBigEndian = false
    var isNanosecond = false
    var linkType: UInt32 = 1
    /// Longest record that is believed.
    var longest: UInt32 = PcapFormat.longestRecord

    /// What the file's first bytes say. Nil: they are no header of a capture.
    init?(header: ArraySlice<UInt8>) {
        guard header.count >= PcapFormat.fileHeaderLength else { return nil }
        let bytes = Array(header.prefix(PcapFormat.fileHeaderLength))
        switch (bytes.littleEndianWord(at: 0), bytes.littleEndianWord(at: 0).byteSwapped) {
        case (PcapFormat.microsecondMagic, _): break
        case (PcapFormat.nanosecondMagic, _): isNanosecond = true
        case (_, PcapFormat.microsecondMagic): isBigEndian = true
        case (_, PcapFormat.nanosecondMagic): (isBigEndian, isNanosecond) = (true, true)
        default: return nil
        }
        // The upper bits tell of frame check sequences.
        linkType = word(bytes[...], at: 20) & 0x0fff_ffff
        let snapLength = word(bytes[...], at: 16)
        if snapLength > PcapFormat.longestRecord, snapLength <= 16 << 20 { longest = snapLength }
    }

    /// For a file whose header is not there any more.
    init(isBigEndian: Bool, isNanosecond: Bool, linkType: UInt32) {
        (self.isBigEndian, self.isNanosecond, self.linkType) = (isBigEndian, isNanosecond, linkType)
    }

    func word(_ bytes: ArraySlice<UInt8>, at offset: Int) -> UInt32 {
        let at = bytes.startIndex + offset
        let little =
            UInt32(bytes[at]) | UInt32(bytes[at + 1]) << 8 | UInt32(bytes[at + 2]) << 16 | UInt32(bytes[at + 3]) << 24
        return isBigEndian ? little.byteSwapped : little
    }

    /// A record's header.
    struct Header: Equatable {
        var seconds: UInt32
        var ticks: UInt32
        var captured: UInt32
        var original: UInt32
    }

    /// The header at an offset, if it can be one: `bytes` has all 16 bytes of it.
    ///
    /// - Parameter near: the second of a record known to be good; others are within a year of it.
    func header(_ bytes: ArraySlice<UInt8>, at offset: Int, near: UInt32?) -> Header? {
        let captured = word(bytes, at: offset + 8)
        let original = word(bytes, at: offset + 12)
        // An empty record is nobody's packet; zeros in a row would be nothing but.
        guard captured > 0, captured <= longest, captured <= original, original <= RecordForm.longestPacket else {
            return nil
        }
        let ticks = word(bytes, at: offset + 4)
        guard ticks < (isNanosecond ? 1_000_000_000 : 1_000_000) else { return nil }
        let seconds = word(bytes, at: offset)
        if let near {
            let distance = seconds > near ? seconds - near : near - seconds
            guard distance <= RecordForm.mostSecondsApart else { return nil }
        }
        return Header(seconds: seconds, ticks: ticks, captured: captured, original: original)
    }

    /// Offloading makes packets of 64 KiB and some; nothing on a wire is longer than this.
    private static let longestPacket: UInt32 = 16 << 20
    private static let mostSecondsApart: UInt32 = 366 * 86_400
}
