import Archive
import Calls
import Engine
import Foundation
import Testing

@testable import Service

@Suite struct StatusServiceTests {
    func json(_ reply: StatusReply) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(reply.text.utf8)) as? [String: Any])
    }

    // MARK: Who may ask

    @Test func aTokenIsNeededWhereThereIsOne() async throws {
        let token = "0123456789abcdef0123456789abcdef"
        let fixture = try StatusFixture(token: token)
        for wrong in [nil, "", "Bearer", "Bearer ", "Bearer 0123", "Basic \(token)", "Bearer \(token)0", token] {
            let reply = await fixture.get("/health") { $0.authorization = wrong }
            #expect(reply.code == 401, "\(wrong ?? "none")")
            #expect(reply.headers.contains { $0 == ("WWW-Authenticate", "Bearer") })
        }
        #expect(await fixture.get("/health") { $0.authorization = "Bearer \(token)" }.code == 200)
        #expect(await fixture.get("/health") { $0.authorization = "bearer \(token)" }.code == 200)
        // Files have permissions of their own.
        #expect(await fixture.get("/health") { $0.peer = .socket(process: 1, user: 0) }.code == 200)
        #expect(fixture.service.counters.refusals.first { $0.name == "token" }?.count == 8)
    }

    @Test func onlyOurOwnNames() async throws {
        let fixture = try StatusFixture()
        for host in ["evil.example", "evil.example:9464", "127.0.0.1.evil.example", "localhost.evil.example", ""] {
            #expect(await fixture.get("/health") { $0.host = host }.code == 421, "\(host)")
        }
        for host in ["127.0.0.1:9464", "127.0.0.1", "[::1]:9464", "localhost", "LOCALHOST:9464", "10.1.2.3:80"] {
            #expect(await fixture.get("/health") { $0.host = host }.code == 200, "\(host)")
        }
        // With a token the name does not matter: a browser has none.
        let token = "0123456789abcdef"
        let guarded = try StatusFixture(token: token)
        let reply = await guarded.get("/health") {
            $0.host = "probe.example"
            $0.authorization = "Bearer \(token)"
        }
        #expect(reply.code == 200)
    }

    @Test func onlyReading() async throws {
        let fixture = try StatusFixture()
        for method in ["POST", "PUT", "DELETE", "OPTIONS", "TRACE", "CONNECT", "get"] {
            #expect(await fixture.get("/health") { $0.method = method }.code == 405)
        }
        #expect(await fixture.get("/health") { $0.method = "HEAD" }.code == 200)
        #expect(await fixture.get("/health") { $0.hasBody = true }.code == 413)
    }

    // MARK: Paths

    @Test(arguments: [
        "/", "/nothing", "/calls/", "/calls/../config", "/health/../config", "//health", "/calls/a/b",
        "/calls/a/pcap/b",
        "/calls/..%2f..%2fetc%2fpasswd", "/health/none", "/config/x", "/Health", "/calls/%00", "/calls/%2e%2e/pcap",
    ]) func whatIsNotThere(_ target: String) async throws {
        #expect(try await StatusFixture().get(target).code == 404)
    }

    @Test(arguments: [
        "", "health", "/%", "/health?x=1", "/config?a", "/calls?limit=0", "/calls?limit=1001", "/calls?limit=-1",
        "/calls?limit=+5", "/calls?offset=x", "/calls?state=gone", "/calls?state=", "/calls?active=1",
        "/calls?nothing=1",
        "/calls?from=", "/calls?since=yesterday", "/calls?since=0.5", "/calls?since=2026-02-30T00:00:00Z",
        "/calls?mos_min=6", "/calls?mos_max=nan", "/calls?mos_max=",
        "/calls/a/pcap?file=-1", "/calls/a/pcap?file=1e3", "/calls/a/pcap?name=x",
    ]) func whatIsNotUnderstood(_ target: String) async throws {
        let reply = try await StatusFixture().get(target)
        #expect(reply.code == 400)
        let document = try json(reply)
        #expect(document["error"] as? String != nil)
    }

    // MARK: Documents

    @Test func healthAndReady() async throws {
        let fixture = try StatusFixture()
        fixture.publish(at: MonotonicClock.now)
        let health = try json(await fixture.get("/health"))
        #expect(health["status"] as? String == "healthy")
        #expect((health["checks"] as? [String: Any])?.count == 8)
        #expect(await fixture.get("/health/interface%3Aeth0").code == 200)
        #expect(await fixture.get("/health/interface:eth0").code == 200)
        #expect(await fixture.get("/ready").code == 200)
        fixture.publish(interfaces: [InterfaceRecord(name: "eth0", state: "lost")], at: MonotonicClock.now)
        #expect(await fixture.get("/health").code == 503)
        #expect(await fixture.get("/health/capture").code == 503)
        #expect(await fixture.get("/health/disk").code == 200)
        fixture.board.enter(.stopping)
        #expect(await fixture.get("/ready").code == 503)
    }

    @Test func theConfigurationIsShown() async throws {
        let shown = try json(await StatusFixture().get("/config"))
        #expect((shown["voip"] as? [String: Any])?["max_calls"] != nil)
    }

    // MARK: Calls

    @Test func callsAreFilteredAndPaged() async throws {
        let fixture = try StatusFixture()
        for number in 0..<10 {
            fixture.end("call\(number)") { record in
                record.from.user = "+4930\(number)"
                record.to.user = "bob"
                record.state = number % 2 == 0 ? .ended : .failed
                record.startTime = 1_767_323_045_000_000_000 + Int64(number) * 1_000_000_000
            }
        }
        func ids(_ query: String) async throws -> [String] {
            let calls = try #require(try json(await fixture.get("/calls" + query))["calls"] as? [[String: Any]])
            return calls.compactMap { $0["call_id"] as? String }
        }
        #expect(try await ids("") == (0..<10).reversed().map { "call\($0)" })
        #expect(try await ids("?limit=2&offset=3") == ["call6", "call5"])
        #expect(try await ids("?state=failed&limit=2") == ["call9", "call7"])
        #expect(try await ids("?state=failed,ended&offset=9") == ["call0"])
        #expect(try await ids("?from=%2B49303") == ["call3"])
        #expect(try await ids("?from=+49303") == ["call3"])
        #expect(try await ids("?user=bob&limit=1") == ["call9"])
        #expect(try await ids("?to=alice") == [])
        #expect(try await ids("?active=true") == [])
        #expect(try await ids("?call_id=call4") == ["call4"])
        #expect(try await ids("?since=2026-01-02T03:04:12Z&active=false") == ["call9", "call8", "call7"])
        #expect(try await ids("?until=2026-01-02T03:04:06Z") == ["call1", "call0"])
        #expect(try await ids("?since=0001-01-01T00:00:00Z&limit=1") == ["call9"])
        #expect(try await ids("?since=9999-12-31T23:59:59Z") == [])
        #expect(try json(await fixture.get("/calls?limit=1"))["total"] as? Int == 10)
    }

    @Test func aRecordIsTheLineOfTheLog() async throws {
        let fixture = try StatusFixture()
        fixture.end("a/b@c d") { $0.packets = 7 }
        let record = try json(await fixture.get("/calls/a%2Fb%40c%20d"))
        #expect(record["call_id"] as? String == "a/b@c d" && record["packets"] as? Int == 7)
        #expect(record["type"] as? String == "call")
        #expect(await fixture.get("/calls/a/b@c%20d").code == 404)
    }

    @Test func endedCallsAreBounded() throws {
        var calls = EndedCalls(limit: 3)
        for number in 0..<100 {
            var record = CallRecord()
            record.callID = "\(number)"
            calls.add(EndedCall(record, line: [1]))
        }
        #expect(calls.all.map(\.callID) == ["97", "98", "99"] && calls.evicted == 97)
        var large = EndedCalls(limit: 1000)
        for number in 0..<40 {
            var record = CallRecord()
            record.callID = "\(number)"
            large.add(EndedCall(record, line: [UInt8](repeating: 0, count: 1 << 20)))
        }
        #expect(large.count == EndedCalls.byteLimit >> 20 && large.find("39") != nil && large.find("0") == nil)
        var none = EndedCalls(limit: 0)
        none.add(EndedCall(CallRecord(), line: []))
        #expect(none.count == 0)
    }

    // MARK: Captures

    @Test func onlyTheRecordsFileIsServed() async throws {
        let folder = TemporaryDirectory()
        folder.write("secret", to: "secret.pcap")
        let directory = try ArchiveDirectory(path: folder.path + "/out", use: .live)
        folder.write("capture", to: "out/day/a.pcap")
        #expect(symlink(folder.path + "/secret.pcap", folder.path + "/out/link.pcap") == 0)
        #expect(mkfifo(folder.path + "/out/fifo.pcap", 0o600) == 0)
        let fixture = try StatusFixture(directory: directory)
        fixture.end("good") { $0.files = ["day/a.pcap"] }
        for (id, name) in [
            ("up", "../secret.pcap"), ("link", "link.pcap"), ("root", folder.path + "/secret.pcap"),
            ("fifo", "fifo.pcap"), ("folder", "day"), ("lock", ""),
        ] {
            fixture.end(id) { $0.files = [name] }
        }
        fixture.end("gone") { $0.files = ["gone.pcap"] }
        fixture.end("none")
        let good = await fixture.get("/calls/good/pcap")
        guard case .file(let file) = good.body else {
            Issue.record("no file: \(good.text)")
            return
        }
        #expect(good.code == 200 && good.type == "application/vnd.tcpdump.pcap" && file.size == 7)
        #expect(file.read(at: 0, most: 100) == Array("capture".utf8) && file.read(at: 5, most: 100) == Array("re".utf8))
        #expect(good.headers.contains { $0 == ("Content-Disposition", "attachment; filename=\"a.pcap\"") })
        for id in ["up", "link", "root", "fifo", "folder", "lock"] {
            let code = await fixture.get("/calls/\(id)/pcap").code
            #expect(code == 500 || code == 404, "\(id): \(code)")
        }
        #expect(await fixture.get("/calls/gone/pcap").code == 404)
        #expect(await fixture.get("/calls/none/pcap").code == 404)
        #expect(await fixture.get("/calls/good/pcap?file=1").code == 404)
        #expect(await fixture.get("/calls/..%2fsecret.pcap/pcap").code == 404)
        #expect(try await StatusFixture().get("/calls/good/pcap").code == 404)
    }
}
