/// The bytes of one capture file, whatever is in them; inflated where the file is gzip.
///
/// For those who look at damaged files: what can be inflated in front of a damage is given out.
package final class CaptureBytes {
    private var input: CaptureInput
    private var beginning: [UInt8]
    private var given = 0
    /// Why the file could not be read to its end.
    package private(set) var failure: String?

    package init(_ path: String) throws(CaptureError) {
        var beginning: [UInt8] = []
        input = try CaptureInput.open(path, beginning: &beginning)
        self.beginning = beginning
    }

    /// A section header block comes first.
    package var isPcapng: Bool { beginning.starts(with: [0x0a, 0x0d, 0x0d, 0x0a]) }

    /// The next bytes, so many at most; none at the end, and where nothing more can be read.
    package func read(_ count: Int) -> [UInt8] {
        if given < beginning.count {
            let part = beginning[given..<min(given + count, beginning.count)]
            given += part.count
            return Array(part)
        }
        var bytes: [UInt8] = []
        guard failure == nil else { return bytes }
        do throws(InputError) {
            try input.more(into: &bytes, upTo: count, atLeast: 1)
        } catch {
            failure = error.detail
        }
        return bytes
    }
}
