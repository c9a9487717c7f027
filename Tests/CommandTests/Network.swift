import Foundation

/// Two hosts on one Ethernet, as network namespaces, for tests of live captures. All of it goes with the last reference.
final class Network {
    private let name: String
    private static let ip = "/sbin/ip"
    static let caller = "198.18.10.1"
    static let callee = "198.18.10.2"

    /// nil, with a word, when this machine or this user cannot make one.
    init?() {
        name = "lc\(getpid())-\(UInt16.random(in: .min ... .max))"
        guard geteuid() == 0, FileManager.default.isExecutableFile(atPath: Self.ip),
            FileManager.default.isExecutableFile(atPath: "/usr/bin/python3"), ip("netns", "add", host("a"))
        else {
            print("no network namespaces here (they need root, ip and python3): skipped")
            return nil
        }
        guard ip("netns", "add", host("b")), plug() else { return nil }
    }

    deinit {
        for side in ["a", "b"] { ip("netns", "del", host(side)) }
    }

    /// The namespace of the caller, `a`, or of the callee, `b`.
    func host(_ side: String) -> String { name + side }

    @discardableResult
    func ip(_ arguments: String...) -> Bool {
        (try? Command.run(list: arguments, program: Self.ip))?.status == 0
    }

    /// Puts the cable in: `eth0` on both sides, up, with addresses.
    @discardableResult
    func plug() -> Bool {
        guard ip("link", "add", "eth0", "netns", host("a"), "type", "veth", "peer", "name", "eth0", "netns", host("b"))
        else { return false }
        for (side, address) in [("a", Self.caller), ("b", Self.callee)] {
            ip("-n", host(side), "addr", "add", address + "/24", "dev", "eth0")
            ip("-n", host(side), "link", "set", "eth0", "up")
        }
        return true
    }

    func unplug() { ip("-n", host("b"), "link", "del", "eth0") }

    /// `lc` on the callee's host.
    func lc(_ arguments: String..., environment: [String: String] = [:]) throws -> RunningCommand {
        try RunningCommand(
            list: ["netns", "exec", host("b"), Command.path] + arguments, environment: environment, program: Self.ip)
    }

    /// Sends an INVITE with SDP if asked to, then RTP, all from the caller to the callee; 1 ms apart.
    func send(invite: Bool, rtp: ClosedRange<Int>) throws {
        let script = """
            import socket, struct, sys, time
            a, b, invite, first, last = sys.argv[1], sys.argv[2], sys.argv[3] == "true", int(sys.argv[4]), int(sys.argv[5])
            def bound(port):
                s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
                s.bind((a, port))
                return s
            sip, media = bound(5060), bound(4000)
            def send(s, data, port):
                try: s.sendto(data, (b, port))
                except ConnectionRefusedError: s.sendto(data, (b, port))
            if invite:
                sdp = f"v=0\\r\\no=- 1 1 IN IP4 {a}\\r\\ns=-\\r\\nc=IN IP4 {a}\\r\\nt=0 0\\r\\nm=audio 4000 RTP/AVP 0\\r\\n"
                send(sip, (f"INVITE sip:bob@{b} SIP/2.0\\r\\nVia: SIP/2.0/UDP {a};branch=z9hG4bK1\\r\\n"
                    f"From: <sip:alice@{a}>;tag=1\\r\\nTo: <sip:bob@{b}>\\r\\nCall-ID: device-test\\r\\nCSeq: 1 INVITE\\r\\n"
                    f"Content-Type: application/sdp\\r\\nContent-Length: {len(sdp)}\\r\\n\\r\\n{sdp}").encode(), 5060)
            for n in range(first, last + 1):
                send(media, struct.pack("!BBHII", 128, 0, n, n * 160, 7) + bytes(160), 5000)
                time.sleep(.001)
            """
        let run = try Command.run(
            list: [
                "netns", "exec", host("a"), "/usr/bin/python3", "-c", script, Self.caller, Self.callee, "\(invite)",
                "\(rtp.lowerBound)", "\(rtp.upperBound)",
            ], program: Self.ip)
        if run.status != 0 { print(run.error) }
    }

    /// Makes `eth0` of the callee a tunnel as long as the script runs, and sends RTP through it once `isReady` says so. False when
    /// this machine has no tunnels.
    func tunnel(rtp: ClosedRange<Int>, _ isReady: () -> Bool) throws -> Bool {
        let script = """
            import fcntl, os, socket, struct, subprocess, sys, time
            a, b, first, last = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
            tunnel = os.open("/dev/net/tun", os.O_RDWR)
            fcntl.ioctl(tunnel, 0x400454ca, struct.pack("16sH22x", b"eth0", 0x1001))
            subprocess.run(["ip", "link", "set", "eth0", "up"], check=True)
            sys.stdin.readline()
            for n in range(first, last + 1):
                payload = struct.pack("!BBHII", 128, 0, n, n * 160, 7) + bytes(160)
                udp = struct.pack("!HHHH", 4000, 5000, 8 + len(payload), 0) + payload
                os.write(tunnel, struct.pack("!BBHHHBBH4s4s", 69, 0, 20 + len(udp), n, 0, 64, 17, 0,
                    socket.inet_aton(a), socket.inet_aton(b)) + udp)
            time.sleep(.3)
            """
        let process = Process()
        process.executableURL = URL(fileURLWithPath: Self.ip)
        process.arguments = [
            "netns", "exec", host("b"), "/usr/bin/python3", "-c", script, Self.caller, Self.callee, "\(rtp.lowerBound)",
            "\(rtp.upperBound)",
        ]
        let input = Pipe()
        process.standardInput = input
        guard FileManager.default.fileExists(atPath: "/dev/net/tun") else {
            print("no tunnels here: skipped")
            return false
        }
        try process.run()
        let ready = isReady()
        try? input.fileHandleForWriting.write(contentsOf: Data("\n".utf8))
        process.waitUntilExit()
        return ready && process.terminationStatus == 0
    }
}
