import SIP
import Tables

/// Some texts of the wire, each once, in the order in which they came: one piece of memory for all of them, and none to
/// look whether one is known.
struct TextList {
    private var bytes: [UInt8] = []
    /// Where each text ends.
    private var ends = ShortList<2, Int>(filler: 0)

    var count: Int { ends.count }

    /// Adds the text if it is not there.
    mutating func insert(_ text: Span<UInt8>) {
        var start = 0
        for index in ends.indices {
            let end = ends[index]
            if text.isSame(as: bytes.span.extracting(start..<end)) { return }
            start = end
        }
        bytes.append(addingCapacity: text.count) { (free: inout OutputSpan<UInt8>) in
            for index in text.indices { free.append(text[index]) }
        }
        ends.append(bytes.count)
    }

    /// What is not UTF-8 becomes U+FFFD; what is the same then is given once.
    var strings: [String] {
        var strings: [String] = []
        strings.reserveCapacity(count)
        var start = 0
        for index in ends.indices {
            let string = String(copying: bytes.span.extracting(start..<ends[index]))
            if !strings.contains(string) { strings.append(string) }
            start = ends[index]
        }
        return strings
    }
}
