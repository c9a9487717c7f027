import Foundation
import Testing

/// A live `lc` that needs no device: an agent tells it of calls by HEP.
final class LiveCapture {
    let command: RunningCommand
    let folder: String
    private let descriptor: Int32

    /// - Parameter folder: the output directory; a new one if none is given.
    init(_ arguments: [String], folder: String? = nil) throws {
        let output = try folder ?? Command.folder() + "/calls"
        let port = try FreePort.next()
        self.folder = output
        command = try RunningCommand(
            list: [
                "sniff", "voip", "--hep-listen", "udp:127.0.0.1:\(port)", "-o", output, "--format", "json",
                "--pcap-grace-period", "0", "--flush-interval", "50ms",
            ] + arguments)
        let command = command
        #expect(
            RunningCommand.eventually {
                FileManager.default.fileExists(atPath: output + "/calls.jsonl") || !command.isRunning
            })
        descriptor = HEPListenTests.connected(to: port, isUDP: true)
    }

    deinit {
        close(descriptor)
        if command.isRunning { command.signal(SIGKILL) }
        _ = command.wait()
    }

    private func send(_ text: String) {
        let bytes = HEPListenTests.packet(text, agent: 1)
        #expect(Glibc.send(descriptor, bytes, bytes.count, 0) == bytes.count)
    }

    private func message(_ start: String, _ callID: String, _ sequence: String, isAnswer: Bool, body: Int) -> String {
        "\(start)\r\nVia: SIP/2.0/TCP a;branch=z9hG4bK\(sequence.split(separator: " ").joined())\r\n"
            + "From: <sip:alice@a>;tag=1\r\nTo: <sip:bob@b>\(isAnswer ? ";tag=2" : "")\r\nCall-ID: \(callID)\r\n"
            + "CSeq: \(sequence)\r\nContent-Type: text/plain\r\nContent-Length: \(body)\r\n\r\n"
            + String(repeating: "x", count: body)
    }

    /// INVITE, 200 and ACK.
    func begin(_ callID: String, body: Int = 0) {
        send(message("INVITE sip:bob@b SIP/2.0", callID, "1 INVITE", isAnswer: false, body: body))
        send(message("SIP/2.0 200 OK", callID, "1 INVITE", isAnswer: true, body: body))
        send(message("ACK sip:bob@b SIP/2.0", callID, "1 ACK", isAnswer: true, body: 0))
    }

    /// INFO in the call, and its answer.
    func go(on callID: String, number: Int, body: Int) {
        send(message("INFO sip:bob@b SIP/2.0", callID, "\(number) INFO", isAnswer: true, body: body))
        send(message("SIP/2.0 200 OK", callID, "\(number) INFO", isAnswer: true, body: 0))
    }

    /// BYE and its answer.
    func end(_ callID: String) {
        send(message("BYE sip:bob@b SIP/2.0", callID, "9999 BYE", isAnswer: true, body: 0))
        send(message("SIP/2.0 200 OK", callID, "9999 BYE", isAnswer: true, body: 0))
    }

    func call(_ callID: String) {
        begin(callID)
        end(callID)
    }

    /// Lines of `calls.jsonl`.
    var records: [String] {
        ((try? String(contentsOfFile: folder + "/calls.jsonl", encoding: .utf8)) ?? "").split(separator: "\n").map(
            String.init)
    }

    var files: [String] { LiveCapture.files(in: folder) }

    static func files(in folder: String) -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []).filter { !$0.hasPrefix(".lippycat") }
            .sorted()
    }

    /// SIGTERM, and the summary.
    func stop() throws -> (status: Int32, summary: String) {
        command.signal(SIGTERM)
        let status = command.wait()
        return (status, command.output.split(separator: "\n").last.map(String.init) ?? "")
    }
}
