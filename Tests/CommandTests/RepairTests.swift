import Foundation
import Testing

@Suite struct RepairTests {
    private func damaged(_ name: String = "damaged.pcap", _ change: (inout Data) -> Void) throws -> String {
        var bytes = try Capture.bytes("sipp/udp/capture.pcap")
        change(&bytes)
        let path = try Command.folder() + "/" + name
        try bytes.write(to: URL(fileURLWithPath: path))
        return path
    }

    @Test func aCutFile() throws {
        let path = try damaged { $0.removeLast(7) }
        let run = try Command.run("repair", path, "--format", "text")
        #expect(run.status == 0 && run.error == "")
        let output = path.dropLast(5) + ".repaired.pcap"
        #expect(run.output.contains("written to \(output)") && run.output.contains("up to the end of the file"))
        let sniffed = try Command.run("sniff", "voip", "-r", String(output), "--format", "json")
        #expect(sniffed.status == 0)
        // Again: the file is there already.
        #expect(try Command.run("repair", path).status == 73)
        #expect(try Command.run("repair", "--overwrite", path).status == 0)
    }

    /// What the capture's own reader says of the damage, and what is saved behind it.
    @Test func garbageInTheMiddle() throws {
        let garbage = Data((0..<5000).map { UInt8(truncatingIfNeeded: $0 * 37) })
        let original = try Capture.bytes("sipp/udp/capture.pcap")
        // Between the second and the third record.
        var place = 24
        for _ in 0..<2 { place += 16 + Int(original[place + 8]) + Int(original[place + 9]) << 8 }
        let path = try damaged { $0.insert(contentsOf: garbage, at: place) }
        #expect(try Command.run("sniff", "voip", "-r", path, "-q").status == 65)
        let run = try Command.run("repair", path, "--format", "json")
        #expect(run.status == 0)
        #expect(run.output.contains("\"lost\":[{\"offset\":\(place),\"bytes\":5000}]"))
        #expect(run.output.contains("\"bytes_lost\":5000,\"places_lost\":1,\"cut\":false"))
        let repaired = try Data(contentsOf: URL(fileURLWithPath: path.dropLast(5) + ".repaired.pcap"))
        #expect(repaired == original)
    }

    @Test func aCutGzipFile() throws {
        let bytes = try Capture.bytes("formats/gzip/capture.pcap.gz")
        let path = try Command.folder() + "/x.pcap.gz"
        try bytes.prefix(bytes.count * 2 / 3).write(to: URL(fileURLWithPath: path))
        let run = try Command.run("repair", path, "--format", "json")
        #expect(run.status == 0 && run.output.contains("\"cut\":true"))
        let repaired = path.dropLast(8) + ".repaired.pcap"
        #expect(try Command.run("sniff", "voip", "-r", String(repaired), "-q").status == 0)
    }

    @Test func goodAndHopelessFiles() throws {
        let good = try damaged { _ in }
        let run = try Command.run("repair", good, "--format", "text")
        #expect(run.status == 0 && run.output.contains("not damaged"))
        #expect(!FileManager.default.fileExists(atPath: good.dropLast(5) + ".repaired.pcap"))
        let hopeless = try Command.file(String(repeating: "no capture at all ", count: 100), named: "x.pcap")
        let none = try Command.run("repair", hopeless)
        #expect(none.status == 65 && none.error.contains("nothing in the file"))
        #expect(try Command.run("repair", "/nonexistent.pcap").status == 66)
        let pcapng = try Command.run("repair", Capture.path("formats/pcapng/capture.pcapng"))
        #expect(pcapng.status == 65 || pcapng.status == 66)
    }

    @Test func anotherDirectory() throws {
        let path = try damaged { $0.removeLast(1) }
        let folder = try Command.folder()
        #expect(try Command.run("repair", path, "-o", folder).status == 0)
        #expect(LiveCapture.files(in: folder) == ["damaged.repaired.pcap"])
    }
}
