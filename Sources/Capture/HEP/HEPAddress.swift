import Glibc

/// Where capture agents send HEP to: `udp:127.0.0.1:9060`, `tcp:[::1]:9060`.
public struct HEPAddress: Sendable, Hashable, CustomStringConvertible {
    public enum Transport: String, Sendable { case udp, tcp }

    public let transport: Transport
    /// A numeric IPv4 or IPv6 address.
    public let host: String
    public let port: UInt16
    public let isIPv6: Bool

    /// Nil if the text is anything else. Names are not looked up: what to listen on is an address.
    public init?(_ text: String) {
        guard let colon = text.firstIndex(of: ":"), let transport = Transport(rawValue: String(text[..<colon])) else {
            return nil
        }
        let rest = text[text.index(after: colon)...]
        guard let last = rest.lastIndex(of: ":"), let port = UInt16(rest[rest.index(after: last)...]), port > 0,
            rest[rest.index(after: last)...].utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 })
        else { return nil }
        var host = String(rest[..<last])
        isIPv6 = host.first == "[" && host.last == "]"
        if isIPv6 { host = String(host.dropFirst().dropLast()) }
        // Room for an address of either family.
        var binary = in6_addr()
        guard unsafe inet_pton(isIPv6 ? AF_INET6 : AF_INET, host, &binary) == 1 else { return nil }
        self.transport = transport
        self.host = host
        self.port = port
    }

    public var description: String { "\(transport.rawValue):\(isIPv6 ? "[\(host)]" : host):\(port)" }

    /// Calls `body` with the address as bind(2) wants it.
    func withSocketAddress<Result>(_ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
        // inet_pton writes as many bytes as its family's address has, and `init` has seen that the text is one.
        if isIPv6 {
            var address = sockaddr_in6()
            address.sin6_family = sa_family_t(AF_INET6)
            address.sin6_port = port.bigEndian
            _ = unsafe inet_pton(AF_INET6, host, &address.sin6_addr)
            return unsafe Self.pass(address, to: body)
        }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        _ = unsafe inet_pton(AF_INET, host, &address.sin_addr)
        return unsafe Self.pass(address, to: body)
    }

    /// The kernel tells the kinds of address apart by their family, and reads no more than the size that it is told; the
    /// pointer is good for as long as `body` runs.
    private static func pass<Address, Result>(
        _ address: Address, to body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        unsafe withUnsafePointer(to: address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                unsafe body($0, socklen_t(MemoryLayout<Address>.size))
            }
        }
    }
}
