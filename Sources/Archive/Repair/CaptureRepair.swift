import Glibc

/// Takes what is readable out of a damaged classic capture.
///
/// A record is believed when its header can be one and what follows it can be one too, or the file ends there. Where that
/// fails, the next place is looked for from which three records in a row can be believed; what lies in between is lost, and
/// told. Bytes of packets are never changed or made up.
public struct CaptureRepair: ~Copyable {
    /// Bytes that could not be read as records.
    public struct Loss: Sendable, Equatable {
        /// In the file as it was read (for gzip: inflated).
        public var offset: UInt64
        public var bytes: UInt64
    }

    public struct Report: Sendable, Equatable {
        public var packets: UInt64 = 0
        /// Captured bytes of these.
        public var bytes: UInt64 = 0
        public var bytesLost: UInt64 = 0
        /// The first ones; `lossCount` of all.
        public var losses: [Loss] = []
        public var lossCount: UInt64 = 0
        /// The file header was not readable; byte order and clock were found out, the link type was given or guessed.
        public var headerWasLost = false
        /// The last loss reaches to the end of the file.
        public var isCut = false

        public var isDamaged: Bool { headerWasLost || lossCount > 0 }

        public init() {}
    }

    /// Losses listed in a report.
    static let lossLimit = 1000
    /// Records in a row that make a place a beginning.
    static let chain = 3
    private static let readChunk = 256 << 10

    private let read: (Int) throws -> [UInt8]
    private var form: RecordForm
    /// Bytes of the input from `start` on; `at` of them are dealt with.
    private var buffer: [UInt8] = []
    private var at = 0
    private var start: UInt64 = 0
    private var hasEnded = false
    private var report = Report()
    private var lastSecond: UInt32?

    /// - Parameters:
    ///   - linkType: for a file whose header is lost.
    ///   - read: the next bytes, so many at most; none at the end. An error ends the input there.
    public init(linkType: UInt32, read: @escaping (Int) throws -> [UInt8]) {
        self.read = read
        form = RecordForm(isBigEndian: false, isNanosecond: false, linkType: linkType)
    }

    /// Reads everything. `emit` is given the new file's bytes: header, then whole records.
    public consuming func run(emit: (ArraySlice<UInt8>) throws -> Void) throws -> Report {
        readHeader()
        var hasHeader = false
        while true {
            guard let length = nextRecord() else {
                guard skipToRecord() else { break }
                continue
            }
            if !hasHeader {
                hasHeader = true
                try emit(
                    PcapFormat.fileHeaderBytes(
                        nanoseconds: form.isNanosecond, snapLength: form.longest, linkType: form.linkType)[...])
            }
            try emit(record(length))
            report.packets += 1
            report.bytes += UInt64(length - PcapFormat.recordHeaderLength)
            lastSecond = form.word(buffer[at...], at: 0)
            at += length
        }
        return report
    }

    // MARK: Input

    /// Sees to `count` bytes from `at` on; false when the input has fewer.
    private mutating func fill(_ count: Int) -> Bool {
        if buffer.count - at >= count { return true }
        if at > 0 {
            buffer.removeFirst(at)
            start += UInt64(at)
            at = 0
        }
        while buffer.count < count, !hasEnded {
            let more = (try? read(max(count - buffer.count, Self.readChunk))) ?? []
            buffer.append(contentsOf: more)
            if more.isEmpty { hasEnded = true }
        }
        return buffer.count >= count
    }

    // MARK: Records

    private mutating func readHeader() {
        let isWhole = fill(PcapFormat.fileHeaderLength)
        if isWhole, let form = RecordForm(header: buffer[...]) {
            self.form = form
            at = PcapFormat.fileHeaderLength
            return
        }
        report.headerWasLost = true
        _ = fill(1 << 20)
        // The form that finds most records in the first mebibyte is the file's.
        let given = form.linkType
        let forms = [(false, false), (false, true), (true, false), (true, true)].map {
            RecordForm(isBigEndian: $0.0, isNanosecond: $0.1, linkType: given)
        }
        form = forms.max { recordCount($0) < recordCount($1) } ?? form
    }

