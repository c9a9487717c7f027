/// What the status service may not be told: to be open to others without TLS and a token, above all.
struct StatusConflicts {
    let resolved: ResolvedSettings

    init(_ resolved: ResolvedSettings) { self.resolved = resolved }

    func check(_ settings: Settings) throws(CommandError) {
        let status = settings.status
        if let address = status.address {
            for (key, value) in [("status_tls_certificate", status.certificate), ("status_tls_key", status.key)]
            where value == nil && (status.certificate != nil || status.key != nil) {
                throw problem("TLS needs a certificate and its key", "status_listen", "give \(key) too")
            }
            if !address.isLoopback, status.certificate == nil {
                throw problem(
                    "the status service is open to others without TLS", "status_listen",
                    "give status_tls_certificate and status_tls_key, or listen on 127.0.0.1")
            }
            if !address.isLoopback, status.tokenFile == nil {
                throw problem(
                    "the status service is open to others without a token", "status_listen",
                    "give status_token_file, or listen on 127.0.0.1")
            }
        }
        if let socket = status.socket, socket.utf8.count > 107 {
            throw problem("the name of the socket is too long", "status_socket", "107 bytes at most")
        }
        let pairs = [
            ("health_memory_critical", settings.health.memoryWarning, settings.health.memoryCritical),
            ("health_disk_critical", settings.health.diskWarning, settings.health.diskCritical),
        ]
        for (key, warning, critical) in pairs where warning > critical {
            throw problem("\(key) is below its warning", key, "a warning comes first")
        }
    }

    private func problem(_ what: String, _ key: String, _ remedy: String) -> CommandError {
        let source = resolved.entries.first { $0.setting.key == key }?.source
        return CommandError(
            what, at: source?.place ?? key, remedy: remedy, exitStatus: source?.exitStatus ?? .configuration)
    }
}
