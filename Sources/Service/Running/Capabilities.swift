import CLinux
import Glibc

/// A set of Linux capabilities (https://man7.org/linux/man-pages/man7/capabilities.7.html).
struct Capabilities: OptionSet, Equatable {
    let rawValue: UInt64

    static let dacOverride = Capabilities(number: CAP_DAC_OVERRIDE)
    static let netAdmin = Capabilities(number: CAP_NET_ADMIN)
    static let netRaw = Capabilities(number: CAP_NET_RAW)

    init(rawValue: UInt64) { self.rawValue = rawValue }
    private init(number: Int32) { rawValue = 1 << UInt64(number) }

    /// What the calling thread may make effective.
    static var permitted: Capabilities {
        var sets = capability_sets()
        return capabilities_get(&sets) == 0 ? Capabilities(rawValue: sets.permitted) : []
    }

    /// Makes everything that is permitted effective: file capabilities may come without it (`cap_net_raw+p`).
    static func raise() {
        var sets = capability_sets()
        guard capabilities_get(&sets) == 0, sets.effective != sets.permitted else { return }
        sets.effective = sets.permitted
        _ = capabilities_set(&sets)
    }

    /// Leaves the calling thread, and the threads and programs that it starts later, with these and no others. False when
    /// the kernel does not let us.
    static func keepOnly(_ kept: Capabilities) -> Bool {
        // Without CAP_SETPCAP the bounding set stays; no_new_privs makes up for that.
        for number in UInt64(0)..<64 where !kept.contains(Capabilities(rawValue: 1 << number)) {
            _ = process_control(PR_CAPBSET_DROP, UInt(number), 0)
        }
        _ = process_control(PR_CAP_AMBIENT, UInt(PR_CAP_AMBIENT_CLEAR_ALL), 0)
        let left = permitted.intersection(kept)
        var sets = capability_sets(effective: left.rawValue, permitted: left.rawValue, inheritable: 0)
        return capabilities_set(&sets) == 0
    }

    /// As capabilities(7) writes them, for the log.
    var names: [String] {
        let known = [(Self.dacOverride, "dac_override"), (.netAdmin, "net_admin"), (.netRaw, "net_raw")]
        return known.compactMap { contains($0.0) ? $0.1 : nil }
    }
}
