import Glibc

/// Whether the interfaces are there, up, and show packets as they were on the wire.
enum InterfaceCheck {
    private static let name = "interface"
    /// Devices told one by one under `any`.
    private static let mostTold = 32

    static func findings(_ settings: Settings, _ devices: [DeviceFacts]) -> [Finding] {
        let capture = settings.capture
        guard capture.hepListen.isEmpty else { return [] }
        var findings: [Finding] = []
        for wanted in capture.interfaces {
            if wanted == "any" {
                findings += any(devices)
            } else if wanted.hasPrefix("nflog") || wanted.hasPrefix("nfqueue") {
                findings.append(.ok(name, wanted, "netfilter"))
            } else if let device = devices.first(where: { $0.name == wanted }) {
                findings += one(device, isWanted: true)
            } else {
                findings.append(missing(wanted, devices))
            }
        }
        return findings
    }

    private static func missing(_ wanted: String, _ devices: [DeviceFacts]) -> Finding {
        let nearest = nearestName(to: wanted, among: devices.map(\.name))
        return .problem(
            name, wanted, "there is no such interface",
            remedy: nearest.map { "did you mean \($0)?" } ?? "lc list interfaces", .cannotOpenInput)
    }

    private static func any(_ devices: [DeviceFacts]) -> [Finding] {
        let up = devices.filter(\.isUp)
        guard !up.isEmpty else {
            return [
                .problem(
                    name, "any", "no interface is up", remedy: "sudo ip link set <name> up", .serviceUnavailable)
            ]
        }
        let names = up.prefix(mostTold).map(\.name).joined(separator: " ") + (up.count > mostTold ? " …" : "")
        var findings: [Finding] = [
            .ok(name, "any", "\(up.count) up (\(names)), link type LINUX_SLL2").with(
                (key: "up", value: Int64(up.count)))
        ]
        if up.count > 1 {
            findings.append(
                .note(
                    name, "any", "packets that pass several interfaces are seen as often, as copies",
                    remedy:
                        "name the interface that calls come in by: interface: [\(up.first { $0.hardwareType == 1 }?.name ?? "eth0")]"
                ))
        }
        for device in up.prefix(mostTold) { findings += one(device, isWanted: false).filter { $0.level != .ok } }
        return findings
    }

    private static func one(_ device: DeviceFacts, isWanted: Bool) -> [Finding] {
        var findings: [Finding] = []
        if !device.isUp {
            findings.append(
                .problem(
                    name, device.name, "is down", remedy: "sudo ip link set \(device.name) up", .serviceUnavailable))
        } else if !device.isRunning {
            findings.append(
                .warning(
                    name, device.name, "is up and has no carrier", remedy: "look at the cable or the switch's port"))
        } else {
            findings.append(
                .ok(name, device.name, "up, \(linkType(device.hardwareType)), MTU \(device.mtu)").with(
                    (key: "mtu", value: Int64(device.mtu)), (key: "dropped", value: Int64(device.dropped))))
        }
        return findings + offloads(device) + queues(device) + promiscuity(device, isWanted)
    }

    private static func linkType(_ hardware: Int) -> String {
        switch hardware {
        case 1, 772: "link type EN10MB"
        case 65534, 768, 776: "link type RAW"
        case 801...803: "Wi-Fi"
        default: "hardware type \(hardware), link type LINUX_SLL"
        }
    }

    private static func offloads(_ device: DeviceFacts) -> [Finding] {
        if device.mergesInHardware == true {
            return [
                .warning(
                    name, device.name, "LRO is on: the device puts TCP segments together, and their times are lost",
                    remedy: "sudo ethtool -K \(device.name) lro off")
            ]
        }
        if device.mergesSegments == true, device.hardwareType == 1 {
            return [
                .note(
                    name, device.name,
                    "GRO is on: SIP over TCP comes as larger segments than on the wire (calls and figures are the same)",
                    remedy: "only if captures have to show the wire's segments: sudo ethtool -K \(device.name) gro off")
            ]
        }
        return []
    }

    private static func queues(_ device: DeviceFacts) -> [Finding] {
        var findings: [Finding] = []
        if device.dropped > 0 {
            var remedy = "watch it with ip -s link show \(device.name)"
            if let ring = device.ring, ring.now < ring.most {
                remedy = "sudo ethtool -G \(device.name) rx \(ring.most); " + remedy
            }
            findings.append(
                .warning(
                    name, device.name,
                    "dropped \(device.dropped) packets since it came up, before any capture saw them",
                    remedy: remedy))
        } else if let ring = device.ring, ring.now < ring.most {
            findings.append(
                .note(
                    name, device.name, "its receive ring holds \(ring.now) packets of \(ring.most) that it could",
                    remedy: "where bursts get lost: sudo ethtool -G \(device.name) rx \(ring.most)"))
        }
        return findings
    }

    private static func promiscuity(_ device: DeviceFacts, _ isWanted: Bool) -> [Finding] {
        switch device.promiscuousError {
        case nil: return []
        case 0: return [.ok(name, device.name, "promiscuous mode is possible")]
        case let code?:
            return [
                .problem(
                    name, device.name, "promiscuous mode is not possible: \(describe(errno: code))",
                    remedy: "leave out --promiscuous", code == EPERM ? .permission : .serviceUnavailable)
            ]
        }
    }
}
