import Testing

@testable import Traffic

@Suite struct SegmenterTests {
    /// Whatever is done to segments, each byte of the stream is in one, and in its place.
    @Test(arguments: 0..<20)
    func segmentsCoverTheStream(seed: Int) {
        var plan = SegmentationPlan()
        (plan.split, plan.bytewise, plan.coalesces) = (0.5, 0.1, true)
        (plan.reordering, plan.retransmission, plan.overlap) = (0.3, 0.3, 0.3)
        var segmenter = Segmenter(plan: plan, random: SplitMix64(seed: UInt64(seed)))
        for message in 0..<20 {
            segmenter.add(
                [UInt8](repeating: UInt8(message), count: 50 + message * 100), message: message,
                fromClient: message % 3 != 0, at: 1_000_000_000 + UInt64(message) * 4_000_000)
        }
        segmenter.release()
        for fromClient in [true, false] {
            let stream = fromClient ? segmenter.client : segmenter.server
            var covered = [Bool](repeating: false, count: stream.bytes.count)
            for segment in segmenter.segments where segment.fromClient == fromClient {
                #expect(segment.range.count <= Segmenter.maximumSegment)
                for place in segment.range { covered[place] = true }
            }
            #expect(covered.allSatisfy { $0 })
        }
    }

    @Test func chunksInARange() {
        var stream = OctetStream()
        for message in 0..<10 { _ = stream.append([UInt8](repeating: 0, count: 10), message: message) }
        #expect(stream.chunks(in: 0..<1).map(\.message) == [0])
        #expect(stream.chunks(in: 9..<11).map(\.message) == [0, 1])
        #expect(stream.chunks(in: 10..<20).map(\.message) == [1])
        #expect(stream.chunks(in: 95..<100).map(\.message) == [9])
    }
}
