import Foundation
import Testing

/// `lc sniff voip --hep-listen` from the first packet to the summary.
@Suite struct HEPListenTests {
    /// The HEP packets of a capture: the payloads of its datagrams.
    static func payloads(_ name: String) throws -> [[UInt8]] {
        let bytes = try Capture.bytes(name)
        var payloads: [[UInt8]] = []
        var offset = 24
        while offset + 16 < bytes.count {
            let length = Int(bytes[offset + 8]) | Int(bytes[offset + 9]) << 8
            // Ethernet, IPv4 without options, UDP.
            payloads.append(Array(bytes[(offset + 16 + 42)..<(offset + 16 + length)]))
            offset += 16 + length
        }
        return payloads
    }

    /// A HEP3 packet of a SIP message over TCP from 192.0.2.1:5060 to 192.0.2.2:5060, seen by an agent now.
    static func packet(_ message: String, agent: UInt8) -> [UInt8] {
        func chunk(_ type: UInt8, _ value: [UInt8]) -> [UInt8] {
            let length = 6 + value.count
            return [0, 0, 0, type, UInt8(length >> 8), UInt8(length & 255)] + value
        }
        let seconds = UInt32(Date().timeIntervalSince1970)
        let time = [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: seconds >> $0) }
        let chunks =
            chunk(2, [6]) + chunk(3, [192, 0, 2, 1]) + chunk(4, [192, 0, 2, 2]) + chunk(7, [0x13, 0xc4])
            + chunk(8, [0x13, 0xc4]) + chunk(9, time) + chunk(10, [0, 0, 0, 1]) + chunk(11, [1])
            + chunk(12, [0, 0, 0, agent]) + chunk(15, Array(message.utf8))
        let length = 6 + chunks.count
        return Array("HEP3".utf8) + [UInt8(length >> 8), UInt8(length & 255)] + chunks
    }

    /// Connects a socket to a port of this host.
    static func connected(to port: UInt16, isUDP: Bool) -> Int32 {
        let descriptor = socket(AF_INET, Int32((isUDP ? SOCK_DGRAM : SOCK_STREAM).rawValue), 0)
        #expect(withSocketAddress(sockaddr_in(loopback: port)) { connect(descriptor, $0, $1) } == 0)
        return descriptor
    }

    /// Two agents tell of one message: a copy. What was TCP to them is TCP in the record.
    @Test func twoAgents() throws {
        let folder = try Command.folder()
        let port = try FreePort.next()
        let command = try RunningCommand(
            "sniff", "voip", "--hep-listen", "udp:127.0.0.1:\(port)", "-o", folder, "--format", "json")
        #expect(RunningCommand.eventually { FileManager.default.fileExists(atPath: folder + "/calls.jsonl") })
        let descriptor = Self.connected(to: port, isUDP: true)
        defer { close(descriptor) }
        let invite =
            "INVITE sip:b@b.example SIP/2.0\r\nVia: SIP/2.0/TCP a;branch=z9hG4bK1\r\nFrom: <sip:a@a>;tag=1\r\n"
            + "To: <sip:b@b>\r\nCall-ID: two@agents\r\nCSeq: 1 INVITE\r\nContent-Length: 0\r\n\r\n"
        for agent in UInt8(1)...2 {
            let bytes = Self.packet(invite, agent: agent)
            #expect(send(descriptor, bytes, bytes.count, 0) == bytes.count)
        }
        usleep(500_000)
        command.signal(SIGTERM)
        #expect(command.wait() == 0)
        let record = try String(contentsOfFile: folder + "/calls.jsonl", encoding: .utf8)
        #expect(record.contains("\"transport\":\"tcp\""))
        #expect(record.contains("\"sip_messages\":{\"total\":1,"))
        #expect(record.contains("\"sip_retransmissions\":0,\"copies\":1,"))
    }

    @Test(arguments: ["udp", "tcp"]) func aCall(transport: String) throws {
        let folder = try Command.folder()
        let port = try FreePort.next()
        let command = try RunningCommand(
            "sniff", "voip", "--hep-listen", "\(transport):127.0.0.1:\(port)", "-o", folder, "--format", "json",
            "--workers", "2")
        #expect(RunningCommand.eventually { FileManager.default.fileExists(atPath: folder + "/calls.jsonl") })
        let descriptor = Self.connected(to: port, isUDP: transport == "udp")
        defer { close(descriptor) }
        let packets = try Self.payloads("hep/kamailio-rtpengine/capture.pcap")
        for packet in packets { #expect(send(descriptor, packet, packet.count, 0) == packet.count) }
        usleep(500_000)
        command.signal(SIGTERM)
        #expect(command.wait() == 0)
        let records = try String(contentsOfFile: folder + "/calls.jsonl", encoding: .utf8).split(separator: "\n")
        #expect(records.count == 1)
        #expect(records.first?.contains("\"synthesized\":true") == true)
        #expect(records.first?.contains("\"state\":\"ended\"") == true)
        let summary = try #require(command.output.split(separator: "\n").last)
        #expect(summary.contains("\"captured\":\(packets.count)"))
        let name = try #require(FileManager.default.contentsOfDirectory(atPath: folder).first { $0.hasSuffix(".pcap") })
        let file = [UInt8](try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name)))
        // LINKTYPE_RAW, and an IPv4 packet behind the first record's header.
        #expect(file[20] == 101 && file[40] == 0x45)
    }

    @Test func aPortInUse() throws {
        let port = try FreePort.next()
        let folder = try Command.folder()
        let first = try RunningCommand("sniff", "voip", "--hep-listen", "udp:127.0.0.1:\(port)", "-o", folder)
        defer {
            first.signal(SIGKILL)
            _ = first.wait()
        }
        // The directory is opened behind the port.
        #expect(RunningCommand.eventually { FileManager.default.fileExists(atPath: folder + "/calls.jsonl") })
        let second = try RunningCommand("sniff", "voip", "--hep-listen", "udp:127.0.0.1:\(port)")
        #expect(second.wait() == 69)
        #expect(second.error.contains("udp:127.0.0.1:\(port)"))
    }

    /// `--duration` counts on the agents' time, and ends although nothing more comes.
    @Test func aDuration() throws {
        let port = try FreePort.next()
        let command = try RunningCommand(
            "sniff", "voip", "--hep-listen", "udp:127.0.0.1:\(port)", "--duration", "1s", "--format", "json")
        #expect(command.wait() == 0)
        #expect(command.output.contains("\"captured\":0"))
    }
}
