/// `-w PREFIX`: `PREFIX_sip_<callid>.pcap` and `PREFIX_rtp_<callid>.pcap`, as a directory and a pattern.
struct PrefixedFiles {
    let directory: String
    let pattern: String
    /// The part of the prefix that begins every file's name.
    let name: String

    init(prefix: String, source: SettingSource) throws(CommandError) {
        let slash = prefix.lastIndex(of: "/")
        name = String(slash.map { prefix[prefix.index(after: $0)...] } ?? prefix[...])
        directory = slash.map { $0 == prefix.startIndex ? "/" : String(prefix[..<$0]) } ?? "."
        pattern = "\(name)_{kind}_{callid}.pcap"
        guard !name.isEmpty, !name.contains("{"), !name.contains("}") else {
            throw CommandError(
                "'\(prefix)' is no prefix of a file name", at: source.place,
                remedy: name.isEmpty ? "add a name after the last '/'" : "for placeholders use --per-call-pcap-pattern",
                exitStatus: source.exitStatus)
        }
    }
}
