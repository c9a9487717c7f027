import CPcap
import Glibc

/// A device that libpcap can capture on.
public struct NetworkDevice: Sendable, Equatable {
    public var name: String
    public var description: String?
    /// IPv4 and IPv6 addresses as text.
    public var addresses: [String]
    public var isUp: Bool
    public var isRunning: Bool
    public var isLoopback: Bool

    /// All devices, in libpcap's order (https://www.tcpdump.org/manpages/pcap_findalldevs.3pcap.html). Needs no
    /// privilege.
    public static func all() throws(CaptureError) -> [NetworkDevice] {
        var first: UnsafeMutablePointer<pcap_if_t>?
        let (status, text) = unsafe withPcapErrorBuffer { unsafe pcap_findalldevs(&first, $0) }
        guard status == 0 else {
            throw CaptureError(
                .deviceUnavailable, "interfaces", detail: text, hint: "check that /sys/class/net is there")
        }
        defer { unsafe pcap_freealldevs(first) }
        var devices: [NetworkDevice] = []
        var next = unsafe first
        while let device = unsafe next {
            let flags = unsafe device.pointee.flags
            devices.append(
                NetworkDevice(
                    name: unsafe pcapText(device.pointee.name),
                    description: unsafe device.pointee.description.map { unsafe String(cString: $0) },
                    addresses: unsafe addresses(device.pointee.addresses),
                    isUp: flags & UInt32(PCAP_IF_UP) != 0, isRunning: flags & UInt32(PCAP_IF_RUNNING) != 0,
                    isLoopback: flags & UInt32(PCAP_IF_LOOPBACK) != 0))
            unsafe next = device.pointee.next
        }
        return devices
    }

    private static func addresses(_ first: UnsafeMutablePointer<pcap_addr_t>?) -> [String] {
        var result: [String] = []
        var next = unsafe first
        while let entry = unsafe next {
            if let address = unsafe entry.pointee.addr, let text = unsafe numeric(address) { result.append(text) }
            unsafe next = entry.pointee.next
        }
        return result
    }

    private static func numeric(_ address: UnsafeMutablePointer<sockaddr>) -> String? {
        let length: socklen_t
        switch Int32(unsafe address.pointee.sa_family) {
        case AF_INET: length = socklen_t(MemoryLayout<sockaddr_in>.size)
        case AF_INET6: length = socklen_t(MemoryLayout<sockaddr_in6>.size)
        default: return nil
        }
        var host = [CChar](repeating: 0, count: Int(NI_MAXHOST))
        let status = unsafe getnameinfo(address, length, &host, socklen_t(host.count), nil, 0, NI_NUMERICHOST)
        guard status == 0 else { return nil }
        return String(decoding: host.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// Calls libpcap with an error buffer (PCAP_ERRBUF_SIZE bytes) and returns what was written to it.
func withPcapErrorBuffer<Result>(_ body: (UnsafeMutablePointer<CChar>) -> Result) -> (Result, String) {
    unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PCAP_ERRBUF_SIZE)) { buffer in
        unsafe buffer.initialize(repeating: 0)
        guard let base = buffer.baseAddress else { preconditionFailure("a buffer of 256 bytes has an address") }
        let result = unsafe body(base)
        return (result, unsafe String(cString: base))
    }
}
