import Testing

@testable import Capture

/// A capture cut at any byte gives the packets before the cut, and says so.
@Suite struct TruncationTests {
    let scratch = Scratch()

    @Test func everyPrefixOfClassic() throws {
        var file = CaptureBytes.classic()
        var ends: [Int] = [file.bytes.count]
        for number in 0..<5 {
            file.record(UInt32(number), 0, packet(number, count: 11 + number))
            ends.append(file.bytes.count)
        }
        let whole = try readFile(scratch.write("whole.pcap", file.bytes))
        #expect(whole.count == 5)
        for cut in 0..<file.bytes.count {
            let path = scratch.write("cut.pcap", Array(file.bytes[..<cut]))
            guard cut >= 24 else {
                #expect(throws: CaptureError.self, "\(cut)") { try FileSource(path: path) }
                continue
            }
            let source = try FileSource(path: path)
            let complete = ends.count { $0 <= cut } - 1
            #expect(try readAll(source) == Array(whole[..<complete]))
            #expect(source.damages.isEmpty == ends.contains(cut), "\(cut)")
            if let damage = source.damages.first {
                #expect(damage.kind == .truncated && damage.exitStatus == 65)
                #expect(damage.byteOffset == UInt64(ends[complete]))
                #expect(damage.available == UInt64(cut - ends[complete]))
                #expect(damage.needed > damage.available)
            }
        }
    }

    @Test func everyPrefixOfPcapng() throws {
        let file = PcapngTests.mixed().bytes
        for cut in 0..<file.count {
            let path = scratch.write("cut.pcapng", Array(file[..<cut]))
            do throws(CaptureError) {
                let source = try FileSource(path: path)
                let packets = (try? readAll(source)) ?? []
                #expect(packets == Array(PcapngTests.mixedPackets[..<packets.count]))
                #expect(packets.count < PcapngTests.mixedPackets.count)
                #expect(cut >= 28)
            } catch {
                #expect(cut < 28, "\(cut)")
                #expect(error.exitStatus == 65)
            }
        }
    }

    /// Every bit of the beginning flipped: nothing to expect but that it ends.
    @Test func flippedBits() throws {
        for original in [PcapngTests.mixed().bytes, TruncationTests.smallClassic()] {
            for index in 0..<min(original.count, 160) {
                for bit in 0..<8 {
                    var bytes = original
                    bytes[index] ^= 1 << bit
                    guard let source = try? FileSource(path: scratch.write("flip", bytes)) else { continue }
                    _ = try readAll(source, arenaBytes: 256)
                }
            }
        }
    }

    static func smallClassic() -> [UInt8] {
        var file = CaptureBytes.classic()
        for number in 0..<3 { file.record(UInt32(number), 0, packet(number, count: 20)) }
        return file.bytes
    }
}
