import Glibc

/// Tells systemd how the service is (sd_notify(3)): datagrams to the socket that `NOTIFY_SOCKET` names.
///
/// Without that variable nothing is sent. A datagram that cannot be sent is lost: nothing here may end or delay a capture.
final class ServiceNotifier: Sendable {
    private let address: String?
    /// Half of the time after which systemd ends a silent service; nil without a watchdog.
    let watchdogInterval: Int64?

    init(environment: [String: String] = processEnvironment()) {
        let path = environment["NOTIFY_SOCKET"] ?? ""
        // "@" stands for the zero byte that abstract names begin with; a path has one more byte behind it.
        address = (path.hasPrefix("/") || path.hasPrefix("@")) && path.utf8.count < 108 ? path : nil
        // WATCHDOG_PID says whom the watchdog is for: a wrapper's children inherit the variables.
        let isMeant = environment["WATCHDOG_PID"].map { $0 == String(getpid()) } ?? true
        watchdogInterval = environment["WATCHDOG_USEC"].flatMap { Int64($0) }.flatMap { microseconds in
            isMeant && microseconds > 0 && microseconds < Int64.max / 1000 ? microseconds * 1000 / 2 : nil
        }
    }

    var isUsed: Bool { address != nil }

    func ready(_ status: String) { send("READY=1\nSTATUS=\(sanitised(status))") }
    func status(_ status: String) { send("STATUS=\(sanitised(status))") }
    func stopping() { send("STOPPING=1\nSTATUS=finishing the files") }
    func watchdog() { send("WATCHDOG=1") }

    /// systemd asks for the time too (`Type=notify-reload`), to tell this reload from an earlier one.
    func reloading() { send("RELOADING=1\nMONOTONIC_USEC=\(Self.monotonic / 1000)") }

    /// Nanoseconds.
    static var monotonic: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    private func send(_ message: String) {
        guard let address else { return }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        var name = sockaddr_un()
        name.sun_family = sa_family_t(AF_UNIX)
        var bytes = Array(address.utf8)
        if bytes.first == UInt8(ascii: "@") { bytes[0] = 0 }
        withUnsafeMutableBytes(of: &name.sun_path) { $0.copyBytes(from: bytes) }
        // An abstract name is as long as its address says; a path ends at its zero byte.
        let offset = MemoryLayout.offset(of: \sockaddr_un.sun_path) ?? 2
        let length = socklen_t(offset + bytes.count + (bytes.first == 0 ? 0 : 1))
        let text = Array(message.utf8)
        _ = withUnsafePointer(to: &name) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, text, text.count, Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT), $0, length)
            }
        }
    }
}
