import SIP
import TestSupport

extension FuzzTarget {
    /// However a stream is cut, the same messages come out, and what waits is bounded.
    static func framer(_ input: [UInt8]) {
        // A line that turns out to be no start line is skipped sooner when it comes whole: one message behind everything
        // says whether both ways have come to the same place.
        let bytes = input + Array("\r\nOPTIONS sip:last SIP/2.0\r\n\r\n".utf8)
        let limits = SIPStreamFramer.Limits(headerSectionBytes: 1024, bodyBytes: 2048, startLineBytes: 256)
        let whole = FramedStream([bytes], limits: limits).ranges
        var random = SeededRandom(bytes)
        let cut = FramedStream(random.pieces(of: bytes), limits: limits).ranges
        require(whole == cut, "other messages when cut: \(whole) and \(cut)")
    }
}
