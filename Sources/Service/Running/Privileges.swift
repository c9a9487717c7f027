import CLinux
import Glibc
import Logging

/// What the program may do once its inputs are open: as little as is needed to go on
/// (`docs/decisions/0014-live-hardening.md`).
struct Privileges {
    /// A user's name or number; nil stays who we are.
    var user: String?
    /// Devices that have to be opened again when they return.
    var interfaces: [String] = []

    /// Gives up everything else, for good. To be called while the program has one thread: the kernel keeps privileges by
    /// thread.
    func drop() throws(CommandError) {
        guard process_control(PR_SET_NO_NEW_PRIVS, 1, 0) == 0 else {
            throw CommandError("cannot give up privileges: \(describe(errno: errno))", exitStatus: .permission)
        }
        if let user { try become(user) }
        guard Capabilities.keepOnly(kept) else {
            throw CommandError("cannot give up privileges: \(describe(errno: errno))", exitStatus: .permission)
        }
        Logger(label: "privileges").debug(
            "dropped",
            metadata: [
                "user_id": "\(geteuid())", "capabilities": "\(Capabilities.permitted.names.joined(separator: ","))",
            ])
    }

    private var kept: Capabilities {
        var kept: Capabilities = []
        if !interfaces.isEmpty { kept.insert(.netRaw) }
        // Netfilter's queues and logs are netlink's, not packet sockets.
        if interfaces.contains(where: { $0.hasPrefix("nflog") || $0.hasPrefix("nfqueue") }) { kept.insert(.netAdmin) }
        // root without it could not write into somebody's folder, and owns all that matters on the machine anyway.
        if geteuid() == 0 { kept.insert(.dacOverride) }
        return kept
    }

    // MARK: Another user

    private func become(_ name: String) throws(CommandError) {
        let account = try Account.named(name)
        guard account.user != geteuid() else { return }
        guard geteuid() == 0 else {
            throw CommandError(
                "only root can become another user", at: "--user \(name)",
                remedy: "leave it out, or start lc as root", exitStatus: .permission)
        }
        Log.give(to: account.user, account.group)
        // Kept over the change, so that devices can be opened again; the rest goes right after.
        _ = process_control(PR_SET_KEEPCAPS, 1, 0)
        guard initgroups(account.name, account.group) == 0,
            // Of root these set the real and the saved one too, so there is no way back.
            setgid(account.group) == 0, setuid(account.user) == 0
        else {
            throw CommandError(
                "cannot become another user: \(describe(errno: errno))", at: "--user \(name)", exitStatus: .permission)
        }
        // The log is opened again by name, now as that user, so that the first rotation brings no surprise.
        try Log.reopen()
    }
}

/// An entry of the user database.
private struct Account {
    var name: String
    var user: uid_t
    var group: gid_t

    static func named(_ text: String) throws(CommandError) -> Account {
        var entry = passwd()
        var result: UnsafeMutablePointer<passwd>?
        var buffer = [CChar](repeating: 0, count: 16 << 10)
        let status =
            if let number = uid_t(text) {
                getpwuid_r(number, &entry, &buffer, buffer.count, &result)
            } else {
                getpwnam_r(text, &entry, &buffer, buffer.count, &result)
            }
        guard status == 0, result != nil, let name = entry.pw_name else {
            throw CommandError(
                "there is no such user", at: "--user \(text)", remedy: "see getent passwd", exitStatus: .configuration)
        }
        return Account(name: String(cString: name), user: entry.pw_uid, group: entry.pw_gid)
    }
}