    private func recordCount(_ form: RecordForm) -> Int {
        var (offset, count) = (0, 0)
        while offset + PcapFormat.recordHeaderLength <= buffer.count {
            if let header = form.header(buffer[...], at: offset, near: nil),
                offset + PcapFormat.recordHeaderLength + Int(header.captured) <= buffer.count
            {
                count += 1
                offset += PcapFormat.recordHeaderLength + Int(header.captured)
            } else {
                offset += 1
            }
        }
        return count
    }

    /// The length of the record at `at`, if it is to be believed. Nil: it is not, or the input has ended.
    private mutating func nextRecord() -> Int? {
        guard let length = headerLength(at: 0, near: lastSecond) else { return nil }
        guard fill(length) else { return nil }
        // A header that lies about its length is followed by something that is no header.
        let next = length + PcapFormat.recordHeaderLength
        guard fill(next) else {
            // At the end: nothing may follow, or the torn beginning of a header that nobody can read.
            return length
        }
        if form.header(buffer[at...], at: length, near: form.word(buffer[at...], at: 0)) != nil { return length }
        // Garbage behind a good record, or a record of the wrong length: the next good place tells. One that lies inside
        // of the record proves the record wrong.
        guard let found = search(from: PcapFormat.recordHeaderLength, limit: length) else { return length }
        return found < length ? nil : length
    }

    /// Header and bytes together, when a header at an offset from `at` can be one.
    private mutating func headerLength(at offset: Int, near: UInt32?) -> Int? {
        guard fill(offset + PcapFormat.recordHeaderLength),
            let header = form.header(buffer[at...], at: offset, near: near)
        else { return nil }
        return PcapFormat.recordHeaderLength + Int(header.captured)
    }

    /// The next place, as an offset from `at`, at which a chain of records begins; below `limit`.
    private mutating func search(from: Int, limit: Int) -> Int? {
        var offset = from
        while offset < limit {
            guard fill(offset + PcapFormat.recordHeaderLength) else { return nil }
            if beginsChain(at: offset) { return offset }
            offset += 1
        }
        return nil
    }

    private mutating func beginsChain(at offset: Int) -> Bool {
        var place = offset
        var near = lastSecond
        for index in 0..<Self.chain {
            guard let length = headerLength(at: place, near: near) else { return false }
            near = form.word(buffer[at...], at: place)
            place += length
            // The last record of a chain may be cut off with the file.
            guard fill(place) else { return index > 0 }
            // The file may end behind a record; the fewer came before, the likelier by chance, but nothing is lost by it.
            if index < Self.chain - 1, !fill(place + 1) { return true }
        }
        return true
    }

    /// Goes on to the next place at which records can be read. False at the end of the input.
    private mutating func skipToRecord() -> Bool {
        guard fill(1) else { return false }
        let begin = start + UInt64(at)
        var isFirst = true
        while true {
            // In portions, so that the buffer does not grow with the damage.
            let portion = Self.readChunk
            if let found = search(from: isFirst ? 1 : 0, limit: portion) {
                at += found
                lose(from: begin, to: start + UInt64(at))
                return true
            }
            isFirst = false
            guard fill(portion + PcapFormat.recordHeaderLength) else {
                // What is left is too short for a chain.
                lose(from: begin, to: start + UInt64(buffer.count))
                at = buffer.count
                report.isCut = true
                return false
            }
            at += portion
        }
    }

    private mutating func lose(from: UInt64, to: UInt64) {
        guard to > from else { return }
        report.bytesLost += to - from
        report.lossCount += 1
        if report.losses.count < Self.lossLimit { report.losses.append(Loss(offset: from, bytes: to - from)) }
    }

    /// The record at `at`, little endian.
    private func record(_ length: Int) -> ArraySlice<UInt8> {
        let record = buffer[at..<(at + length)]
        guard form.isBigEndian else { return record }
        // Swapped word by word into a new array: reversing a part of an array into itself came out wrong in release builds.
        let header = record.prefix(PcapFormat.recordHeaderLength)
        let swapped = (0..<4).flatMap { word in header.dropFirst(4 * word).prefix(4).reversed() }
        return (swapped + record.dropFirst(PcapFormat.recordHeaderLength))[...]
    }
}
