import Archive
import Calls
import Engine
import Glibc
import Synchronization

/// Where records go: `calls.jsonl` beside the captures, and standard output in the format asked for.
///
/// Why @unchecked Sendable holds: `turn` guards what `write` and `retry` use. The rest is touched by the main thread alone, before
/// the engine runs (`begin`, `writeRecovered`) and after its workers were joined (`finish`).
final class RecordOutput: @unchecked Sendable {
    let formats: RecordFormats
    private let format: OutputFormat
    private let isQuiet: Bool
    /// Live: somebody may follow the output, and a kill must not take records with it.
    private let isLive: Bool
    private let terminalWidth: Int
    private let directory: ArchiveDirectory?
    private var log: RecordLog?
    /// `write` and `retry` come from different threads.
    private let turn = Mutex(())
    private var buffer: [UInt8] = []
    private var firstError: CommandError?

    init(_ request: SniffRequest, _ directory: ArchiveDirectory?) throws(CommandError) {
        format = request.output.format(on: .output)
        isQuiet = request.output.quiet
        isLive = request.capture.isLive
        terminalWidth = Self.width
        self.directory = directory
        if let directory {
            do throws(ArchiveError) {
                log = try RecordLog(
                    directory: directory, rotationSize: UInt64(max(request.keeping.recordLogSize, 0)))
            } catch {
                throw CommandError(error)
            }
        } else {
            log = nil
        }
        let line: RecordFormats.Line =
            switch (isQuiet, format) {
            case (true, _), (_, .json), (_, .automatic): .none
            case (_, .csv): .csv
            case (_, .text): .table(width: terminalWidth)
            }
        formats = RecordFormats(json: directory != nil || (format == .json && !isQuiet), line: line)
    }

    private static var width: Int {
        var size = winsize()
        guard ioctl(StandardStream.output.rawValue, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 120 }
        return Int(size.ws_col)
    }

    /// The heading of a table.
    func begin() {
        switch formats.line {
        case .none: break
        case .csv: CSVTable.appendHeader(to: &buffer)
        case .table(let width): CallTable(width: width).appendHeader(to: &buffer)
        }
        flush()
    }

    func write(_ outgoing: OutgoingRecord) { turn.withLock { _ in writeInTurn(outgoing) } }

    private func writeInTurn(_ outgoing: OutgoingRecord) {
        do throws(ArchiveError) {
            try log?.append(outgoing.json)
            if isLive { try log?.flush() }
        } catch {
            // Lines that wait for the disk are not lost yet.
            if directory?.gate.reason == nil { note(CommandError(error)) }
        }
        guard !isQuiet else { return }
        buffer.append(contentsOf: format == .json ? outgoing.json : outgoing.line)
        if isLive || buffer.count >= 1 << 16 || isatty(StandardStream.output.rawValue) == 1 { flush() }
    }

    /// Writes the lines that have waited for the disk to be well again.
    func retry() {
        turn.withLock { _ in
            do throws(ArchiveError) {
                try log?.flush()
            } catch {
                if directory?.gate.reason == nil { note(CommandError(error)) }
            }
        }
    }

    /// Lines of `calls.jsonl` that could not be written, and files of it put aside.
    var logCounters: (lost: UInt64, rotations: UInt64) {
        turn.withLock { _ in (log?.linesLost ?? 0, log?.rotations ?? 0) }
    }

    /// Calls of an earlier run; they go to the log of records only, because they are no part of this run's figures.
    func writeRecovered(_ records: [CallRecord]) {
        do throws(ArchiveError) {
            for record in records {
                var line: [UInt8] = []
                JSONLines.append(record, to: &line)
                try log?.append(line)
            }
            try log?.flush()
        } catch {
            note(CommandError(error))
        }
    }

    private func flush() {
        guard !buffer.isEmpty else { return }
        if !writeAll(buffer, to: StandardStream.output.rawValue) {
            note(CommandError("cannot write to standard output", remedy: nil, exitStatus: .inputOutput))
        }
        buffer.removeAll(keepingCapacity: true)
    }

    private func note(_ error: CommandError) {
        if firstError == nil { firstError = error }
    }

    // MARK: The end

    /// Prints the summary and everything that went wrong. Returns the exit status.
    ///
    /// - Parameter problems: of the input, beside those in the result.
    func finish(_ result: SnifferResult, problems: [CommandError]) -> ExitStatus {
        if !isQuiet { appendSummary(result) }
        do throws(ArchiveError) {
            for orphan in result.orphans where log != nil {
                var line: [UInt8] = []
                JSONLines.append(orphan, to: &line)
                try log?.append(line)
            }
            try log?.flush(isLast: true)
        } catch {
            note(CommandError(error))
        }
        flush()
        return report(result, problems)
    }

    private func appendSummary(_ result: SnifferResult) {
        switch format {
        case .json:
            for orphan in result.orphans { JSONLines.append(orphan, to: &buffer) }
            JSONLines.append(result.summary, to: &buffer)
        case .csv:
            flush()
            var text: [UInt8] = []
            SummaryText.append(result.summary, to: &text)
            _ = writeAll(text, to: StandardStream.error.rawValue)
        case .text, .automatic:
            buffer.append(UInt8(ascii: "\n"))
            SummaryText.append(result.summary, to: &buffer)
        }
    }

    private func report(_ result: SnifferResult, _ problems: [CommandError]) -> ExitStatus {
        var status = ExitStatus.ok
        func say(_ error: CommandError) {
            error.say()
            if status == .ok { status = error.exitStatus }
        }
        for damage in result.damages {
            say(CommandError(damage.description, exitStatus: ExitStatus(rawValue: damage.exitStatus) ?? .badData))
        }
        for problem in problems { say(problem) }
        if let error = result.readError { say(CommandError(error)) }
        if let error = result.fileError { say(CommandError(error)) }
        if let error = firstError { say(error) }
        if let imbalance = result.summary.ledger.check() {
            say(
                CommandError(
                    "the packet ledger does not balance: captured \(imbalance.captured), "
                        + "sum of classes \(imbalance.sumOfClasses), sum of owners \(imbalance.sumOfOwnerships)",
                    remedy: "this is a defect of lc; please report it with the capture", exitStatus: .software))
        }
        return status
    }
}
