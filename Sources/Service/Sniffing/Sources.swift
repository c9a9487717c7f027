import Capture
import Engine
import Glibc
import Logging

/// Opens what a request names: files, or interfaces.
enum Sources {
    /// Opens the input, gives up the privileges that only this needed, and starts the thread that takes signals.
    static func open(
        _ request: SniffRequest, window: CaptureWindow, service: ServiceRun
    ) throws(CommandError) -> (source: OpenSource, signals: SignalThread) {
        SignalThread.block()
        var privileges = Privileges(user: request.service.user)
        let source: OpenSource
        let signals: SignalThread
        if request.capture.isLive {
            // Nothing here waits, so signals may. Threads come last: they have what the one that starts them has.
            Capabilities.raise()
            let device = try captured { () throws(CaptureError) in
                try openDevice(request.capture, window, request.engine)
            }
            privileges.interfaces = device.live == nil ? [] : request.capture.interfaces
            try privileges.drop()
            signals = SignalThread(service)
            source = queued(device, request.engine.limits, service)
        } else {
            // What comes from files needs no privileges. Opening one may wait for a writer, and a stop must not.
            try privileges.drop()
            signals = SignalThread(service)
            source = try captured { () throws(CaptureError) in
                try openFiles(request.capture, window, request.engine, service.control)
            }
        }
        service.opened()
        return (source, signals)
    }

    private static func captured<Value>(_ body: () throws(CaptureError) -> Value) throws(CommandError) -> Value {
        do throws(CaptureError) {
            return try body()
        } catch {
            throw CommandError(error)
        }
    }

    private static func openDevice(
        _ capture: CaptureRequest, _ window: CaptureWindow, _ engine: EngineOptions
    ) throws(CaptureError) -> Device {
        capture.hepListen.isEmpty
            ? try openLive(capture, window, engine.limits, engine.archive?.nanoseconds ?? false)
            : try openHEP(capture, window)
    }

    /// A source that is open and read by nobody yet.
    private struct Device {
        var source: any PacketSource
        var live: LiveSource?
        var stopper: LiveStopper
    }

    /// Has the source read by a thread of its own.
    private static func queued(_ device: Device, _ limits: EngineLimits, _ service: ServiceRun) -> OpenSource {
        device.live?.onEvent = { service.note($0) }
        let queued = QueuedSource(
            device.source, overload: limits.enableBackpressure ? .wait : .drop, limit: limits.batchSize,
            stopping: .byTelling { [stopper = device.stopper] in stopper.stop() })
        service.control.onStop(queued.stopper)
        return OpenSource(source: queued, filtered: nil, live: device.live)
    }

    // MARK: Files

    private static func openFiles(
        _ capture: CaptureRequest, _ window: CaptureWindow, _ engine: EngineOptions, _ control: SnifferControl
    ) throws(CaptureError) -> OpenSource {
        var source: any PacketSource =
            capture.files.count == 1
            ? try FileSource(path: capture.files[0]) : try MergedSource(paths: capture.files)
        var filtered: FilteredSource?
        if let filter = capture.filter {
            let base = try FilteredSource(source, expression: filter)
            warn(base.blindSpots, filter)
            source = base
            filtered = base
        }
        if !window.isEverything { source = WindowedSource(source, window, isLive: false) }
        // A pipe may be silent for ever, and a stop must not wait for its writer.
        let mayWait = capture.files.contains(where: mayBlock)
        if mayWait || engine.workers > 0 {
            let queued = QueuedSource(
                source, overload: .wait, limit: engine.limits.batchSize, depth: readAhead,
                stopping: mayWait ? .leaving : .afterRead)
            control.onStop(queued.stopper)
            source = queued
        }
        return OpenSource(source: source, filtered: filtered, live: nil)
    }

    /// Batches that may be read before their turn; four are no faster.
    private static let readAhead = 2

    private static func mayBlock(_ path: String) -> Bool {
        var status = stat()
        guard (path == "-" ? fstat(STDIN_FILENO, &status) : stat(path, &status)) == 0 else { return true }
        return status.st_mode & S_IFMT != S_IFREG
    }

    // MARK: Interfaces

