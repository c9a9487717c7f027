import Testing

@testable import Archive

@Suite struct RecordLogRotationTests {
    let place: TemporaryDirectory

    init() throws { place = try TemporaryDirectory() }

    @Test func aLongFileIsPutAside() throws {
        let archive = try ArchiveDirectory(path: place.path, use: .live)
        var log = try RecordLog(directory: archive, rotationSize: 1000)
        var expected: [UInt8] = []
        for number in 0..<48 {
            let line = Array("{\"number\":\(number),\"text\":\"\(String(repeating: "x", count: 80))\"}\n".utf8)
            expected += line
            try log.append(line)
            try log.flush()
        }
        let files = place.files()
        #expect(files.count == 5 && log.rotations == 4)
        #expect(files.dropLast().allSatisfy { $0.hasPrefix("calls-") && $0.hasSuffix(".jsonl") })
        // Within one second the names differ in a number, in their order.
        let inOrder = files.dropLast().sorted { $0.count != $1.count ? $0.count < $1.count : $0 < $1 } + ["calls.jsonl"]
        #expect(inOrder.flatMap { place.read($0) } == expected)
    }

    @Test func aReplayIsOneFile() throws {
        let archive = try ArchiveDirectory(path: place.path, use: .replay(overwrite: false))
        var log = try RecordLog(directory: archive, rotationSize: 10)
        for _ in 0..<5 {
            try log.append(Array("{\"a\":123456789}".utf8))
            try log.flush()
        }
        #expect(place.files() == ["calls.jsonl"])
    }
}
