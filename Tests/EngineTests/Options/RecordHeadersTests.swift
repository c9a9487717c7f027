import Testing

@testable import Engine

/// A record's header is copied from the capture where that has it as the call's file does, and written anew elsewhere.
@Suite struct RecordHeadersTests {
    private static let length = 16

    private func conversation() -> Scenario {
        var scenario = Scenario()
        let call = Call(
            id: "c", callerMedia: Peer("198.18.1.1", 10_000), calleeMedia: Peer("198.18.2.1", 20_000))
        call.setUp(&scenario, at: 0)
        call.talk(&scenario, from: 1, packets: 300)
        return scenario
    }

    /// Where the records of a classic capture begin.
    private func records(_ capture: [UInt8]) -> [Int] {
        var starts: [Int] = []
        var place = 24
        while place + Self.length <= capture.count {
            starts.append(place)
            place += Self.length + Int(little32(capture, place + 8))
        }
        return starts
    }

    private func little32(_ bytes: [UInt8], _ place: Int) -> UInt32 {
        (0..<4).reduce(0) { $0 | UInt32(bytes[place + $1]) << (8 * UInt32($1)) }
    }

    private func set32(_ bytes: inout [UInt8], _ place: Int, _ value: UInt32) {
        for index in 0..<4 { bytes[place + index] = UInt8(truncatingIfNeeded: value >> (8 * UInt32(index))) }
    }

    /// All packets are the call's, so its file is the capture, byte for byte.
    @Test func aFileOfOneCallIsTheCapture() throws {
        let scenario = conversation()
        let file = try #require(try scenario.runAllWays().files.first { $0.key.hasSuffix(".pcap") })
        #expect(file.value == scenario.capture)
    }

    /// The same instants with a second too few and a second too many microseconds; in the other byte order; and with the
    /// nanoseconds of a nanosecond capture: the file is that of the usual capture.
    @Test func otherHeadersAreWrittenAnew() throws {
        let scenario = conversation()
        let usual = scenario.capture
        var odd = usual
        for start in records(usual).dropFirst(100) {
            set32(&odd, start, little32(usual, start) - 1)
            set32(&odd, start + 4, little32(usual, start + 4) + 1_000_000)
        }
        var swapped = usual
        let words = [0, 8, 12, 16, 20] + records(usual).flatMap { [$0, $0 + 4, $0 + 8, $0 + 12] }
        for place in words { set32(&swapped, place, little32(usual, place).byteSwapped) }
        for place in [4, 6] { swapped.swapAt(place, place + 1) }
        for input in [odd, swapped] {
            let file = try #require(try scenario.runAllWays(inputs: [input]).files.first { $0.key.hasSuffix(".pcap") })
            #expect(file.value == usual)
        }
        let fine = CaptureText.file(scenario.packets, nanoseconds: true)
        let file = try #require(try scenario.runAllWays(inputs: [fine]).files.first { $0.key.hasSuffix(".pcap") })
        #expect(file.value == fine)
    }

    /// A file of microseconds beside one of nanoseconds: all is written in nanoseconds.
    @Test func microsecondsBesideNanoseconds() throws {
        let scenario = conversation()
        let half = scenario.packets.count / 2
        let inputs = [
            CaptureText.file(Array(scenario.packets[..<half])),
            CaptureText.file(Array(scenario.packets[half...]), nanoseconds: true),
        ]
        let file = try #require(try scenario.runAllWays(inputs: inputs).files.first { $0.key.hasSuffix(".pcap") })
        #expect(file.value == CaptureText.file(scenario.packets, nanoseconds: true))
    }
}
