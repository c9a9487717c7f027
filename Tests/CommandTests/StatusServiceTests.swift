import Foundation
import Testing

/// The status service of a running `lc`. A pipe stands for a device: its calls go on until more is written, or it is closed.
@Suite struct StatusServiceTests {
    private final class Service {
        let folder: String
        let socket: String
        let port: UInt16
        let pipe: NamedPipe
        let command: RunningCommand

        init(_ arguments: String..., onAddress: Bool = true) throws {
            folder = try Command.folder()
            socket = folder + "/lc.sock"
            port = try FreePort.next()
            pipe = try NamedPipe()
            let address = onAddress ? ["--status-listen", "127.0.0.1:\(port)"] : []
            command = try RunningCommand(
                list: ["sniff", "voip", "-r", pipe.path, "-o", folder + "/out", "--format", "json"]
                    + ["--status-socket", socket, "--audit-log", folder + "/audit"] + address + arguments)
        }

        /// Writes so many bytes of the capture, and waits until the service has seen them.
        func feed(_ name: String, to length: Int? = nil, packets: Int) throws {
            let bytes = try Capture.bytes(name)
            try pipe.write(bytes.prefix(length ?? bytes.count))
            let isSeen = try RunningCommand.eventually {
                guard FileManager.default.fileExists(atPath: socket) else { return false }
                let reply = try? HTTPClient.get("/health/capture", .socket(socket))
                return (try json(reply ?? nil)?["packets"] as? Int ?? 0) >= packets
            }
            try #require(isSeen, "\(command.error)")
        }

        func json(_ reply: HTTPClient.Reply?) throws -> [String: Any]? {
            guard let reply else { return nil }
            return try JSONSerialization.jsonObject(with: reply.body) as? [String: Any]
        }

        func get(_ target: String, _ headers: String = "") throws -> HTTPClient.Reply {
            try #require(try HTTPClient.get(target, .loopback(port), headers))
        }

        func show(_ arguments: String...) throws -> Command {
            try Command.run(list: ["show"] + arguments + ["--socket", socket])
        }

        func end() throws {
            pipe.close()
            #expect(command.wait() == 0, "\(command.error)")
        }
    }

    private static let capture = "sipp/udp/capture.pcap"

    @Test func healthAndMetricsOnBothWays() throws {
        let service = try Service()
        try service.feed(Self.capture, packets: 1)
        for place in [HTTPClient.Place.socket(service.socket), .loopback(service.port)] {
            let health = try #require(try HTTPClient.get("/health", place))
            #expect(health.code == 200 && health.text.contains("\"status\": \"healthy\""), "\(health.text)")
            #expect(try HTTPClient.get("/ready", place)?.code == 200)
            let metrics = try #require(try HTTPClient.get("/metrics", place))
            #expect(metrics.text.contains("\nlippycat_packets_captured_total "))
        }
        let attributes = try FileManager.default.attributesOfItem(atPath: service.socket)
        #expect(attributes[.posixPermissions] as? Int == 0o660)
        let status = try service.show("status")
        #expect(status.status == 0 && status.output.contains("\"healthy\""), "\(status.error)")
        #expect(try service.show("status", "memory").output.contains("\"name\":\"memory\""))
        #expect(try service.show("metrics").output.contains("lippycat_build_info"))
        try service.end()
        #expect(!FileManager.default.fileExists(atPath: service.socket))
        let gone = try service.show("status")
        #expect(gone.status == 69 && gone.error.contains("no lc answers here"), "\(gone.error)")
    }

