import CLinux
import Glibc

/// A network device as far as it matters for capturing.
struct DeviceFacts: Sendable {
    var name: String
    var isUp = false
    /// A cable is plugged in, or what stands for it.
    var isRunning = false
    /// ARPHRD_… of linux/if_arp.h.
    var hardwareType = 1
    var mtu = 1500
    /// nil: the driver does not say.
    var mergesSegments: Bool?
    var mergesInHardware: Bool?
    /// Packets that the device's receive ring holds, and could hold.
    var ring: (now: Int, most: Int)?
    /// Since the device came up: packets that it, or the kernel in front of every capture, dropped.
    var dropped = 0
    /// Only asked for with `promiscuous`: `errno`, 0 when it can be set.
    var promiscuousError: Int32?

    /// Every device of this network namespace.
    static func gather(promiscuous: Set<String>) -> [DeviceFacts] {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return [] }
        defer { close(descriptor) }
        let drops = self.drops()
        let names = ((try? ListInterfaces.all()) ?? []).map(\.name).filter { $0 != "any" }
        return names.compactMap { name -> DeviceFacts? in
            var found = device_facts()
            guard device_facts_get(descriptor, name, &found) == 0 else { return nil }
            var device = DeviceFacts(name: name)
            device.isUp = found.flags & Int32(IFF_UP) != 0
            device.isRunning = found.flags & Int32(IFF_RUNNING) != 0
            (device.hardwareType, device.mtu) = (Int(found.hardware_type), Int(found.mtu))
            device.mergesSegments = known(found.generic_receive_offload)
            device.mergesInHardware = known(found.large_receive_offload)
            if found.ring_packets > 0, found.most_ring_packets > 0 {
                device.ring = (Int(found.ring_packets), Int(found.most_ring_packets))
            }
            device.dropped = drops[name] ?? 0
            if promiscuous.contains(name) { device.promiscuousError = promiscuity(name) }
            return device
        }
    }

    private static func known(_ value: Int32) -> Bool? { value < 0 ? nil : value != 0 }

    /// `drop` and `fifo` of what was received, from /proc/net/dev.
    private static func drops() -> [String: Int] {
        drops(in: SystemFile.text("/proc/net/dev") ?? "")
    }

    static func drops(in text: String) -> [String: Int] {
        var drops: [String: Int] = [:]
        for line in text.split(separator: "\n") {
            guard let colon = line.lastIndex(of: ":") else { continue }
            let words = line[line.index(after: colon)...].split(separator: " ")
            guard words.count > 4, let dropped = Int(words[3]), let overrun = Int(words[4]) else { continue }
            drops[String(line[..<colon].drop { $0 == " " })] = dropped + overrun
        }
        return drops
    }

    /// Puts the device into promiscuous mode for a moment, which the kernel logs: only where it was asked for.
    private static func promiscuity(_ name: String) -> Int32 {
        let descriptor = socket(AF_PACKET, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        return packet_socket_promiscuous(descriptor, Int32(if_nametoindex(name))) == 0 ? 0 : errno
    }
}
