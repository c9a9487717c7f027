import Foundation
import Testing

/// `-w PREFIX` and `-o DIR` with what is in the directory already.
@Suite struct WriteFileTests {
    private static let capture = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("testdata/test-sip-tcp.pcap")

    /// A folder with a capture of somebody else's in it, and the capture's path.
    private func folderWithACapture() throws -> (folder: String, capture: String) {
        let note = try Command.file("", named: "note")
        let folder = (note as NSString).deletingLastPathComponent
        let capture = folder + "/input.pcap"
        try FileManager.default.copyItem(atPath: Self.capture.path, toPath: capture)
        return (folder, capture)
    }

    private func captures(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".pcap") }.sorted()
    }

    @Test func aPrefixBesideTheInputNeedsNoOverwrite() throws {
        let (folder, capture) = try folderWithACapture()
        let run = try Command.run("sniff", "voip", "-r", capture, "-w", folder + "/out")
        #expect(run.status == 0, "\(run.error)")
        let written = try captures(in: folder)
        #expect(written.count > 1)
        #expect(written.allSatisfy { $0 == "input.pcap" || $0.hasPrefix("out_sip_") || $0.hasPrefix("out_rtp_") })
        let again = try Command.run("sniff", "voip", "-r", capture, "-w", folder + "/out")
        #expect(again.status == 73, "\(again.error)")
        let replaced = try Command.run("sniff", "voip", "-r", capture, "-w", folder + "/out", "--overwrite")
        #expect(replaced.status == 0, "\(replaced.error)")
        #expect(try captures(in: folder) == written)
    }

    @Test func aDirectoryWithCapturesNeedsOverwrite() throws {
        let (folder, capture) = try folderWithACapture()
        #expect(try Command.run("sniff", "voip", "-r", capture, "-o", folder).status == 73)
        #expect(try captures(in: folder) == ["input.pcap"])
        #expect(try Command.run("sniff", "voip", "-r", capture, "-o", folder, "--overwrite").status == 0)
        #expect(try captures(in: folder).count > 1)
    }
}
