import Foundation
import Testing

/// Devices that go down or away while they are captured on, in network namespaces.
@Suite(.serialized) struct LiveDeviceTests {
    /// A capture with a call of 51 packets already sent.
    fileprivate struct Capturing {
        let network: Network
        let folder: String
        let command: RunningCommand

        init?() throws {
            guard let network = Network() else { return nil }
            folder = try Command.folder()
            command = try network.lc(
                "sniff", "voip", "-i", "eth0", "-f", "udp", "-o", folder, "--format", "json")
            self.network = network
            // The directory is opened behind the device.
            let records = folder + "/calls.jsonl"
            try #require(RunningCommand.eventually { FileManager.default.fileExists(atPath: records) })
            try network.send(invite: true, rtp: 1...50)
        }

        func hasLogged(_ text: String) -> Bool { RunningCommand.eventually { command.error.contains(text) } }

        /// The packets of the only call, after a stop with this status. Every file must be finished.
        func packets(status: Int32) throws -> Int { try #require(packetsOfFiles(status: status).values.first) }

        /// The same by link type.
        func packetsOfFiles(status: Int32) throws -> [Int: Int] {
            command.signal(SIGTERM)
            #expect(command.wait() == status, "\(command.error)")
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(!names.contains { $0.hasSuffix(".partial") })
            var counts: [Int: Int] = [:]
            for file in names where file.hasSuffix(".pcap") {
                let bytes = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + file))
                var at = 24
                var packets = 0
                while at + 16 <= bytes.count {
                    at += 16 + Int(bytes[at + 8]) + Int(bytes[at + 9]) << 8
                    packets += 1
                }
                #expect(at == bytes.count)
                counts[Int(bytes[20])] = packets
            }
            return counts
        }

        func interface() throws -> [String: Any] {
            let line = try #require(command.output.split(separator: "\n").last)
            let summary = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
            return try #require((summary?["interfaces"] as? [[String: Any]])?.first)
        }
    }

    @Test func aDeviceThatGoesDownAndComesUp() throws {
        guard let capturing = try Capturing() else { return }
        capturing.network.ip("-n", capturing.network.host("b"), "link", "set", "eth0", "down")
        #expect(capturing.hasLogged("interface is down"))
        capturing.network.ip("-n", capturing.network.host("b"), "link", "set", "eth0", "up")
        #expect(capturing.hasLogged("interface is up again"))
        try capturing.network.send(invite: false, rtp: 51...100)
        #expect(try capturing.packets(status: 0) == 101)
        #expect(try capturing.interface()["lost"] as? Int == 0)
    }

    @Test func aDeviceThatStaysDown() throws {
        guard let capturing = try Capturing() else { return }
        capturing.network.ip("-n", capturing.network.host("b"), "link", "set", "eth0", "down")
        #expect(capturing.hasLogged("interface is down"))
        #expect(try capturing.packets(status: 69) == 51)
        #expect(capturing.command.error.contains("did not come up again: eth0"))
        #expect(try capturing.interface()["state"] as? String == "down")
    }

    /// What the kernel still held when the device went is kept too.
    @Test func aDeviceThatIsDeletedAndMadeAgain() throws {
        guard let capturing = try Capturing() else { return }
        for round in 1...3 {
            capturing.network.unplug()
            #expect(RunningCommand.eventually { capturing.lines("interface lost") == round })
            #expect(capturing.command.isRunning)
            capturing.network.plug()
            #expect(RunningCommand.eventually { capturing.lines("interface returned") == round })
            try capturing.network.send(invite: false, rtp: (50 * round + 1)...(50 * round + 50))
        }
        #expect(try capturing.packets(status: 0) == 201)
        let interface = try capturing.interface()
        #expect(interface["lost"] as? Int == 3 && interface["reopened"] as? Int == 3)
        #expect(interface["packets"] as? Int == interface["received"] as? Int)
    }

    /// A tunnel in the place of the Ethernet: raw IP packets, which go into a file of their own.
    @Test func aDeviceThatReturnsAsAnotherLinkType() throws {
        guard let capturing = try Capturing() else { return }
        capturing.network.unplug()
        #expect(capturing.hasLogged("interface lost"))
        guard try capturing.network.tunnel(rtp: 51...70, { capturing.hasLogged("returned with another link type") })
        else { return }
        let raw = try #require(capturing.packetsOfFiles(status: 69)[101])
        #expect(raw == 20)
        #expect(try capturing.packetsOfFiles(status: 69)[1] == 51)
    }

    /// The kernel holds packets back for 100 ms; a stop gets them.
    @Test func theLastPacketsBeforeAStop() throws {
        guard let capturing = try Capturing() else { return }
        try capturing.network.send(invite: false, rtp: 51...1000)
        #expect(try capturing.packets(status: 0) == 1001)
    }

    @Test func aDeviceThatIsDeletedForGood() throws {
        guard let capturing = try Capturing() else { return }
        capturing.network.unplug()
        #expect(capturing.hasLogged("interface lost"))
        #expect(capturing.command.isRunning)
        #expect(try capturing.packets(status: 69) == 51)
        #expect(capturing.command.error.contains("did not return: eth0"))
        #expect(try capturing.interface()["state"] as? String == "lost")
    }
}

extension LiveDeviceTests.Capturing {
    fileprivate func lines(_ text: String) -> Int {
        command.error.split(separator: "\n").count { $0.contains(text) }
    }
}
