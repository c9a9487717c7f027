import Glibc
import Testing

@testable import Capture

@Suite struct MergeTests {
    let scratch = Scratch()

    private func file(_ name: String, _ times: [UInt32], mark: Int, linkType: UInt32 = 1, size: Int = 40) -> String {
        var file = CaptureBytes.classic(linkType: linkType)
        for (index, time) in times.enumerated() { file.record(time, 0, packet(mark * 1000 + index, count: size)) }
        return scratch.write(name, file.bytes)
    }

    private func merged(_ paths: [String], arenaBytes: Int = 1024, limit: Int = 7) throws -> [ReadPacket] {
        try readAll(MergedSource(paths: paths), arenaBytes: arenaBytes, limit: limit)
    }

    /// The plainest merge there is, to compare with.
    private func reference(_ files: [[ReadPacket]]) -> [ReadPacket] {
        var rest = files.map { $0[...] }
        var result: [ReadPacket] = []
        while true {
            var best: Int?
            for (index, file) in rest.enumerated() {
                guard let head = file.first else { continue }
                if let current = best, let least = rest[current].first, least.time <= head.time { continue }
                best = index
            }
            guard let best else { return result }
            result.append(rest[best].removeFirst())
        }
    }

    private func withoutInterfaces(_ packets: [ReadPacket]) -> [ReadPacket] {
        packets.map { ReadPacket(time: $0.time, original: $0.original, bytes: $0.bytes) }
    }

    /// Ties go to the file named earlier; a step back in time stays where its file has it.
    @Test func order() throws {
        let paths = [
            file("b", [5, 6, 6, 9, 2, 10], mark: 1), file("a", [1, 5, 6, 7], mark: 2), file("c", [], mark: 3),
            file("d", [20, 21], mark: 4), file("e", [1], mark: 5),
        ]
        let expected = reference(try paths.map(readFile))
        #expect(expected.map { $0.time / 1_000_000_000 } == [1, 1, 5, 5, 6, 6, 6, 7, 9, 2, 10, 20, 21])
        for limit in 1...14 {
            for arena in [64, 100, 200, 4096] {
                #expect(try withoutInterfaces(merged(paths, arenaBytes: arena, limit: limit)) == expected)
            }
        }
    }

    @Test func random() throws {
        var generator = SystemRandomNumberGenerator()
        for round in 0..<8 {
            let paths = (0..<Int.random(in: 2...9, using: &generator)).map { index in
                var time = UInt32.random(in: 0...200, using: &generator)
                let times = (0..<Int.random(in: 0...100, using: &generator)).map { _ in
                    if UInt8.random(in: 0...50, using: &generator) == 0, time > 10 { time -= 10 }
                    time += UInt32.random(in: 0...2, using: &generator)
                    return time
                }
                return file("\(round)-\(index)", times, mark: index, size: 30 + index)
            }
            let expected = reference(try paths.map(readFile))
            #expect(try withoutInterfaces(merged(paths, arenaBytes: 2000, limit: 50)) == expected)
        }
    }

    /// A rotated capture gives the same as before it was cut, interface numbers included.
    @Test func consecutiveFiles() throws {
        let all = (0..<900).map { UInt32($0 / 3) }
        let whole = file("whole", all, mark: 0)
        var paths: [String] = []
        for part in 0..<9 {
            var bytes = CaptureBytes.classic()
            for index in part * 100..<(part + 1) * 100 {
                bytes.record(all[index], 0, packet(index, count: 40))
            }
            paths.append(scratch.write("part\(part)", bytes.bytes))
        }
        let source = try MergedSource(paths: paths)
        #expect(try readAll(source, limit: 64) == readFile(whole))
        #expect(source.interfaces.count == 1)
        #expect(try merged([whole]) == readFile(whole))
    }

    /// Files that overlap come from different places: their interfaces are kept apart.
    @Test func interfacesOfOverlappingFiles() throws {
        let cooked = file("b", [2, 4], mark: 2, linkType: 113)
        let source = try MergedSource(paths: [file("a", [1, 3, 5], mark: 1), cooked])
        #expect(source.linkTypes == [1, 113])
        #expect(try readAll(source).map(\.interface) == [0, 1, 0, 1, 0])
        #expect(source.interfaces.map(\.linkType) == [1, 113])
        let same = try MergedSource(paths: [file("c", [1, 3, 5], mark: 1), file("d", [2, 4], mark: 2)])
        #expect(try readAll(same).map(\.interface) == [0, 1, 0, 1, 0])
    }

    @Test func damages() throws {
        let good = file("good", [1, 2, 3], mark: 1)
        let whole = TruncationTests.smallClassic()
        let cut = scratch.write("cut", Array(whole[..<(whole.count - 3)]))
        let empty = scratch.write("empty", [])
        let source = try MergedSource(paths: [good, empty, cut])
        #expect(try readAll(source).count == 5)
        #expect(source.damages.map(\.path) == [empty, cut])
        #expect(throws: CaptureError.self) { try MergedSource(paths: [empty, empty]) }
        #expect(throws: CaptureError.self) { try MergedSource(paths: [empty]) }
        let text = scratch.write("text", Array("not a capture".utf8))
        #expect(throws: CaptureError.self) { try MergedSource(paths: [good, text]) }
        #expect(throws: CaptureError.self) { try MergedSource(paths: [good, scratch.path + "/missing"]) }
    }

    /// Many overlapping files with few descriptors, gzip among them.
    @Test func fewDescriptors() throws {
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        var low = limit
        low.rlim_cur = 256
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &low)
        defer { setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) }
        let paths = (0..<400).map { index in
            var bytes = CaptureBytes.classic()
            for step in 0..<10 { bytes.record(UInt32(step), UInt32(index), packet(index, count: 900)) }
            return scratch.write("f\(index)", index % 7 == 0 ? gzip(bytes.bytes) : bytes.bytes)
        }
        let source = try MergedSource(paths: paths)
        let packets = try readAll(source)
        #expect(packets.count == 4000)
        #expect(packets.map(\.time) == packets.map(\.time).sorted())
        #expect(source.damages.isEmpty)
    }
}
