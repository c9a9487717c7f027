import Foundation
import Synchronization

/// Ports of the loopback for tests that run at once, each given out once in a process.
enum FreePort {
    /// Below those that the system gives to connections (`ip_local_port_range`), which come and go.
    private static let ports: Range<UInt16> = 20_000..<32_000
    /// Two test runs beside each other begin at different places.
    private static let given = Atomic<Int>(Int(getpid()) * 97)

    /// One that nobody has at the moment, with UDP or with TCP.
    static func next() throws -> UInt16 {
        for _ in ports {
            let number = given.add(1, ordering: .relaxed).oldValue
            let port = ports.lowerBound + UInt16(number % ports.count)
            if isFree(port, SOCK_DGRAM), isFree(port, SOCK_STREAM) { return port }
        }
        throw POSIXError(.EADDRINUSE)
    }

    private static func isFree(_ port: UInt16, _ type: __socket_type) -> Bool {
        let descriptor = socket(AF_INET, Int32(type.rawValue | SOCK_CLOEXEC.rawValue), 0)
        defer { close(descriptor) }
        return withSocketAddress(sockaddr_in(loopback: port)) { bind(descriptor, $0, $1) } == 0
    }
}
