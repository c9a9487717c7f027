import Capture
import Engine
import PacketDecoding

/// Plain `lc sniff`: any packets, as lines on stdout or into one capture file.
public enum SniffPackets {
    public static func run(
        _ request: PacketRequest, _ settings: ResolvedSettings,
        reload: @escaping @Sendable () throws(CommandError) -> ResolvedSettings
    ) throws(CommandError) -> ExitStatus {
        let whole = SniffRequest(request)
        let service = ServiceRun(settings, whole, isPlain: true, control: SnifferControl(), resolve: reload)
        let (opened, signals) = try Sources.open(whole, window: CaptureWindow(request.selection), service: service)
        defer { signals.stop() }
        var run = try PacketRun(request, opened.source, service.control)
        service.began()
        try run.readAll()
        let status = run.finish(opened.problems)
        service.ended(status)
        return status
    }
}

/// The loop of `lc sniff`: reads batches and writes lines or records until the input ends or somebody says stop.
private struct PacketRun {
    private let request: PacketRequest
    private let source: any PacketSource
    private let control: SnifferControl
    private let format: OutputFormat
    private var files: CaptureFiles?
    private var lines = ""
    private var progress: ReplayProgress
    private var decoded = DecodedPacket()
    private var packets: UInt64 = 0
    private var bytes: UInt64 = 0
    private var problem: CommandError?
    /// Nobody reads our output any more (`| head`): an end like any other.
    private var hasNoReader = false

    init(_ request: PacketRequest, _ source: any PacketSource, _ control: SnifferControl) throws(CommandError) {
        self.request = request
        self.source = source
        self.control = control
        format = request.output.format(on: .output)
        progress = ReplayProgress(
            files: request.capture.files, isShown: request.output.progress && (request.writeFile ?? "-") != "-")
        if let path = request.writeFile {
            if path == "-", StandardStream.output.isTerminal {
                throw CommandError(
                    "a capture is no text for a terminal", at: "--write-file -", remedy: "send it to a file or a pipe",
                    exitStatus: .usage)
            }
            let linkType = source.linkTypes.first ?? Capture.LinkType.ethernet
            files = try CaptureFiles(
                path, linkType: linkType, isNanosecond: source.isNanosecond, inputs: request.capture.files)
        } else if format == .csv {
            lines = PacketLine.csvHeader
        }
    }

    mutating func readAll() throws(CommandError) {
        var batch = PacketBatch()
        // A queue is read to its end after a stop: what it holds has been captured.
        reading: while (!control.isStopping || source is QueuedSource) && problem == nil && !hasNoReader {
            do throws(CaptureError) {
                switch try source.read(into: &batch, limit: 1024) {
                case .packets: take(batch)
                case .idle: flush()
                case .endOfInput: break reading
                }
            } catch {
                guard packets > 0 else { throw CommandError(error) }
                problem = CommandError(error)
            }
            if request.capture.isLive { flush() }
            control.beat()
            if control.takeReportRequest() { report() }
            progress.update(bytes: bytes, packets: packets)
        }
        flush()
        progress.clear()
    }

    private mutating func take(_ batch: borrowing PacketBatch) {
        let interfaces = source.interfaces
        do throws(CommandError) {
            for packet in batch.packets {
                packets += 1
                bytes += UInt64(packet.capturedLength)
                let interface = interfaces[Int(packet.interface)]
                if let files {
                    try files.write(packet, batch.bytes[packet.range], linkType: interface.linkType)
                } else {
                    let line = PacketLine(
                        packet, batch.bytes(of: packet), interface, number: packets, decoded: &decoded)
                    lines += line.text(format)
                    if lines.utf8.count >= 1 << 16 { flush() }
                }
            }
        } catch {
            problem = error
        }
    }

    private mutating func flush() {
        do throws(CommandError) {
            try files?.flush()
        } catch {
            noteFailedWrite(error)
        }
        guard !lines.isEmpty else { return }
        if !StandardStream.output.write(lines) {
            noteFailedWrite(CommandError("cannot write to standard output", exitStatus: .inputOutput))
        }
        lines.removeAll(keepingCapacity: true)
    }

    private mutating func noteFailedWrite(_ error: CommandError) {
        if StandardStream.lastWriteFoundNoReader {
            hasNoReader = true
        } else if problem == nil {
            problem = error
        }
    }

    private func report() { StandardStream.error.write(summary + "\n") }

    private var summary: String {
        let statistics = source.statistics
        var text = "\(packets) packets, \(bytes) bytes"
        if let path = request.writeFile, path != "-" { text += " written to \(sanitised(path))" }
        if request.capture.isLive {
            text += "; dropped by the kernel \(statistics.droppedByKernel), "
            text += "by the interface \(statistics.droppedByInterface), by the queue \(statistics.droppedByQueue)"
        }
        return text
    }

    /// Prints the summary and what went wrong. Returns the exit status.
    func finish(_ problems: [CommandError]) -> ExitStatus {
        var all = source.damages.map {
            CommandError($0.description, exitStatus: ExitStatus(rawValue: $0.exitStatus) ?? .badData)
        }
        all += problems
        if let problem { all.append(problem) }
        if let leftOut = files?.packetsLeftOut, leftOut > 0 {
            all.append(
                CommandError(
                    "\(leftOut) packets of another link type were left out", at: "--write-file -",
                    remedy: "write to a file, beside which they get one of their own", exitStatus: .badData))
        }
        if !request.output.quiet { report() }
        for error in all { error.say() }
        return all.first?.exitStatus ?? .ok
    }
}
