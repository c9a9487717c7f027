import CLinux
import Glibc

/// Who we are and what we may do.
struct ProcessFacts: Sendable {
    var user: UInt32 = 0
    var program = "/usr/local/bin/lc"
    var capabilities: Capabilities = []
    /// Set for good: file capabilities give nothing.
    var hasNoNewPrivileges = false
    /// `errno` of opening a packet socket; nil when it opened.
    var packetSocketError: Int32?

    static func gather() -> ProcessFacts {
        var facts = ProcessFacts()
        facts.user = geteuid()
        Capabilities.raise()
        facts.capabilities = Capabilities.permitted
        facts.hasNoNewPrivileges = SystemFile.number("NoNewPrivs", in: "/proc/self/status") == 1
        if let program = SystemFile.target("/proc/self/exe") { facts.program = program }
        // Protocol 0 receives nothing.
        let descriptor = socket(AF_PACKET, Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        if descriptor >= 0 { close(descriptor) } else { facts.packetSocketError = errno }
        return facts
    }
}
