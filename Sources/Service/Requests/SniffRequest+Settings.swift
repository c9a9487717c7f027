import Engine

extension SniffRequest {
    /// The request that the settings make, with everything checked that concerns more than one of them.
    public init(_ resolved: ResolvedSettings) throws(CommandError) {
        let settings = resolved.settings
        try SettingConflicts(resolved).check(settings)
        self.init()
        capture = settings.capture
        // An interface from the configuration gives way to the files on the command line.
        if !capture.files.isEmpty { capture.interfaces = [] }
        // So does HEP to files, and to an interface from a better source; equal ones have been refused.
        let hep = resolved.entry("voip.hep_listen")?.source.rank ?? 4
        let interface = resolved.entry("voip.interface")?.source.rank ?? 4
        if !capture.files.isEmpty || interface < hep { capture.hepListen = [] }
        if !capture.hepListen.isEmpty { capture.interfaces = [] }
        engine = settings.engine
        engine.isSynthesized = !capture.hepListen.isEmpty
        if let path = settings.sipUserFile {
            engine.selection.sipUsers += try SIPUserFile.read(path)
        }
        keeping = settings.keeping
        engine.archive = try archive(settings, resolved)
        engine.archive?.finishedSuffix = keeping.suffix
        engine.archive?.leavesPending = keeping.leavesPending
        output = settings.output
        output.progress = !capture.isLive && !output.quiet && StandardStream.error.isTerminal
        log = settings.log
        service = ServiceOptions(settings)
        if output.quiet, resolved.entry("log_level")?.source == .standard { log.level = "error" }
        configurationFile = settings.configurationFile
        health = settings.health
        status = settings.status
        // A replay beside a running service must not want the service's address.
        if !capture.isLive {
            if resolved.entry("status_listen")?.source.rank != 0 { status.listen = nil }
            if resolved.entry("status_socket")?.source.rank != 0 { status.socket = nil }
        }
    }

    private func archive(_ settings: Settings, _ resolved: ResolvedSettings) throws(CommandError) -> ArchiveOptions? {
        var archive = settings.archive
        archive.live = capture.isLive
        let directory = resolved.entry("voip.output_dir")
        let prefix = resolved.entry("voip.write_file")
        // Of a directory and a prefix the better source's counts; equal ones have been refused.
        if let path = settings.writePrefix, (prefix?.source.rank ?? 4) < (directory?.source.rank ?? 4) {
            let form = try PrefixedFiles(prefix: path, source: prefix?.source ?? .standard)
            archive.directory = form.directory
            archive.pattern = form.pattern
            archive.namePrefix = form.name
            return archive
        }
        guard let path = settings.outputDirectory else { return nil }
        // A replay writes only where it was told to on its own command line, never into the service's directory.
        if !capture.isLive, directory?.source.rank != 0 { return nil }
        archive.directory = path
        return archive
    }
}

extension PacketRequest {
    public init(_ resolved: ResolvedSettings) throws(CommandError) {
        let settings = resolved.settings
        try SettingConflicts(resolved).check(settings)
        self.init()
        capture = settings.capture
        if !capture.files.isEmpty { capture.interfaces = [] }
        selection = settings.engine.selection
        writeFile = settings.captureFile
        output = settings.output
        output.progress = !capture.isLive && !output.quiet && StandardStream.error.isTerminal
        log = settings.log
        service = ServiceOptions(settings)
        if output.quiet, resolved.entry("log_level", of: .packets)?.source == .standard { log.level = "error" }
    }
}

extension ServiceOptions {
    init(_ settings: Settings) {
        self.init()
        user = settings.user
        stopTimeout = settings.stopTimeout
        memoryBudget = settings.memoryBudget
    }
}
