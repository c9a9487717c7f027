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
        func packets(status: Int32) throws -> Int {
            command.signal(SIGTERM)
            #expect(command.wait() == status, "\(command.error)")
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
            #expect(!names.contains { $0.hasSuffix(".partial") })
            let file = try #require(names.first { $0.hasSuffix(".pcap") })
            var bytes = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + file)).dropFirst(24)
            var packets = 0
            while bytes.count >= 16 {
                let length = bytes.dropFirst(8).prefix(4).reversed().reduce(0) { $0 << 8 | Int($1) }
                bytes = bytes.dropFirst(16 + length)
                packets += 1
            }
            #expect(bytes.isEmpty)
            return packets
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
