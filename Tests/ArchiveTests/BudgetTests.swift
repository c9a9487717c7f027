import Glibc
import TestSupport
import Testing

@testable import Archive

@Suite struct BudgetTests {
    let place: TemporaryDirectory
    let archive: ArchiveDirectory

    init() throws {
        place = try TemporaryDirectory()
        archive = try ArchiveDirectory(path: place.path, use: .live)
    }

    /// Two cache lines: with one that is a little larger every record of another file waits for a line more.
    @Test func layout() { #expect(MemoryLayout<OpenFile>.stride == 128) }

    @Test(arguments: [0, 1 << 10, 10_000, 64 << 10, 1 << 20])
    func manySetsStayWithinTheBudget(budget: Int) throws {
        var writer = CallFileWriter(directory: archive, options: CallFileOptions(), bufferBudget: budget)
        let count = 1_500
        let sets = (0..<count).map { writer.open(stem: stem("call\($0)"), held: false) }
        for position in 0..<UInt64(count * 6) {
            // Some calls talk more than others.
            let call = Int(position % 7 == 0 ? position % 10 : position % UInt64(count))
            writer.append(sets[call], TestPacket(position: position, length: 214))
            #expect(writer.bufferBytes <= budget)
        }
        var packets: UInt64 = 0
        for (_, finished) in writer.finishAll() {
            #expect(finished.error == nil)
            for name in finished.names {
                let capture = try #require(Capture(place.read(name)))
                #expect(capture.positions == capture.positions.sorted())
                packets += UInt64(capture.records.count)
            }
        }
        #expect(packets == UInt64(count * 6))
        #expect(writer.peakBufferBytes <= budget)
        #expect(writer.bufferBytes == 0)
        #expect(writer.openSets == 0)
    }

    @Test func fiftyThousandCallsNeedFewDescriptors() async {
        await #expect(processExitsWith: .success) { [path = (place.path + "/sub") as String] in
            // The test's own process has about twenty of these open.
            var limit = rlimit(rlim_cur: 40, rlim_max: 40)
            #expect(setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0)
            let archive = try ArchiveDirectory(path: path, use: .live)
            var writer = CallFileWriter(directory: archive, options: CallFileOptions(), bufferBudget: 8 << 20)
            let sets = (0..<50_000).map { writer.open(stem: stem("d\($0 % 7)/call\($0)"), held: false) }
            for position in 0..<100_000 as Range<UInt64> {
                writer.append(sets[Int(position) % sets.count], TestPacket(position: position, length: 100))
            }
            let finished = writer.finishAll()
            #expect(finished.count == 50_000)
            #expect(finished.allSatisfy { $0.1.packets == 2 && $0.1.error == nil && $0.1.names.count == 1 })
            #expect(writer.peakBufferBytes <= 8 << 20)
        }
    }

    /// An even share of 24 files is 2 KiB of 64. Twelve go, two of the others need more: none is written before its end, and
    /// what comes late finds its place in a buffer of several blocks.
    @Test func aBufferGrowsWhereOthersNeedLess() throws {
        var writer = CallFileWriter(directory: archive, options: CallFileOptions(), bufferBudget: 64 << 10)
        let all = (0..<24).map { writer.open(stem: stem("call\($0)"), held: false) }
        for (index, set) in all.enumerated() { writer.append(set, TestPacket(position: UInt64(index), length: 214)) }
        for set in all[..<12] { writer.discard(set) }
        let (sets, before) = (Array(all[12...]), writer.counters.writes)
        for position in 100..<150 as Range<UInt64> {
            // Each packet changes places with the next one of its call.
            let swapped = position ^ 2
            writer.append(sets[Int(position % 2)], TestPacket(position: swapped, length: 214), floor: 100)
        }
        #expect(writer.counters.writes == before)
        #expect(place.files().isEmpty)
        #expect(writer.bufferBytes <= 64 << 10)
        for (_, finished) in writer.finishAll() {
            #expect(finished.error == nil)
            for name in finished.names {
                let capture = try #require(Capture(place.read(name)))
                #expect(capture.positions == capture.positions.sorted())
            }
        }
        #expect(try #require(Capture(place.read("call13.pcap"))).records.count == 26)
        #expect(writer.counters.writes == before + 12)
        #expect(writer.counters.lateInserted > 20)
    }

    @Test func onlyWhatIsOldEnoughIsFlushed() {
        var writer = CallFileWriter(directory: archive, options: CallFileOptions(), bufferBudget: 1 << 20)
        let sets = (0..<4).map { writer.open(stem: stem("call\($0)"), held: false) }
        for (index, set) in sets.enumerated() {
            writer.wallTime = Int64(index) * 100
            writer.append(set, TestPacket(position: UInt64(index)))
        }
        writer.append(sets[0], TestPacket(position: 9))
        writer.flushAll(olderThan: 99)
        #expect(place.files() == ["call0.pcap.partial"])
        writer.flushAll(olderThan: 200)
        #expect(place.files() == ["call0.pcap.partial", "call1.pcap.partial", "call2.pcap.partial"])
        writer.append(sets[0], TestPacket(position: 10))
        writer.flushAll(olderThan: 299)
        #expect(writer.counters.writes == 3)
    }

