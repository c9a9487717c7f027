extension SettingTable {
    static let selection: [Setting] = [
        .list(
            "sip_user", \.engine.selection.sipUsers, "pattern", .selection,
            "Calls of these users only: 'alice' contains, 'alice*' begins, '*456789' ends, '\\*' is a literal star."
        ).live().short("u").also("sipuser"),
        .optionalText(
            "sip_user_file", \.sipUserFile, .file, .selection, "More --sip-user patterns, one a line, '#' for comments."
        ).live(),
        .list("call_id", \.engine.selection.callIDs, "id", .selection, "Calls with these Call-IDs only.").live(),
        .instant(
            "from_time", \.engine.selection.fromTime, .selection,
            "Packets from this time on (RFC 3339 or seconds since 1970)."
        ).on(.any),
        .instant("to_time", \.engine.selection.toTime, .selection, "Packets before this time.").on(.any),
        .optionalCount("count", \.engine.selection.count, .selection, "Stop after this many packets.").on(.any),
        .optionalDuration(
            "duration", \.engine.selection.duration, .selection, "Stop this long after the first packet."
        ).on(.any),
        Setting(
            key: "sip_port", short: "S", kind: .ports, group: .selection, standard: .ports([]),
            help: "SIP only to or from these ports (otherwise it is recognised by content)."
        ) { if case .ports(let ports) = $0 { $1.engine.selection.sipPorts = ports } },
        Setting(
            key: "rtp_port_range", short: "R", kind: .portRanges, group: .selection, standard: .portRanges([]),
            help: "Media only to or from ports in these ranges."
        ) { if case .portRanges(let ranges) = $0 { $1.engine.selection.rtpPortRanges = ranges } },
        .flag("udp_only", \.engine.selection.udpOnly, .selection, "Leave SIP over TCP alone.").short("U"),
        .flag("esp_null", \.engine.selection.espNull, .selection, "Look into ESP: all of it is NULL encrypted."),
        .flag(
            "esp_heuristic", \.engine.selection.espHeuristic, .selection,
            "Look into ESP whose padding, lengths and checksums show that it is NULL encrypted."),
    ]
}

extension Setting {
    fileprivate static func optionalCount(_ key: String, _ place: Place<Int?>, _ group: Group, _ help: String)
        -> Setting
    {
        Setting(key: key, kind: .integer(1...Int.max), group: group, help: help) {
            if case .integer(let value) = $0 { $1[keyPath: place] = value }
        }
    }

    fileprivate static func optionalDuration(_ key: String, _ place: Place<Int64?>, _ group: Group, _ help: String)
        -> Setting
    {
        Setting(key: key, kind: .duration(.milliseconds(1)...(.hours(24 * 3650))), group: group, help: help) {
            if case .duration(let value) = $0 { $1[keyPath: place] = value }
        }
    }
}
