/// The bytes of an incomplete datagram.
///
/// Fragments' bytes lie in the order of arrival, so that a fragment far behind costs no more than its own length; the
/// pieces say where in the datagram they belong. Invariant: pieces are not empty, ordered by `start` and disjoint.
struct FragmentPieces {
    struct Piece {
        /// Range within the datagram.
        var start: Int
        var end: Int
        /// Where in `arrived` its bytes begin.
        var at: Int
    }

    enum Overlap {
        case none
        /// Some bytes were there already.
        case partial
        /// All were.
        case whole
    }

    private(set) var arrived: [UInt8] = []
    private(set) var pieces: [Piece] = []

    /// Where the last byte known so far ends.
    var end: Int { pieces.last?.end ?? 0 }

    /// With disjoint pieces, "all bytes up to `total`" is a matter of counting.
    func isComplete(_ total: Int) -> Bool { arrived.count == total && end == total }

    func contains(exactly range: Range<Int>) -> Bool {
        let index = firstPiece(endingAfter: range.lowerBound)
        return index < pieces.count && pieces[index].start == range.lowerBound && pieces[index].end == range.upperBound
    }

    func overlaps(_ range: Range<Int>) -> Bool {
        let index = firstPiece(endingAfter: range.lowerBound)
        return index < pieces.count && pieces[index].start < range.upperBound
    }

    /// Takes those bytes of a fragment that are new: the first fragment to bring a byte wins.
    mutating func fill(_ payload: Span<UInt8>, at offset: Int) -> Overlap {
        let end = offset + payload.count
        var position = offset
        var index = firstPiece(endingAfter: offset)
        var taken = 0
        while position < end {
            let gapEnd = index < pieces.count ? min(pieces[index].start, end) : end
            if position < gapEnd {
                take(payload, (position - offset)..<(gapEnd - offset), as: position, at: index)
                taken += gapEnd - position
                index += 1
            }
            guard index < pieces.count else { break }
            position = max(gapEnd, pieces[index].end)
            index += 1
        }
        return taken == payload.count ? .none : taken == 0 ? .whole : .partial
    }

    /// The datagram's bytes in order.
    func assembled() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(arrived.count)
        for piece in pieces { bytes += arrived[piece.at..<(piece.at + piece.end - piece.start)] }
        return bytes
    }

    private mutating func take(_ payload: Span<UInt8>, _ range: Range<Int>, as start: Int, at index: Int) {
        let piece = Piece(start: start, end: start + range.count, at: arrived.count)
        // `unsafe` only until arrays can append a span: the buffer is used within the closure.
        unsafe payload.extracting(range).withUnsafeBufferPointer { unsafe arrived.append(contentsOf: $0) }
        pieces.insert(piece, at: index)
    }

    private func firstPiece(endingAfter position: Int) -> Int {
        var low = 0
        var high = pieces.count
        while low < high {
            let middle = (low + high) / 2
            if pieces[middle].end > position { high = middle } else { low = middle + 1 }
        }
        return low
    }
}