    @Test func theArenaGivesBackWhatItTook() {
        var random = SeededRandom(seed: 4)
        var arena = BufferArena(budget: 300_000)
        var blocks: [BufferArena.Block] = []
        var taken = Set<Int32>()
        for _ in 0..<20_000 {
            if Bool.random(using: &random), let block = arena.allocate(order: Int.random(in: 0...6, using: &random)) {
                let units = block.unit..<(block.unit + 1 << Int32(block.order))
                #expect(Int(units.upperBound) * 1_024 <= arena.byteCount)
                for unit in units { #expect(taken.insert(unit).inserted) }
                blocks.append(block)
            } else if !blocks.isEmpty {
                let block = blocks.remove(at: Int.random(in: 0..<blocks.count, using: &random))
                for unit in block.unit..<(block.unit + 1 << Int32(block.order)) { taken.remove(unit) }
                arena.free(block)
            }
            #expect(arena.used == taken.count * 1_024)
        }
        for block in blocks { arena.free(block) }
        // All merged again: the largest blocks are to be had.
        for _ in 0..<4 { #expect(arena.allocate(order: 6) != nil) }
    }
}

@Suite struct HeldTests {
    let place: TemporaryDirectory
    let archive: ArchiveDirectory

    init() throws {
        place = try TemporaryDirectory()
        archive = try ArchiveDirectory(path: place.path, use: .live)
    }

    @Test func aHeldCallIsOnDiskOnlyOnceReleased() throws {
        var writer = CallFileWriter(directory: archive, options: CallFileOptions(), bufferBudget: 1 << 20)
        let set = writer.open(stem: stem("call"), held: true)
        for position in [1, 2, 5, 4] as [UInt64] { writer.append(set, TestPacket(position: position), floor: 1) }
        writer.flushAll(olderThan: .max)
        #expect(place.files().isEmpty)
        writer.release(set)
        #expect(writer.heldBytes == 0)
        writer.append(set, TestPacket(position: 3), floor: 3)
        writer.append(set, TestPacket(position: 6))
        #expect(writer.finish(set).packets == 6)
        #expect(try #require(Capture(place.read("call.pcap"))).positions == [1, 2, 3, 4, 5, 6])
    }

    @Test func aDiscardedCallLeavesNothing() {
        var writer = CallFileWriter(directory: archive, options: CallFileOptions(), bufferBudget: 1 << 20)
        let held = writer.open(stem: stem("held"), held: true)
        let open = writer.open(stem: stem("open"), held: false)
        let undecided = writer.open(stem: stem("undecided"), held: true)
        for set in [held, open, undecided] { writer.append(set, TestPacket(position: 1)) }
        writer.flushAll(olderThan: .max)
        #expect(place.files() == ["open.pcap.partial"])
        writer.discard(held)
        writer.discard(open)
        #expect(writer.finish(undecided) == FinishedFiles())
        #expect(place.files().isEmpty)
        #expect(writer.heldBytes == 0)
        #expect(writer.openSets == 0)
        #expect(writer.bufferBytes == 0)
    }

    @Test func droppedMediaIsForgottenAndSignallingKept() throws {
        var writer = CallFileWriter(directory: archive, options: CallFileOptions(), bufferBudget: 1 << 20)
        let set = writer.open(stem: stem("call"), held: true)
        for position in 0..<100 as Range<UInt64> {
            let kind = position % 10 == 0 ? RecordKind.signalling : .media
            writer.append(set, TestPacket(position: position, kind: kind, length: 300), floor: 0)
        }
        let before = writer.heldBytes
        writer.dropMedia(set)
        #expect(writer.heldBytes < before / 4)
        writer.release(set)
        writer.append(set, TestPacket(position: 100, kind: .media))
        _ = writer.finish(set)
        let expected: [UInt64] = (0..<10).map { $0 * 10 } + [100]
        #expect(try #require(Capture(place.read("call.pcap"))).positions == expected)
        #expect(writer.heldBytes == 0)
    }

    @Test func whatIsHeldIsBounded() {
        var options = CallFileOptions()
        options.heldByteLimit = 100_000
        var writer = CallFileWriter(directory: archive, options: options, bufferBudget: 1 << 20)
        let sets = (0..<100).map { writer.open(stem: stem("call\($0)"), held: true) }
        for position in 0..<3_000 as Range<UInt64> {
            writer.append(sets[Int(position % 100)], TestPacket(position: position, length: 200))
            #expect(writer.heldBytes <= 100_000)
        }
        #expect(writer.counters.heldRefused > 2_000)
        #expect(writer.counters.heldRefused < 2_950)
        for set in sets { writer.release(set) }
        let finished = writer.finishAll()
        #expect(finished.reduce(0) { $0 + $1.1.packets + $1.1.packetsLost } == 3_000)
        #expect(writer.heldBytes == 0)
    }
}
