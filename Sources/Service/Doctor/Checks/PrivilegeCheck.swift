import Glibc

/// Whether packets may be captured, by the user who asks.
enum PrivilegeCheck {
    private static let name = "privileges"

    static func findings(_ settings: Settings, _ process: ProcessFacts) -> [Finding] {
        guard settings.capture.hepListen.isEmpty else { return [.ok(name, nil, "HEP needs none")] }
        let who = process.user == 0 ? "root" : "user \(process.user)"
        let hasRight = process.capabilities.contains(.netRaw)
        switch (hasRight, process.packetSocketError) {
        case (true, nil): break
        case (true, let code?):
            let remedy =
                code == EAFNOSUPPORT
                ? "in the unit: RestrictAddressFamilies= has to allow AF_PACKET AF_NETLINK AF_INET AF_INET6 AF_UNIX"
                : "a sandbox keeps lc from it: look for seccomp, AppArmor or SELinux"
            return [
                .problem(
                    name, nil, "\(who) has CAP_NET_RAW and cannot open a packet socket: \(describe(errno: code))",
                    remedy: remedy, .permission)
            ]
        default:
            return [.problem(name, nil, "\(who) may not capture packets", remedy: grant(process), .permission)]
        }
        var findings: [Finding] = [.ok(name, nil, "\(who) may capture packets (CAP_NET_RAW)")]
        let netfilter = settings.capture.interfaces.filter { $0.hasPrefix("nflog") || $0.hasPrefix("nfqueue") }
        if let device = netfilter.first, !process.capabilities.contains(.netAdmin) {
            findings.append(
                .problem(
                    name, device, "netfilter's devices need CAP_NET_ADMIN too",
                    remedy: "sudo setcap cap_net_raw,cap_net_admin=eip \(process.program)", .permission))
        }
        return findings
    }

    private static func grant(_ process: ProcessFacts) -> String {
        if process.hasNoNewPrivileges {
            return "no_new_privs is set, so file capabilities do not count: AmbientCapabilities=CAP_NET_RAW in the unit"
        }
        return
            "sudo setcap cap_net_raw,cap_net_admin=eip \(process.program), or AmbientCapabilities=CAP_NET_RAW in the unit"
    }
}
