import Archive
import Calls
import Capture
import Engine
import Glibc
import Logging

/// `lc sniff voip`: from a checked request to the exit status.
public enum SniffVoIP {
    /// - Parameters:
    ///   - request: what to do, complete: no setting is looked up anywhere else.
    ///   - settings: what the request was made of.
    ///   - status: makes the part of the status service that speaks HTTP, should one be asked for.
    ///   - reload: reads the configuration again, for SIGHUP. It throws when the new one is invalid; the old one stays.
    public static func run(
        _ request: SniffRequest, _ settings: ResolvedSettings, status makeServer: StatusServerMaker? = nil,
        reload: @escaping @Sendable () throws(CommandError) -> ResolvedSettings
    ) throws(CommandError) -> ExitStatus {
        MemoryReturn.apply(request.engine.limits)
        // Read before privileges go: it may be root's.
        let key = try request.keeping.keyFile.map { (path) throws(CommandError) in try KeyFile.read(path) }
        let credentials = request.status.isWanted ? try StatusCredentials(request.status) : nil
        let service = ServiceRun(settings, request, control: SnifferControl(), resolve: reload)
        let (opened, signals) = try Sources.open(
            request, window: CaptureWindow(request.engine.selection), service: service)
        defer { signals.stop() }
        let directory = try openDirectory(request.engine.archive)
        let keeper = try ArchiveKeeper(request, directory, key)
        let recovered = keeper.recover()
        let output = try RecordOutput(request, directory)
        var status: StatusOfRun?
        if let credentials, let makeServer {
            let board = StatusBoard(
                request, settings, control: service.control, directory: directory,
                keepingCounters: { keeper.counters })
            status = try StatusOfRun(board, credentials, request.status, makeServer)
            service.publish(on: board)
        }
        defer { status?.stop() }
        output.writeRecovered(recovered)
        keeper.start(output, recovered)
        let sniffer = Sniffer(
            request.engine, formats: output.formats, directory: directory, isLive: request.capture.isLive,
            control: service.control,
            deliver: { [board = status?.board] outgoing in
                output.write(outgoing)
                keeper.add(outgoing)
                board?.add(outgoing.record, line: outgoing.json)
            })
        var progress = ReplayProgress(request)
        sniffer.onProgress = { now in
            service.note(now)
            progress.update(now)
        }
        output.begin()
        MemoryReturn.releaseCode()
        service.began()
        var result: SnifferResult
        do throws(CaptureError) {
            result = try sniffer.run(opened.source)
        } catch {
            keeper.finish()
            throw CommandError(error)
        }
        progress.clear()
        keeper.finish()
        result.summary.counters += keeper.counters
        let exitStatus = output.finish(result, problems: opened.problems)
        service.ended(exitStatus)
        return exitStatus
    }

    private static func openDirectory(_ options: ArchiveOptions?) throws(CommandError) -> ArchiveDirectory? {
        guard let options else { return nil }
        do throws(ArchiveError) {
            return try ArchiveDirectory(
                path: options.directory, use: options.live ? .live : .replay(overwrite: options.overwrite),
                namePrefix: options.namePrefix ?? "")
        } catch {
            // Whatever the reason, 77 stands for capturing without permission, which has another remedy.
            throw CommandError(error.description, exitStatus: .cannotCreateOutput)
        }
    }
}

extension CommandError {
    init(_ error: CaptureError) {
        self.init(
            error.detail, at: error.subject, remedy: error.hint,
            exitStatus: ExitStatus(rawValue: error.exitStatus) ?? .inputOutput)
    }

    init(_ error: ArchiveError) {
        let status = ExitStatus(rawValue: error.exitStatus) ?? .cannotCreateOutput
        // 77 stands for capturing without permission: systemd does not try again after it.
        self.init(error.description, exitStatus: status == .permission ? .cannotCreateOutput : status)
    }
}
