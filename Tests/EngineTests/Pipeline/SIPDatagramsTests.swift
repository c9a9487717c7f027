import Capture
import PacketDecoding
import Testing

@testable import Engine

/// Messages that are read before their turn.
@Suite struct SIPDatagramsTests {
    private let caller = Peer("198.18.0.1", 5060)
    private let callee = Peer("198.18.0.2", 5060)

    /// Packets of all kinds, and which of them are datagrams with a message.
    private var traffic: (scenario: Scenario, messages: [UInt32]) {
        let invite = Message.invite("a").bytes
        let plain = Frame.udp(caller, callee, invite)
        var tagged = plain
        tagged.insert(contentsOf: [0x81, 0, 0, 5], at: 12)
        let frames: [(bytes: [UInt8], isMessage: Bool)] = [
            (plain, true),
            (Frame.udp(Peer("198.18.0.1", 10_000), Peer("198.18.0.2", 20_000), Frame.rtp(1, ssrc: 7)), false),
            (tagged, true),
            (Frame.tcp(caller, callee, sequence: 1, invite), false),
            (Frame.udp(caller, callee, Array("\r\n\r\n".utf8)), false),
            // Lines may come before a message (RFC 3261 section 7.5).
            (Frame.udp(caller, callee, Array("\r\n".utf8) + invite), true),
            (Frame.udp(caller, callee, []), false),
            // Begins like RTP, on a port where a carrier's packets may begin like anything.
            (Frame.udp(Peer("198.18.0.1", 4500), Peer("198.18.0.2", 4500), Frame.rtp(2, ssrc: 7)), false),
            (Frame.udp(callee, caller, Message.response(200, "INVITE", "a").bytes), true),
        ]
        var scenario = Scenario()
        for (index, frame) in frames.enumerated() { scenario.add(Double(index), frame.bytes) }
        return (scenario, frames.indices.filter { frames[$0].isMessage }.map { UInt32($0) })
    }

    private func source(_ folder: TemporaryFolder) throws -> FileSource {
        try FileSource(path: folder.write("in.pcap", traffic.scenario.capture))
    }

    private func numbers(_ datagrams: borrowing SIPDatagrams) -> [UInt32] {
        var numbers: [UInt32] = []
        for place in 0..<datagrams.count { numbers.append(datagrams[place].packet) }
        return numbers
    }

    @Test(arguments: 1...10) func allAreFoundInPiecesOfAnyLength(piece: Int) throws {
        let folder = TemporaryFolder()
        var batch = PacketBatch()
        #expect(try source(folder).read(into: &batch, limit: 100) == .packets)
        var datagrams = SIPDatagrams()
        let packets = batch.packets
        for start in stride(from: 0, to: packets.count, by: piece) {
            datagrams.read(
                from: start, upTo: start + piece, packets, batch.bytes, [.ethernet], FlowHash(seed: 1))
        }
        #expect(datagrams.end == packets.count)
        #expect(numbers(datagrams) == traffic.messages)
        for place in 0..<datagrams.count { #expect(datagrams[place].message.message.callID.isPresent) }
        // Each has its turn once, and others have none.
        let taken = packets.indices.filter { datagrams.take(UInt32($0)) != nil }
        #expect(taken.map { UInt32($0) } == traffic.messages)
    }

    @Test func theReadingThreadReadsThemAsLongAsItIsToldTo() throws {
        let folder = TemporaryFolder()
        let queued = QueuedSource(
            try source(folder), overload: .wait, limit: 2, depth: 1, stopping: .afterRead, readsMessages: true)
        var batch = PacketBatch()
        var datagrams = SIPDatagrams()
        var position: UInt32 = 0
        var read: [UInt32] = []
        var ends: [Int] = []
        while try queued.read(into: &batch, &datagrams) == .packets {
            queued.readsMessages = false
            read += numbers(datagrams).map { position + $0 }
            ends.append(datagrams.end)
            position += UInt32(batch.count)
        }
        #expect(position == UInt32(traffic.scenario.packets.count))
        #expect(ends.first == 2 && ends.last == 0)
        #expect(!read.isEmpty && traffic.messages.starts(with: read))
    }
}