    /// A call while it goes on, then its record and its capture when it has ended.
    @Test func aCallAndItsCapture() throws {
        let service = try Service()
        let bytes = try Capture.bytes(Self.capture)
        try service.feed(Self.capture, packets: 1)
        // The packets are all there, but no more time goes by: the last calls' grace period is not over.
        let listed = try #require(try service.json(try service.get("/calls?active=true&limit=1000")))
        let calls = try #require(listed["calls"] as? [[String: Any]])
        #expect(!calls.isEmpty)
        let id = try #require(calls.first?["call_id"] as? String)
        let path = "/calls/" + (id.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "")
        let record = try #require(try service.json(try service.get(path)))
        #expect(record["call_id"] as? String == id && record["end_reason"] is NSNull)
        #expect(try service.get(path + "/pcap").code == 409)
        #expect(try service.show("calls", "--active").output.contains(id))
        #expect(try service.show("calls", id).output.contains("\"type\":\"call\""))
        #expect(try service.show("calls", "nobody").status == 64)
        // A packet of much later ends them: the last one again, 60 s on.
        try service.pipe.write(later(bytes))
        let isEnded = try RunningCommand.eventually { try service.get(path + "/pcap").code == 200 }
        #expect(isEnded)
        let capture = try service.get(path + "/pcap")
        let ended = try #require(try service.json(try service.get(path)))
        let file = try #require((ended["files"] as? [String])?.first)
        #expect(capture.body == (try Data(contentsOf: URL(fileURLWithPath: service.folder + "/out/" + file))))
        #expect(capture.head.contains("application/vnd.tcpdump.pcap"))
        let line = try service.get(path).text
        try service.end()
        // A replay writes them at its end.
        let lines = try String(contentsOfFile: service.folder + "/out/calls.jsonl", encoding: .utf8)
        #expect(lines.hasPrefix(line) || lines.contains("\n" + line))
        let audit = try String(contentsOfFile: service.folder + "/audit", encoding: .utf8)
        #expect(
            audit.contains("\"action\":\"fetch\"") && audit.contains("/pcap\",\"status\":200,\"address\":\"127.0.0.1\"")
        )
        #expect(audit.contains("\"by_user_id\":\(geteuid())"))
    }

    /// The capture's last record, a minute after its time.
    private func later(_ bytes: Data) -> Data {
        var offset = 24
        var last = offset
        func word(_ place: Int) -> UInt32 {
            (0..<4).reduce(0) { $0 | UInt32(bytes[bytes.startIndex + place + $1]) << (8 * UInt32($1)) }
        }
        while offset + 16 <= bytes.count {
            last = offset
            offset += 16 + Int(word(offset + 8))
        }
        var record = Data(bytes[(bytes.startIndex + last)...])
        let seconds = word(last) + 59
        for place in 0..<4 {
            record[record.startIndex + place] = UInt8(truncatingIfNeeded: seconds >> (8 * UInt32(place)))
        }
        return record
    }

    @Test func requestsThatAreNone() throws {
        let service = try Service()
        try service.feed(Self.capture, packets: 1)
        let place = HTTPClient.Place.loopback(service.port)
        for request in [
            "GARBAGE\r\n\r\n", "GET\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "\u{16}\u{3}\u{1}\u{2}\u{0}",
            "GET /health\r\n\r\n",
            "GET /health HTTP/1.1\r\nHost localhost\r\n\r\n", "GET /\u{0} HTTP/1.1\r\n\r\n",
            "GET /health HTTP/1.1\r\nHost: localhost\r\nX: \(String(repeating: "a", count: 20_000))\r\n\r\n",
            "GET /\(String(repeating: "a", count: 200_000)) HTTP/1.1\r\n\r\n",
            "GET /health HTTP/1.1\r\nHost: localhost\r\n" + String(repeating: "X: y\r\n", count: 100) + "\r\n",
            "POST /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 5\r\n\r\nhello",
            "GET /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 999999999999\r\n\r\n",
            "GET /health HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "GET /health HTTP/1.1\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
            "GET /health HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
        ] {
            let answer = try HTTPClient.exchange(request, place, seconds: 3)
            let code = HTTPClient.reply(answer)?.code
            #expect(code == nil || (400..<500).contains(code ?? 0), "\(request.prefix(60)): \(code ?? 0)")
        }
        for target in [
            "/calls/..%2f..%2f..%2fetc%2fpasswd/pcap", "/calls/../../etc/passwd", "/%2e%2e/config", "/calls/%00",
        ] {
            #expect(try service.get(target).code == 404, "\(target)")
        }
        #expect(try service.get("/health").code == 200)
        let refused = try service.get("/metrics").text
        #expect(!refused.contains("lippycat_status_refused_total{reason=\"malformed\"} 0"), "\(refused)")
        try service.end()
    }

    /// Somebody who sends a byte a second does not keep a connection, and does not keep others out.
    @Test func slowClientsAreSentAway() throws {
        let service = try Service()
        try service.feed(Self.capture, packets: 1)
        let place = HTTPClient.Place.loopback(service.port)
        let slow = try (0..<20).map { _ in try HTTPClient.connected(place) }
        defer { for one in slow { close(one) } }
        // Right as far as it comes.
        var request = Array("GET /health HTTP/1.1\r\nHost: localhost\r\nX: \(String(repeating: "x", count: 500))".utf8)[
            ...]
        var isClosed = false
        let begin = Date()
        while !isClosed, Date().timeIntervalSince(begin) < 40 {
            let byte = [request.popFirst() ?? 0x78]
            for one in slow { _ = send(one, byte, 1, Int32(MSG_NOSIGNAL)) }
            usleep(500_000)
            #expect(try service.get("/health").code == 200)
            isClosed = slow.allSatisfy { one in
                var byte: UInt8 = 0
                let count = recv(one, &byte, 1, Int32(MSG_DONTWAIT) | Int32(MSG_PEEK))
                return count == 0 || (count < 0 && errno != EAGAIN) || count > 0
            }
        }
        #expect(isClosed)
        #expect(Date().timeIntervalSince(begin) < 35)
        try service.end()
    }

    @Test func encryptionAndAToken() throws {
        let (curl, openssl) = ("/usr/bin/curl", "/usr/bin/openssl")
        guard [curl, openssl].allSatisfy({ FileManager.default.isExecutableFile(atPath: $0) }) else {
            print("curl and openssl are not installed: skipped")
            return
        }
        let folder = try Command.folder()
        let (key, certificate) = (folder + "/key.pem", folder + "/cert.pem")
        let made = try Command.run(
            list: [
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                "/CN=localhost", "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate,
            ], program: openssl)
        try #require(made.status == 0, "\(made.error)")
        let token = "0123456789abcdef0123456789abcdef"
        let tokenFile = try Command.file(token + "\n", named: "token")
        for file in [key, tokenFile] { chmod(file, 0o600) }
        let service = try Service(
            "--status-token-file", tokenFile, "--status-tls-certificate", certificate, "--status-tls-key", key)
        try service.feed(Self.capture, packets: 1)
        func ask(_ arguments: String...) throws -> String {
            try Command.run(
                list: ["-s", "-o", "/dev/null", "-w", "%{http_code}", "--cacert", certificate] + arguments
                    + ["https://localhost:\(service.port)/health"], program: curl
            ).output
        }
        #expect(try ask("-H", "Authorization: Bearer \(token)") == "200")
        #expect(try ask() == "401")
        #expect(try ask("-H", "Authorization: Bearer wrong") == "401")
        #expect(try ask("--tls-max", "1.1", "-H", "Authorization: Bearer \(token)") == "000")
        // No HTTP on the port of TLS.
        let plain = try HTTPClient.get("/health", .loopback(service.port))
        #expect(plain?.code == nil)
        // The socket needs no token.
        #expect(try service.show("status").status == 0)
        #expect(try service.show("calls").status == 0)
        try service.end()
        let audit = try String(contentsOfFile: service.folder + "/audit", encoding: .utf8)
        #expect(audit.contains("\"action\":\"fetch_refused\"") && !audit.contains(token))
    }

    @Test func whatCannotListenSaysSo() throws {
        let capture = Capture.path(Self.capture)
        func run(_ arguments: String...) throws -> Command {
            try Command.run(list: ["sniff", "voip", "-r", capture, "--format", "json"] + arguments)
        }
        let open = try run("--status-listen", "0.0.0.0:9464")
        #expect(open.status == 64 && open.error.contains("open to others without TLS"), "\(open.error)")
        let service = try Service()
        try service.feed(Self.capture, packets: 1)
        let port = try run("--status-listen", "127.0.0.1:\(service.port)")
        #expect(port.status == 69 && port.error.contains("cannot listen"), "\(port.error)")
        let socket = try run("--status-socket", service.socket)
        #expect(socket.status == 69 && socket.error.contains("another program answers"), "\(socket.error)")
        #expect(try service.show("status").status == 0)
        try service.end()
        let file = try Command.file("", named: "file")
        #expect(try run("--status-socket", file).error.contains("something else in place"))
        let notPEM = try run(
            "--status-listen", "127.0.0.1:1", "--status-tls-certificate", file, "--status-tls-key", file)
        #expect(notPEM.status == 78, "\(notPEM.error)")
    }

    /// What a kill leaves is no obstacle.
    @Test func aSocketLeftBehindIsReplaced() throws {
        let first = try Service(onAddress: false)
        try first.feed(Self.capture, packets: 1)
        first.command.signal(SIGKILL)
        _ = first.command.wait()
        #expect(FileManager.default.fileExists(atPath: first.socket))
        let run = try Command.run(
            "sniff", "voip", "-r", Capture.path(Self.capture), "--format", "json", "--status-socket", first.socket)
        #expect(run.status == 0, "\(run.error)")
    }

    @Test func nothingListensUnlessAsked() throws {
        let pipe = try NamedPipe()
        let command = try RunningCommand("sniff", "voip", "-r", pipe.path, "--format", "json")
        try pipe.write(try Capture.bytes(Self.capture))
        usleep(300_000)
        // SwiftNIO's threads have its name, those of Swift's pool are behind them; there is neither.
        let folder = "/proc/\(command.processIdentifier)/task"
        let threads = try FileManager.default.contentsOfDirectory(atPath: folder)
        let names = threads.map { (try? String(contentsOfFile: folder + "/\($0)/comm", encoding: .utf8)) ?? "" }
        #expect(names.allSatisfy { $0 == "lc\n" }, "\(names)")
        pipe.close()
        #expect(command.wait() == 0)
    }
}
