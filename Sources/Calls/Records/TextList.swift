import SIP
import Tables

/// Some texts of the wire, each once, in the order in which they came: one piece of memory for all of them, which nobody looks
/// at to know whether one is there.
public struct TextList: Sendable {
    private struct Text: BitwiseCopyable {
        var hash: UInt64
        /// Where it ends in `bytes`.
        var end: Int
    }

    private var bytes: [UInt8] = []
    private var texts = ShortList<2, Text>(filler: Text(hash: 0, end: 0))

    public init() {}

    public var count: Int { texts.count }

    /// Adds the text if it is not there.
    ///
    /// - Parameter hash: of the text, with a seed that nobody outside knows: texts with one hash are one text.
    public mutating func insert(_ text: Span<UInt8>, hash: UInt64) {
        for index in texts.indices where texts[index].hash == hash { return }
        bytes.append(addingCapacity: text.count) { (free: inout OutputSpan<UInt8>) in
            for index in text.indices { free.append(text[index]) }
        }
        texts.append(Text(hash: hash, end: bytes.count))
    }

    /// What is not UTF-8 becomes U+FFFD; what is the same then is given once.
    public var strings: [String] {
        var strings: [String] = []
        strings.reserveCapacity(count)
        var start = 0
        for index in texts.indices {
            let string = String(copying: bytes.span.extracting(start..<texts[index].end))
            if !strings.contains(string) { strings.append(string) }
            start = texts[index].end
        }
        return strings
    }
}

extension TextList: Equatable {
    public static func == (left: TextList, right: TextList) -> Bool { left.strings == right.strings }
}