    private static func openLive(
        _ capture: CaptureRequest, _ window: CaptureWindow, _ limits: EngineLimits, _ nanoseconds: Bool
    ) throws(CaptureError) -> Device {
        var options = LiveOptions()
        options.interfaces = capture.interfaces
        options.filter = capture.filter ?? ""
        options.isPromiscuous = capture.promiscuous
        options.snapLength = Int32(clamping: capture.snaplen)
        options.kernelBufferBytes = Int32(clamping: capture.bufferSize)
        options.nanoseconds = nanoseconds
        options.isImmediate = capture.immediate
        // Packets wait in the kernel before they wait in our buffers; a kill takes both.
        options.timeoutMilliseconds = Int32(clamping: max(1, min(100, limits.flushInterval / 2_000_000)))
        if let filter = capture.filter { try checkSyntax(filter) }
        let live = try LiveSource(options)
        for warning in live.warnings { Logger(label: "capture").warning("\(warning)") }
        if let filter = capture.filter {
            var spots: FilterBlindSpots = []
            for linkType in live.linkTypes {
                spots.formUnion(FilterBlindSpots(of: try PacketFilter(filter, linkType: linkType)))
            }
            warn(spots, filter)
        }
        var source: any PacketSource = live
        if !window.isEverything { source = WindowedSource(source, window, isLive: true) }
        return Device(source: source, live: live, stopper: live.stopper)
    }

    // MARK: HEP

    private static func openHEP(
        _ capture: CaptureRequest, _ window: CaptureWindow
    ) throws(CaptureError) -> Device {
        let hep = try HEPSource(
            capture.hepListen.compactMap { HEPAddress($0) }, receiveBuffer: capture.bufferSize)
        var source: any PacketSource = hep
        if let filter = capture.filter { source = try FilteredSource(source, expression: filter) }
        // Its packets have the agents' times: so has the window.
        if !window.isEverything { source = WindowedSource(source, window, isLive: true, clock: { hep.now }) }
        return Device(source: source, live: nil, stopper: hep.stopper)
    }

    /// A filter that is wrong on every link type is the user's mistake, whatever the devices or permissions are.
    private static func checkSyntax(_ filter: String) throws(CaptureError) {
        do throws(CaptureError) {
            _ = try PacketFilter(filter, linkType: LinkType.ethernet)
        } catch {
            let others = [LinkType.linuxCookedV2, LinkType.rawIP]
            guard others.contains(where: { (try? PacketFilter(filter, linkType: $0)) != nil }) else { throw error }
        }
    }

    private static func warn(_ spots: FilterBlindSpots, _ filter: String) {
        guard !spots.isEmpty else { return }
        var missing: [String] = []
        if spots.contains(.laterFragments) { missing.append("later IP fragments") }
        if spots.contains(.taggedFrames) { missing.append("VLAN-tagged frames") }
        var remedy: [String] = []
        if spots.contains(.laterFragments) { remedy.append("or ip[6:2] & 0x1fff != 0") }
        if spots.contains(.taggedFrames) { remedy.append("or (vlan and …)") }
        Logger(label: "capture").warning(
            "the filter cannot match \(missing.joined(separator: " or ")); calls in them will be missing",
            metadata: ["filter": "\(filter)", "add": "\(remedy.joined(separator: " "))"])
    }
}

/// A source, and what only its parts can tell when it has ended.
struct OpenSource {
    let source: any PacketSource
    let filtered: FilteredSource?
    let live: LiveSource?

    /// What went wrong without ending the run: link types that the filter does not fit, devices that went away.
    ///
    /// To be asked when the source has said that its input ended; a pipe that was left behind by a stop has not.
    var problems: [CommandError] {
        if let live { return live.failures.map { CommandError($0) } }
        if let queued = source as? QueuedSource, queued.isLeftBehind { return [] }
        return (filtered?.problems ?? []).map { CommandError($0) }
    }
}

extension CaptureWindow {
    init(_ selection: SelectionOptions) {
        self.init(
            count: selection.count, fromTime: selection.fromTime, toTime: selection.toTime,
            duration: selection.duration)
    }
}
