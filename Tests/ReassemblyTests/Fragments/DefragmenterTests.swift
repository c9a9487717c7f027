import PacketDecoding
import Testing

@testable import Reassembly

@Suite struct DefragmenterTests {
    @Test(arguments: [4, 6] as [UInt8], DatagramBuilder.permutations(of: 4))
    func everyOrderOfFourFragments(_ version: UInt8, _ order: [Int]) throws {
        var defragmenter = Defragmenter(seed: 1)
        let datagram = DatagramBuilder(version: version, ends: [1480, 2960, 4440, 4441])  // the last has one byte
        for index in order.dropLast() {
            #expect(datagram.add(index, to: &defragmenter) == .held)
        }
        let last = try #require(order.last)
        let completed = try #require(datagram.add(last, to: &defragmenter).datagram)
        #expect(defragmenter.bytes(of: completed) == datagram.bytes)
        #expect(defragmenter.tags(of: completed) == order.map(UInt32.init))
        #expect(defragmenter.ipProtocol(of: completed) == 17)
        #expect(defragmenter.pendingDatagrams == 0)
        defragmenter.release(completed)
        #expect(defragmenter.heldBytes == 0)
        #expect(defragmenter.bytes(of: completed).isEmpty)
        #expect(defragmenter.hasGivenUp == false)
        #expect(defragmenter.statistics.completedDatagrams == 1)
    }

    @Test(arguments: [4, 6] as [UInt8]) func duplicatesKeepTheirTags(_ version: UInt8) throws {
        var defragmenter = Defragmenter(seed: 1)
        let datagram = DatagramBuilder(version: version, ends: [8, 16, 20])
        #expect(datagram.add(0, to: &defragmenter, tag: 10) == .held)
        #expect(datagram.add(0, to: &defragmenter, tag: 11) == .duplicateOfHeld)
        #expect(datagram.add(2, to: &defragmenter, tag: 12) == .held)
        #expect(datagram.add(2, to: &defragmenter, tag: 13) == .duplicateOfHeld)
        let completed = try #require(datagram.add(1, to: &defragmenter, tag: 14).datagram)
        #expect(datagram.add(1, to: &defragmenter, tag: 15) == .duplicateOfHeld)
        #expect(defragmenter.tags(of: completed) == [10, 11, 12, 13, 14, 15])
        #expect(defragmenter.bytes(of: completed) == datagram.bytes)
        #expect(defragmenter.statistics.duplicateFragments == 3)
    }

    @Test func lateDuplicatesFindTheirOwner() throws {
        var defragmenter = Defragmenter(limits: FragmentLimits(memoryAge: 100), seed: 1)
        let datagram = DatagramBuilder(ends: [8, 16])
        _ = datagram.add(0, to: &defragmenter)
        let completed = try #require(datagram.add(1, to: &defragmenter).datagram)
        defragmenter.remember(completed, owner: 42)
        defragmenter.release(completed)
        #expect(datagram.add(0, to: &defragmenter, now: 50) == .belongsToCompleted(owner: 42))
        #expect(datagram.add(1, to: &defragmenter, now: 99) == .belongsToCompleted(owner: 42))
        #expect(datagram.add(0, to: &defragmenter, now: 100) == .held)
        #expect(defragmenter.statistics.lateFragments == 2)
    }

    @Test func anIdentificationUsedAgainIsAnotherDatagram() throws {
        var defragmenter = Defragmenter(seed: 1)
        let first = DatagramBuilder(ends: [8, 16])
        var second = first
        second.bytes = second.bytes.map { ~$0 }
        _ = first.add(0, to: &defragmenter)
        let completed = try #require(first.add(1, to: &defragmenter).datagram)
        // The first is not released yet and stays readable.
        #expect(second.add(0, to: &defragmenter) == .held)
        let other = try #require(second.add(1, to: &defragmenter).datagram)
        #expect(defragmenter.bytes(of: completed) == first.bytes)
        #expect(defragmenter.bytes(of: other) == second.bytes)
        defragmenter.remember(completed, owner: 1)
        defragmenter.release(completed)
        defragmenter.remember(other, owner: 2)
        defragmenter.release(other)
        #expect(second.add(0, to: &defragmenter) == .belongsToCompleted(owner: 2))
        #expect(first.add(0, to: &defragmenter) == .held)
    }

    @Test func protocolsAndVersionsAreKeptApart() {
        var defragmenter = Defragmenter(seed: 1)
        #expect(DatagramBuilder(ipProtocol: 17, ends: [8, 16]).add(0, to: &defragmenter) == .held)
        #expect(DatagramBuilder(ipProtocol: 6, ends: [8, 16]).add(1, to: &defragmenter) == .held)
        #expect(DatagramBuilder(version: 6, ends: [8, 16]).add(1, to: &defragmenter) == .held)
        #expect(defragmenter.pendingDatagrams == 3)
    }

    @Test func onlyTheFirstIPv6FragmentNamesTheProtocol() throws {
        var defragmenter = Defragmenter(seed: 1)
        let first = DatagramBuilder(version: 6, ipProtocol: 60, ends: [8, 16])
        let rest = DatagramBuilder(version: 6, ipProtocol: 17, ends: [8, 16])
        #expect(rest.add(1, to: &defragmenter) == .held)
        let completed = try #require(first.add(0, to: &defragmenter).datagram)
        #expect(defragmenter.ipProtocol(of: completed) == 60)
    }

    @Test func reassembledDatagramDecodes() throws {
        var defragmenter = Defragmenter(seed: 1)
        let payload = [UInt8](repeating: 0x41, count: 100)
        let header: [UInt8] = [0x13, 0xc4, 0x13, 0xc5, 0, 108, 0, 0]
        var datagram = DatagramBuilder(ends: [56, 108])
        datagram.bytes = header + payload
        _ = datagram.add(1, to: &defragmenter)
        let completed = try #require(datagram.add(0, to: &defragmenter).datagram)
        let bytes = defragmenter.bytes(of: completed)
        var packet = DecodedPacket()
        packet.ipVersion = 4
        #expect(PacketDecoder.decodeTransport(of: bytes.span, ipProtocol: 17, into: &packet) == .udp)
        #expect(packet.sourcePort == 5060)
        #expect(packet.payloadRange == 8..<108)
    }

    @Test func watermark() throws {
        var defragmenter = Defragmenter(limits: FragmentLimits(maxAge: 100), seed: 1)
        let first = DatagramBuilder(identification: 1, ends: [8, 16])
        let second = DatagramBuilder(identification: 2, ends: [8, 16])
        #expect(defragmenter.oldestPending == nil)
        _ = first.add(0, to: &defragmenter, position: 5)
        _ = second.add(0, to: &defragmenter, position: 9, now: 60)
        #expect(defragmenter.oldestPending == 5)
        _ = second.add(0, to: &defragmenter, position: 10, now: 70)
        let completed = try #require(first.add(1, to: &defragmenter, position: 12, now: 80).datagram)
        #expect(defragmenter.oldestPending == 9)
        defragmenter.release(completed)
        _ = defragmenter.expire(now: 160)
        #expect(defragmenter.oldestPending == nil)
    }
}
