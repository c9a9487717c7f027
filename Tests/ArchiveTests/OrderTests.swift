import TestSupport
import Testing

@testable import Archive

/// Finished files are in ascending position order, whatever the order of the appends.
@Suite struct OrderTests {
    let place: TemporaryDirectory
    let archive: ArchiveDirectory

    init() throws {
        place = try TemporaryDirectory()
        archive = try ArchiveDirectory(path: place.path, use: .live)
    }

    private static func sixty(_: UInt64) -> Int { 60 }

    /// Appends in the given order, flushing behind the marked indices, and returns all positions of the finished files.
    private func positions(
        _ order: [UInt64], options: CallFileOptions = CallFileOptions(), budget: Int = 1 << 20,
        flushAfter: Set<Int> = [], name: String = "call", trueFloor: Bool = true, length: (UInt64) -> Int,
        check: (ArchiveCounters, [String]) -> Void = { _, _ in }
    ) throws -> [UInt64] {
        var writer = CallFileWriter(directory: archive, options: options, bufferBudget: budget)
        let set = writer.open(stem: stem(name), held: false)
        var floors = order
        for index in floors.indices.dropLast().reversed() { floors[index] = min(floors[index], floors[index + 1]) }
        for (index, position) in order.enumerated() {
            writer.append(
                set, TestPacket(position: position, length: length(position)), floor: trueFloor ? floors[index] : 0)
            if flushAfter.contains(index) { writer.flushAll(olderThan: .max) }
        }
        let finished = writer.finish(set)
        #expect(finished.error == nil)
        #expect(finished.packets == UInt64(order.count))
        check(writer.counters, finished.names)
        #expect(writer.index.blocksUsed == 0)
        #expect(writer.lateRecords == 0)
        return try finished.names.flatMap { name in try #require(Capture(place.read(name))).positions }
    }

    @Test func aLateRecordIsInsertedInTheBuffer() throws {
        let result = try positions([1, 5, 6, 2, 7, 3, 4], length: Self.sixty) { counters, _ in
            #expect(counters.lateRecords == 3)
            #expect(counters.lateInserted == 3)
            #expect(counters.filesReordered == 0)
            #expect(counters.writes == 1)
        }
        #expect(result == Array(1...7))
    }

    /// The budget of 16 KiB makes blocks of four: every second record belongs in front of sixty others, most of them in blocks that are full.
    @Test func aLateRecordIsInsertedInAFullBlock() throws {
        let order = (0..<60).map { UInt64($0) * 2 + 1 } + (0..<60).map { UInt64($0) * 2 + 2 }
        let result = try positions(order, budget: 16 << 10, length: Self.sixty) { counters, _ in
            #expect(counters.lateRecords == 59)
            #expect(counters.lateInserted == 59)
            #expect(counters.filesReordered == 0)
            #expect(counters.writes == 1)
        }
        #expect(result == Array(1...120))
    }

    @Test func aLateRecordBehindAFlushIsMovedAtTheEnd() throws {
        let result = try positions([1, 5, 6, 2, 7, 3, 4, 8], flushAfter: [2], length: Self.sixty) { counters, _ in
            #expect(counters.lateRecords == 3)
            #expect(counters.filesReordered == 1)
        }
        #expect(result == Array(1...8))
        #expect(place.files() == ["call.pcap"])
    }

    @Test func anUnfinishedOrderIsStillReadable() throws {
        var writer = CallFileWriter(directory: archive, options: CallFileOptions(), bufferBudget: 1 << 20)
        let set = writer.open(stem: stem("call"), held: false)
        for position in [1, 5, 2] as [UInt64] {
            writer.append(set, TestPacket(position: position), floor: 1)
            writer.flushAll(olderThan: .max)
        }
        #expect(try #require(Capture(place.read("call.pcap.partial"))).positions == [1, 5, 2])
    }

    @Test(arguments: 0..<60 as Range<UInt64>) func anyOrderAndAnyFlushesEndSorted(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        let count = Int.random(in: 2...400, using: &random)
        // Positions with gaps, displaced by up to `reach`.
        let reach = [1, 3, 20, 400].randomElement(using: &random) ?? 1
        var order = (0..<count).map { UInt64($0 * 3 + 1) }
        for index in order.indices where Int.random(in: 0..<4, using: &random) == 0 {
            order.swapAt(index, min(count - 1, index + Int.random(in: 0...reach, using: &random)))
        }
        var flushes = Set<Int>()
        let period = [3, 10, 50, 1_000].randomElement(using: &random) ?? 1
        for index in order.indices where Int.random(in: 0..<period, using: &random) == 0 { flushes.insert(index) }
        var options = CallFileOptions()
        if seed % 3 == 1 { options.maxFileSize = UInt64.random(in: 200...3_000, using: &random) }
        let budget = [0, 1 << 10, 4 << 10, 16 << 10, 1 << 20].randomElement(using: &random) ?? 0
        let lengths: (UInt64) -> Int = { 20 + Int($0 * 7 % 90) }
        let trueFloor = seed % 2 == 0
        var names: [String] = []
        let result = try positions(
            order, options: options, budget: budget, flushAfter: flushes, trueFloor: trueFloor, length: lengths
        ) { names = $1 }
        #expect(result == order.sorted())
        // The files are the same as those of a run in order, whatever the flushes were.
        let reference = try positions(
            order.sorted(), options: options, name: "reference", length: lengths
        ) { _, referenceNames in
            #expect(referenceNames.count == names.count)
            for (name, other) in zip(names, referenceNames) { #expect(place.read(name) == place.read(other)) }
        }
        #expect(reference == result)
        #expect(place.files().count == names.count * 2)
    }

    @Test func withoutPositionsTheTimestampsDecide() throws {
        var options = CallFileOptions()
        options.orderIndexLimit = 28
        options.lateRecordLimit = 5
        var order: [UInt64] = []
        for block in 0..<20 as Range<UInt64> { order += (0..<40).map { block * 50 + 10 + $0 } + [block * 50 + 3] }
        let result = try positions(
            order, options: options, budget: 4 << 10, flushAfter: Set(0..<order.count), trueFloor: false,
            length: Self.sixty
        ) { counters, _ in
            #expect(counters.orderIndexRefused > 0)
            #expect(counters.orderedByTimestamp > 0)
        }
        #expect(result == order.sorted())
    }

    @Test func moreLateRecordsThanOnePassMoves() throws {
        var options = CallFileOptions()
        options.orderIndexLimit = 0
        var writer = CallFileWriter(directory: archive, options: options, bufferBudget: 1 << 20)
        let set = writer.open(stem: stem("call"), held: false)
        let last = UInt64(CallFileWriter.placesPerPass + 2_000)
        writer.append(set, TestPacket(position: last, length: 8), floor: 0)
        for position in 0..<last { writer.append(set, TestPacket(position: position, length: 8), floor: 0) }
        let finished = writer.finish(set)
        #expect(finished.error == nil)
        #expect(finished.packets == last + 1)
        #expect(try #require(Capture(place.read("call.pcap"))).positions == Array(0...last))
        #expect(place.files() == ["call.pcap"])
    }

    @Test func aBrokenPromiseOfTheCallerIsPutInOrderToo() throws {
        var writer = CallFileWriter(directory: archive, options: CallFileOptions(), bufferBudget: 1 << 20)
        let set = writer.open(stem: stem("call"), held: false)
        for position in [10, 20, 30, 5, 40, 15] as [UInt64] { writer.append(set, TestPacket(position: position)) }
        _ = writer.finish(set)
        #expect(try #require(Capture(place.read("call.pcap"))).positions == [5, 10, 15, 20, 30, 40])
        #expect(writer.counters.orderedByTimestamp == 2)
    }
}

@Suite struct OrderIndexTests {
    @Test(arguments: 0..<30 as Range<UInt64>) func agreesWithASortedArray(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var index = OrderIndex(entryLimit: 1 << 14)
        var list = OrderIndex.List()
        var reference: [OrderIndex.Place] = []
        for _ in 0..<600 {
            let length = UInt64.random(in: 16...200, using: &random)
            let position = UInt64.random(in: 0..<4_000, using: &random)
            if let at = reference.firstIndex(where: { $0.position > position }) {
                #expect(index.first(after: position, in: list) == reference[at])
                let place = OrderIndex.Place(position: position, offset: reference[at].offset)
                let stored = index.insert(place, length: length, in: &list)
                #expect(stored)
                for later in at..<reference.count { reference[later].offset += length }
                reference.insert(place, at: at)
            } else {
                #expect(index.first(after: position, in: list) == nil)
                let place = OrderIndex.Place(position: position, offset: (reference.last?.offset ?? 0) + length)
                let stored = index.append(place, floor: 0, to: &list)
                #expect(stored)
                reference.append(place)
            }
        }
        for position in 0..<4_000 as Range<UInt64> {
            #expect(
                index.first(after: position, in: list) == reference.first { $0.position > position })
        }
        index.prune(&list, below: 2_000)
        let kept = reference.filter { $0.position >= 2_000 }
        #expect(index.first(after: 1_999, in: list) == kept.first)
        index.clear(&list)
        #expect(index.blocksUsed == 0)
    }
}
