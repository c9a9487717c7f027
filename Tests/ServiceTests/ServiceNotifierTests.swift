import Glibc
import Testing

@testable import Service

@Suite struct ServiceNotifierTests {
    @Test func aSocketOfThatPathHears() throws {
        let directory = TemporaryDirectory()
        let socket = try NotifySocket(directory.path + "/notify")
        let notifier = ServiceNotifier(environment: ["NOTIFY_SOCKET": directory.path + "/notify"])
        notifier.ready("one\ntwo")
        #expect(socket.receive() == "READY=1\nSTATUS=one\\ntwo")
        notifier.reloading()
        let text = socket.receive()
        #expect(text.hasPrefix("RELOADING=1\nMONOTONIC_USEC="))
        let microseconds = try #require(Int64(text.split(separator: "=").last ?? ""))
        #expect(abs(microseconds - ServiceNotifier.monotonic / 1000) < 10_000_000)
        notifier.watchdog()
        #expect(socket.receive() == "WATCHDOG=1")
    }

    @Test func anAbstractSocketHears() throws {
        let name = "@lippycat-test-\(getpid())-\(UInt32.random(in: .min ... .max))"
        let socket = try NotifySocket(name)
        ServiceNotifier(environment: ["NOTIFY_SOCKET": name]).stopping()
        #expect(socket.receive().hasPrefix("STOPPING=1\n"))
    }

    @Test func nobodyListensAndNothingHappens() {
        for path in ["", "relative", "/nonexistent/socket", "@" + String(repeating: "x", count: 200)] {
            ServiceNotifier(environment: ["NOTIFY_SOCKET": path]).ready("x")
        }
    }

    @Test func theWatchdogIsForThisProcess() {
        let own = ["WATCHDOG_USEC": "2000000", "WATCHDOG_PID": "\(getpid())"]
        #expect(ServiceNotifier(environment: own).watchdogInterval == 1_000_000_000)
        let others = ["WATCHDOG_USEC": "2000000", "WATCHDOG_PID": "1"]
        #expect(ServiceNotifier(environment: others).watchdogInterval == nil)
        for odd in ["", "x", "0", "-5", "99999999999999999999"] {
            #expect(ServiceNotifier(environment: ["WATCHDOG_USEC": odd]).watchdogInterval == nil)
        }
    }
}

/// systemd's end.
private final class NotifySocket {
    private let descriptor: Int32

    init(_ path: String) throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(path.utf8)
        if bytes.first == 64 { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: bytes) }
        let length = socklen_t(2 + bytes.count + (bytes.first == 0 ? 0 : 1))
        let status = withUnsafePointer(to: &name) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { bind(descriptor, $0, length) }
        }
        guard status == 0 else { throw CommandError("cannot bind", exitStatus: .software) }
    }

    deinit { close(descriptor) }

    func receive() -> String {
        var buffer = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &buffer, buffer.count, 0)
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self)
    }
}
