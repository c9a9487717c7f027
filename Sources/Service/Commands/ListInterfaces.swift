import Glibc

/// `lc list interfaces`: what `--interface` may name. Needs no privileges.
public enum ListInterfaces {
    public struct Interface: Sendable, Equatable {
        public var name: String
        public var isUp: Bool
        public var isLoopback: Bool
        public var addresses: [String]
    }

    public static func text(_ interfaces: [Interface], format: OutputFormat) -> String {
        switch format {
        case .json:
            return interfaces.map { json($0).text() + "\n" }.joined()
        case .csv:
            let rows = interfaces.map {
                "\($0.name),\($0.isUp),\($0.isLoopback),\($0.addresses.joined(separator: " "))"
            }
            return (["name,up,loopback,addresses"] + rows).joined(separator: "\n") + "\n"
        case .text, .automatic:
            let width = interfaces.map(\.name.count).max() ?? 0
            return interfaces.map { interface in
                let name = interface.name + String(repeating: " ", count: width - interface.name.count)
                let state = (interface.isUp ? "up" : "down") + (interface.isLoopback ? " loopback" : "")
                return ([name, state] + interface.addresses).joined(separator: "  ") + "\n"
            }.joined()
        }
    }

    /// Every interface of the system in the kernel's order, then `any`.
    public static func all() throws(CommandError) -> [Interface] {
        var first: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&first) == 0 else {
            throw CommandError("cannot list the interfaces: \(describe(errno: errno))", exitStatus: .serviceUnavailable)
        }
        defer { freeifaddrs(first) }
        var found: [Interface] = []
        var next = first
        while let entry = next?.pointee {
            next = entry.ifa_next
            let name = String(cString: entry.ifa_name)
            let index = found.firstIndex { $0.name == name } ?? found.endIndex
            if index == found.endIndex {
                let flags = entry.ifa_flags
                found.append(
                    Interface(
                        name: name, isUp: flags & UInt32(IFF_UP) != 0,
                        isLoopback: flags & UInt32(IFF_LOOPBACK) != 0, addresses: []))
            }
            if let address = numeric(entry.ifa_addr) { found[index].addresses.append(address) }
        }
        return found + [Interface(name: "any", isUp: true, isLoopback: false, addresses: [])]
    }

    private static func numeric(_ address: UnsafeMutablePointer<sockaddr>?) -> String? {
        guard let address else { return nil }
        let length: Int
        switch Int32(address.pointee.sa_family) {
        case AF_INET: length = MemoryLayout<sockaddr_in>.size
        case AF_INET6: length = MemoryLayout<sockaddr_in6>.size
        default: return nil
        }
        var host = [CChar](repeating: 0, count: 128)
        guard
            getnameinfo(address, socklen_t(length), &host, socklen_t(host.count), nil, 0, NI_NUMERICHOST) == 0
        else { return nil }
        return String(decoding: host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func json(_ interface: Interface) -> JSONValue {
        .object([
            ("name", .string(interface.name)), ("up", .boolean(interface.isUp)),
            ("loopback", .boolean(interface.isLoopback)),
            ("addresses", .array(interface.addresses.map { .string($0) })),
        ])
    }
}
