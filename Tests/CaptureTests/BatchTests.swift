import Testing

@testable import Capture

/// Where a batch ends must not show in the packets.
@Suite struct BatchTests {
    let scratch = Scratch()

    /// The arena's end falls on every byte of a record once.
    @Test func everyAlignment() throws {
        var classic = CaptureBytes.classic()
        var pcapng = CaptureBytes()
        pcapng.section(bigEndian: true)
        pcapng.interface()
        for number in 0..<40 {
            classic.record(UInt32(number), 0, packet(number, count: 23 + number % 5))
            pcapng.enhancedPacket(0, units: UInt64(number), packet(number, count: 23 + number % 5))
        }
        for file in [classic.bytes, pcapng.bytes] {
            let path = scratch.write("a", file)
            let whole = try readFile(path)
            #expect(whole.count == 40)
            for arena in 64..<300 {
                #expect(try readAll(FileSource(path: path), arenaBytes: arena) == whole, "\(arena)")
            }
            for limit in 1..<45 {
                #expect(try readAll(FileSource(path: path), limit: limit) == whole, "\(limit)")
            }
        }
    }

    @Test func packetLargerThanTheArena() throws {
        var file = CaptureBytes.classic(snapLength: 1 << 20)
        file.record(1, 0, packet(1, count: 10))
        file.record(2, 0, packet(2, count: 1_000_000))
        file.record(3, 0, packet(3, count: 10))
        let packets = try readAll(FileSource(path: scratch.write("a", file.bytes)), arenaBytes: 128)
        #expect(packets.map(\.bytes.count) == [10, 1_000_000, 10])
        #expect(packets[1].bytes == packet(2, count: 1_000_000))
    }

    /// Variable sizes, so that the guess how much a batch needs is always wrong.
    @Test func manyPackets() throws {
        var file = CaptureBytes.classic()
        for number in 0..<5000 { file.record(UInt32(number), 0, packet(number, count: number * 7919 % 1500)) }
        let path = scratch.write("a", file.bytes)
        let whole = try readAll(FileSource(path: path), arenaBytes: 16 << 20, limit: .max)
        #expect(whole.count == 5000)
        for limit in [1, 7, 100, 1024] { #expect(try readAll(FileSource(path: path), limit: limit) == whole) }
    }

    /// A reader that keeps the arrays keeps what was in them.
    @Test func keptArraysDoNotChange() throws {
        let path = scratch.write("a", TruncationTests.smallClassic())
        let source = try FileSource(path: path)
        var batch = PacketBatch()
        _ = try source.read(into: &batch, limit: 1)
        let (bytes, packets) = (batch.bytes, batch.packets)
        let copy = Array(bytes[packets[0].range])
        _ = try source.read(into: &batch, limit: 1)
        #expect(Array(bytes[packets[0].range]) == copy)
        #expect(Array(batch.bytes[batch.packets[0].range]) != copy)
    }

    /// What is never filled takes no memory; what has its size keeps its packets when it is asked for again.
    @Test func memoryComesWithTheFirstPackets() throws {
        let source = try FileSource(path: scratch.write("a", TruncationTests.smallClassic()))
        var batch = PacketBatch.empty
        #expect(batch.bytes.count <= 64)
        batch.growArena()
        #expect(batch.bytes.count == PacketBatch.defaultArenaBytes)
        _ = try source.read(into: &batch, limit: 2)
        batch.growArena()
        #expect(batch.count == 2)
    }

    @Test func layout() { #expect(MemoryLayout<CapturedPacket>.stride == 24) }
}
