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
    ///   - reload: reads the configuration again, for SIGHUP. It throws when the new one is invalid; the old one stays.
    public static func run(
        _ request: SniffRequest, reload: @escaping @Sendable () throws(CommandError) -> SniffRequest
    ) throws(CommandError) -> ExitStatus {
        MemoryReturn.apply(request.engine.limits)
        let key = try request.keeping.keyFile.map { (path) throws(CommandError) in try KeyFile.read(path) }
        let control = SnifferControl()
        let signals = SignalThread(control)
        defer { signals.stop() }
        let opened = try Sources.open(
            request.capture, window: CaptureWindow(request.engine.selection), limits: request.engine.limits,
            nanoseconds: request.engine.archive?.nanoseconds ?? false, control: control)
        signals.opened()
        let directory = try openDirectory(request.engine.archive)
        let keeper = try ArchiveKeeper(request, directory, key)
        let recovered = keeper.recover()
        let output = try RecordOutput(request, directory)
        output.writeRecovered(recovered)
        keeper.start(output, recovered)
        let sniffer = Sniffer(
            request.engine, formats: output.formats, directory: directory, isLive: request.capture.isLive,
            control: control,
            deliver: {
                output.write($0)
                keeper.add($0.record)
            })
        var progress = ReplayProgress(request)
        sniffer.onProgress = { progress.update($0) }
        output.begin()
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
        return output.finish(result, problems: opened.problems(afterStop: control.isStopping))
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
        self.init(error.description, exitStatus: ExitStatus(rawValue: error.exitStatus) ?? .cannotCreateOutput)
    }
}
