import Glibc
import Testing

@testable import Capture

/// HEP that comes over loopback sockets. Each test takes a port of its own from the system.
@Suite(.serialized) struct HEPSourceTests {
    /// A HEP3 packet of 192.0.2.1:5060 to 192.0.2.2:5070.
    static func hep(_ payload: [UInt8], seconds: UInt32 = 1_600_000_000, kind: UInt8 = 1, agent: UInt8 = 7) -> [UInt8] {
        func chunk(_ type: UInt8, _ value: [UInt8]) -> [UInt8] {
            let length = 6 + value.count
            return [0, 0, 0, type, UInt8(length >> 8), UInt8(length & 255)] + value
        }
        let time = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: seconds >> $0) }
        let chunks =
            chunk(2, [6]) + chunk(3, [192, 0, 2, 1]) + chunk(4, [192, 0, 2, 2]) + chunk(7, [0x13, 0xc4])
            + chunk(8, [0x13, 0xce]) + chunk(9, time) + chunk(10, [0, 1, 0, 0]) + chunk(11, [kind])
            + chunk(12, [0, 0, 0, agent]) + chunk(15, payload)
        let length = 6 + chunks.count
        return Array("HEP3".utf8) + [UInt8(length >> 8), UInt8(length & 255)] + chunks
    }

    /// A socket that talks to a port of this host.
    private final class Agent {
        let descriptor: Int32

        init(_ transport: HEPAddress.Transport, port: UInt16) {
            descriptor = socket(AF_INET, Int32((transport == .udp ? SOCK_DGRAM : SOCK_STREAM).rawValue), 0)
            let address = HEPAddress("\(transport.rawValue):127.0.0.1:\(port)")
            _ = address?.withSocketAddress { connect(descriptor, $0, $1) }
        }

        deinit { Glibc.close(descriptor) }

        func send(_ bytes: [UInt8]) {
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes {
                    Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                guard count > 0 else { return }
                rest = rest.dropFirst(count)
            }
        }
    }

    private static func open(
        _ transport: HEPAddress.Transport, clock: @escaping () -> Int64 = WindowedSource.wallClock
    ) throws -> (source: HEPSource, port: UInt16) {
        for _ in 0..<50 {
            let port = UInt16.random(in: 20_000...60_000)
            guard let address = HEPAddress("\(transport.rawValue):127.0.0.1:\(port)"),
                let source = try? HEPSource([address], receiveBuffer: 1 << 20, clock: clock)
            else { continue }
            return (source, port)
        }
        throw CaptureError(.deviceUnavailable, "loopback", detail: "no port was free", hint: "")
    }

    /// All packets until there have been `count`, or nothing more comes.
    private static func read(_ source: HEPSource, _ count: Int, limit: Int = 3) throws -> [(Int64, UInt16, [UInt8])] {
        var batch = PacketBatch(arenaBytes: 2048)
        var found: [(Int64, UInt16, [UInt8])] = []
        var idle = 0
        while found.count < count, idle < 20 {
            if try source.read(into: &batch, limit: limit) == .idle { idle += 1 }
            for packet in batch.packets {
                found.append((packet.timestamp, packet.interface, Array(batch.bytes[packet.range])))
            }
        }
        return found
    }

    /// What is there now.
    private static func poll(_ source: HEPSource) throws -> [(Int64, UInt16, [UInt8])] {
        var batch = PacketBatch(arenaBytes: 2048)
        _ = try source.read(into: &batch, limit: 3)
        return batch.packets.map { ($0.timestamp, $0.interface, Array(batch.bytes[$0.range])) }
    }

    @Test(arguments: [HEPAddress.Transport.udp, .tcp]) func packetsBecomeDatagrams(_ transport: HEPAddress.Transport)
        throws
    {
        let (source, port) = try Self.open(transport)
        let agent = Agent(transport, port: port)
        for number in UInt8(1)...20 { agent.send(Self.hep([number, 2, 3], seconds: 1_600_000_000 + UInt32(number))) }
        let packets = try Self.read(source, 20)
        #expect(packets.count == 20)
        for (index, packet) in packets.enumerated() {
            #expect(packet.0 == (1_600_000_001 + Int64(index)) * 1_000_000_000 + 65_536_000)
            // IPv4, UDP, addresses and ports as the agent says; what had come over TCP is on an interface that says so.
            #expect(packet.2.count == 31)
            #expect(Array(packet.2[12..<24]) == [192, 0, 2, 1, 192, 0, 2, 2, 0x13, 0xc4, 0x13, 0xce])
            #expect(Array(packet.2[28...]) == [UInt8(index + 1), 2, 3])
            #expect(HEPSource.ipProtocol(ofInterface: packet.1) == 6)
            #expect(source.interfaces[Int(packet.1)].name == "hep:7/tcp")
        }
        #expect(source.statistics.received == 20)
        #expect(source.now >= 1_600_000_020_000_000_000 && source.now < 1_600_000_100_000_000_000)
    }

    /// Over TCP a packet comes in any pieces.
    @Test func byteByByte() throws {
        let (source, port) = try Self.open(.tcp)
        let agent = Agent(.tcp, port: port)
        var found: [(Int64, UInt16, [UInt8])] = []
        for byte in Self.hep(Array("first".utf8)) + Self.hep(Array("second".utf8)) {
            agent.send([byte])
            found += try Self.poll(source)
            if found.count == 2 { break }
        }
        if found.count < 2 { found += try Self.read(source, 2 - found.count) }
        #expect(found.map { String(decoding: $0.2[28...], as: UTF8.self) } == ["first", "second"])
    }

    @Test func malformedInput() throws {
        let (source, port) = try Self.open(.udp)
        let agent = Agent(.udp, port: port)
        let good = Self.hep([1])
        for bytes in [[], [1], Array("HEP3".utf8), Array(good.dropLast()), Array("INVITE sip:x SIP/2.0".utf8), good] {
            // An empty datagram is one too.
            if bytes.isEmpty { _ = Glibc.send(agent.descriptor, [0], 0, 0) } else { agent.send(bytes) }
        }
        #expect(try Self.read(source, 1).count == 1)
        #expect(source.statistics.hepMalformed == 5)
    }

    @Test func aConnectionThatIsNoHEPIsClosed() throws {
        let (source, port) = try Self.open(.tcp)
        let (bad, good) = (Agent(.tcp, port: port), Agent(.tcp, port: port))
        bad.send(Array("GET / HTTP/1.1\r\n\r\n".utf8))
        good.send(Self.hep([1]))
        #expect(try Self.read(source, 2).count == 1)
        #expect(source.statistics.hepMalformed == 1)
        // Half a packet and the end.
        good.send(Array(Self.hep([1]).prefix(20)))
        shutdown(good.descriptor, Int32(SHUT_WR))
        #expect(try Self.read(source, 1).isEmpty)
        #expect(source.statistics.hepMalformed == 2)
    }

    @Test func tooManyConnections() throws {
        let (source, port) = try Self.open(.tcp)
        var agents: [Agent] = []
        for number in 0..<(HEPSource.maxConnections + 10) {
            agents.append(Agent(.tcp, port: port))
            // The listener's queue is short.
            if number % 16 == 0 { _ = try Self.read(source, 0) }
            var batch = PacketBatch()
            if number % 16 == 15 { _ = try source.read(into: &batch, limit: 1) }
        }
        var batch = PacketBatch()
        for _ in 0..<3 { _ = try source.read(into: &batch, limit: 1) }
        #expect(source.statistics.hepConnectionsRefused == 10)
        agents[0].send(Self.hep([1]))
        #expect(try Self.read(source, 1).count == 1)
    }

    /// A connection that sends half a packet and nothing more is given up, by the clock.
    @Test func slowConnections() throws {
        nonisolated(unsafe) var now: Int64 = 1_700_000_000_000_000_000
        let (source, port) = try Self.open(.tcp, clock: { now })
        let agent = Agent(.tcp, port: port)
        agent.send(Array(Self.hep([1]).prefix(20)))
        #expect(try Self.read(source, 1).isEmpty)
        #expect(source.statistics.hepMalformed == 0)
        now += HEPSource.patience + 2
        #expect(try Self.read(source, 1).isEmpty)
        #expect(source.statistics.hepMalformed == 1)
    }

    /// Without a time, or with one from the future, it is when the packet came.
    @Test func times() throws {
        let wall: Int64 = 1_700_000_000_000_000_000
        let (source, port) = try Self.open(.udp, clock: { wall })
        let agent = Agent(.udp, port: port)
        agent.send(Self.hep([1], seconds: 0))
        agent.send(Self.hep([2], seconds: 1_700_000_120))
        agent.send(Self.hep([3], seconds: 1_600_000_000))
        #expect(try Self.read(source, 3).map(\.0) == [wall, wall, 1_600_000_000_065_536_000])
        #expect(source.statistics.hepTimesRefused == 1)
        #expect(source.now == 1_600_000_000_065_536_000)
    }

    /// Reports in JSON become RTCP.
    @Test func reports() throws {
        let (source, port) = try Self.open(.udp)
        Agent(.udp, port: port).send(
            Self.hep(Array(#"{"ssrc":1,"type":201,"report_blocks":[]}"#.utf8), kind: 5))
        #expect(Array(try #require(Self.read(source, 1).first).2[28...]) == [0x80, 201, 0, 1, 0, 0, 0, 1])
    }

    /// What came before a stop is read after it.
    @Test(arguments: [HEPAddress.Transport.udp, .tcp]) func aStopLosesNothing(_ transport: HEPAddress.Transport) throws
    {
        let (source, port) = try Self.open(transport)
        let agent = Agent(transport, port: port)
        for _ in 0..<100 { agent.send(Self.hep([UInt8](repeating: 1, count: 1000))) }
        usleep(50_000)
        source.stopper.stop()
        var batch = PacketBatch(arenaBytes: 4096)
        var count = 0
        var reads = 0
        while try source.read(into: &batch, limit: 1000) == .packets, reads < 1000 {
            count += batch.count
            reads += 1
        }
        #expect(count == 100)
    }

    @Test func portsInUse() throws {
        let (source, port) = try Self.open(.udp)
        let address = try #require(HEPAddress("udp:127.0.0.1:\(port)"))
        do throws(CaptureError) {
            _ = try HEPSource([address], receiveBuffer: 1 << 20)
            Issue.record("it was opened twice")
        } catch {
            #expect(error.exitStatus == 69)
        }
        _ = source.interfaces
    }

    @Test func addresses() {
        #expect(HEPAddress("udp:127.0.0.1:9060")?.description == "udp:127.0.0.1:9060")
        #expect(HEPAddress("tcp:[::1]:9060")?.description == "tcp:[::1]:9060")
        #expect(HEPAddress("tcp:[::1]:9060")?.isIPv6 == true)
        for text in [
            "", "udp", "udp:", "udp:9060", "udp:127.0.0.1", "udp:127.0.0.1:0", "udp:127.0.0.1:65536",
            "udp:127.0.0.1:+1",
            "sctp:127.0.0.1:1", "udp:::1:9060", "udp:[127.0.0.1]:1", "udp:localhost:9060", "UDP:127.0.0.1:1",
        ] { #expect(HEPAddress(text) == nil, "\(text)") }
    }
}
