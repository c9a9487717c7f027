extension SettingTable {
    static let input: [Setting] = [
        .list(
            "interface", \.capture.interfaces, standard: ["any"], "name", .input,
            "Live interfaces; 'any' is all of them."
        )
        .short("i").also("interfaces").on(.any),
        .list(
            "read_file", \.capture.files, "file", .input,
            "Read captures (pcap, pcapng, gzip; '-' is stdin); several are merged by time."
        ).short("r").within(.commandLine).on(.any),
        .optionalText(
            "filter", \.capture.filter, .text(placeholder: "bpf"), .input,
            "Look only at packets that a BPF expression lets through."
        ).short("f").on(.any),
        .flag("promiscuous", \.capture.promiscuous, .input, "Put the interfaces into promiscuous mode.").short("p")
            .on(.any),
        .size(
            "snaplen", \.capture.snaplen, 262_144, in: 64...262_144, .input, "Capture this many bytes of each packet."
        ).on(.any),
        .size(
            "pcap_buffer_size", \.capture.bufferSize, .mebibytes(16), in: .kibibytes(64)...(.gibibytes(2) - 1), .input,
            "Size of the kernel's capture buffer of each interface."
        ).on(.any),
        .flag(
            "immediate_mode", \.capture.immediate, .input,
            "Have every packet at once: the kernel's buffer then holds a few hundred packets, so lower --snaplen."
        ).on(.any),
        Setting(
            key: "hep_listen", kind: .hepAddresses, group: .input, standard: .list([]),
            help: "Receive HEP from capture agents (udp:127.0.0.1:9060) instead of capturing; packets are made of it."
        ) { if case .list(let values) = $0 { $1.capture.hepListen = values } },
    ]
}
