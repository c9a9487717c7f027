extension SettingTable {
    static let status: [Setting] = [
        .optionalText(
            "status_listen", \.status.listen, .address, .status,
            "Answer questions about the status over HTTP here; other addresses than loopback need TLS and a token."
        ).within(.general),
        .optionalText(
            "status_socket", \.status.socket, .file, .status,
            "The same on this Unix socket (mode 0660), where 'lc show status' asks."
        ).within(.general),
        .optionalText(
            "status_token_file", \.status.tokenFile, .file, .status,
            "File with the token that clients of status_listen must show ('Authorization: Bearer …')."
        ).within(.general),
        .optionalText(
            "status_tls_certificate", \.status.certificate, .file, .status,
            "PEM file with the certificate, and those that lead to it, of status_listen."
        ).within(.general),
        .optionalText(
            "status_tls_key", \.status.key, .file, .status, "PEM file with the certificate's private key."
        ).within(.general),
        .integer(
            "status_recent_calls", \.status.recentCalls, 1000, in: 0...100_000, .status,
            "Ended calls that the status service still shows."
        ).within(.general),
        .integer(
            "health_memory_warning", \.health.memoryWarning, 75, in: 1...100, .status,
            "Percent of a memory budget from which memory is degraded."
        ).live().within(.general),
        .integer(
            "health_memory_critical", \.health.memoryCritical, 90, in: 1...100, .status,
            "Percent of a memory budget from which memory is unhealthy."
        ).live().within(.general),
        .integer(
            "health_disk_warning", \.health.diskWarning, 80, in: 1...100, .status,
            "Percent of the output directory's disk from which it is degraded."
        ).live().within(.general),
        .integer(
            "health_disk_critical", \.health.diskCritical, 90, in: 1...100, .status,
            "Percent of the output directory's disk from which it is unhealthy."
        ).live().within(.general),
        .integer(
            "health_cpu_warning", \.health.cpuWarning, 90, in: 1...100, .status,
            "Percent of the processors, or of one processor for a single thread, from which cpu is degraded."
        ).live().within(.general),
        .duration(
            "health_window", \.health.window, .seconds(300), in: .seconds(10)...(.hours(24)), .status,
            "How long something that was dropped or lost makes the service degraded."
        ).live().within(.general),
        .duration(
            "health_stall_timeout", \.health.stallTimeout, .seconds(10), in: .seconds(1)...(.hours(1)), .status,
            "How long neither packets nor ticks may move before the capture is unhealthy."
        ).live().within(.general),
    ]
}
