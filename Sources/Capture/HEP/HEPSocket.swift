import Glibc

/// A socket that agents send to, or a connection of one of them. Non-blocking.
final class HEPSocket {
    let descriptor: Int32

    private init(_ descriptor: Int32) { self.descriptor = descriptor }

    deinit { _ = close(descriptor) }

    /// Binds and, for TCP, listens.
    static func listening(on address: HEPAddress, receiveBuffer: Int) throws(CaptureError) -> HEPSocket {
        let isUDP = address.transport == .udp
        let type =
            Int32((isUDP ? SOCK_DGRAM : SOCK_STREAM).rawValue) | Int32(SOCK_NONBLOCK.rawValue | SOCK_CLOEXEC.rawValue)
        let descriptor = socket(address.isIPv6 ? AF_INET6 : AF_INET, type, 0)
        guard descriptor >= 0 else { throw problem(address, errno) }
        let made = HEPSocket(descriptor)
        if !isUDP { made.set(SOL_SOCKET, SO_REUSEADDR, 1) }
        if address.isIPv6 { made.set(Int32(IPPROTO_IPV6), IPV6_V6ONLY, 1) }
        // As much as the system allows; without it a burst is lost where nobody sees it but `dropped.kernel`.
        made.set(SOL_SOCKET, SO_RCVBUF, Int32(clamping: receiveBuffer / 2))
        let bound = unsafe address.withSocketAddress { unsafe bind(descriptor, $0, $1) }
        guard bound == 0 else { throw problem(address, errno) }
        if !isUDP { guard listen(descriptor, 64) == 0 else { throw problem(address, errno) } }
        return made
    }

    @inline(never)
    private static func problem(_ address: HEPAddress, _ code: Int32) -> CaptureError {
        let detail = "cannot listen for HEP: \(systemErrorText(code))"
        switch code {
        case EACCES, EPERM:
            return CaptureError(
                .permissionDenied, address.description, detail: detail, hint: "use a port from 1024 on, or run as root")
        case EADDRINUSE:
            return CaptureError(
                .deviceUnavailable, address.description, detail: detail,
                hint: "another program has the port: ss -lnp sport = :\(address.port)")
        default:
            return CaptureError(
                .deviceUnavailable, address.description, detail: detail, hint: "use an address of this host: ip addr")
        }
    }

    private func set(_ level: Int32, _ option: Int32, _ value: Int32) {
        var value = value
        // As many bytes as the value has.
        _ = unsafe setsockopt(descriptor, level, option, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    /// The next connection; nil when none waits.
    func accept() -> HEPSocket? {
        let connection = Glibc.accept(descriptor, nil, nil)
        guard connection >= 0 else { return nil }
        _ = fcntl(connection, F_SETFD, FD_CLOEXEC)
        _ = fcntl(connection, F_SETFL, O_NONBLOCK)
        return HEPSocket(connection)
    }

    enum Received {
        case bytes(Int)
        /// Nothing for now.
        case nothing
        /// The other side is done, or the connection is.
        case end
    }

    /// One datagram, or what a connection has.
    func receive(into buffer: inout [UInt8]) -> Received {
        while true {
            // No more than there is room for.
            let count = unsafe buffer.withUnsafeMutableBytes { unsafe recv(descriptor, $0.baseAddress, $0.count, 0) }
            if count >= 0 { return .bytes(count) }
            switch errno {
            case EINTR: continue
            case EAGAIN: return .nothing
            // An ICMP error of something this socket never sent; the next datagram is there all the same.
            case ECONNREFUSED: continue
            default: return .end
            }
        }
    }

    /// Datagrams that the kernel had no room for (SO_MEMINFO, Linux 4.12).
    var dropped: UInt64 {
        var figures = [UInt32](repeating: 0, count: 9)
        var length = socklen_t(figures.count * MemoryLayout<UInt32>.size)
        let socketMemoryInformation: Int32 = 55
        // `length` says how much room there is, and then how much was filled.
        let status = unsafe getsockopt(descriptor, SOL_SOCKET, socketMemoryInformation, &figures, &length)
        return status == 0 && Int(length) >= figures.count * MemoryLayout<UInt32>.size ? UInt64(figures[8]) : 0
    }
}
