import Glibc

/// Packets from live interfaces, through libpcap.
///
/// Every packet is copied once, from the kernel's ring to the batch. Reads belong on a thread of their own; they wait at
/// most the options' timeout. A device that goes away does not end the capture: it is opened again when it returns.
@safe public final class LiveSource: PacketSource {
    private let slots: [LiveSlot]
    private let watch = LinkWatch()
    private let options: LiveOptions
    private let scratch: UnsafeMutableBufferPointer<CapturedPacket>
    /// A packet for which the last batch had no room.
    private var overflow: (packet: CapturedPacket, bytes: [UInt8])?
    /// The device that is asked first; it changes so that a busy one does not starve the others.
    private var turn = 0
    private var drain: LiveDrain?
    /// When the devices are looked at next although nothing was heard of them; monotonic nanoseconds.
    private var nextLook: Int64 = 0

    /// Ends the capture from any thread.
    public let stopper: LiveStopper
    public private(set) var interfaces: [CaptureInterface] = []
    public var linkTypes: [UInt32] {
        interfaces.reduce(into: []) { if !$0.contains($1.linkType) { $0.append($1.linkType) } }
    }
    public let isNanosecond: Bool
    /// What libpcap remarked when opening the devices.
    public let warnings: [String]
    /// Told on the reading thread, which waits meanwhile. To be set before the first read.
    public var onEvent: ((LiveEvent) -> Void)?
    public var damages: [CaptureDamage] { [] }

    /// Most packets taken from a device at once.
    static let dispatchPackets = 4096

    /// Opens all devices, or throws for the first that cannot be opened. A name given twice counts once.
    public init(_ options: LiveOptions) throws(CaptureError) {
        self.options = options
        stopper = try LiveStopper()
        var opened: [LiveSlot] = []
        for name in options.interfaces {
            guard opened.count < LiveSource.maxDevices else { break }
            if !opened.contains(where: { $0.name == name }) { opened.append(try LiveSlot(name, options: options)) }
        }
        slots = opened
        let devices = opened.compactMap(\.device)
        isNanosecond = devices.contains { $0.interface.isFinerThanMicrosecond }
        warnings = devices.compactMap { device in device.warning.map { "\(device.name): \($0)" } }
        unsafe scratch = .allocate(capacity: LiveSource.dispatchPackets)
        for device in devices { _ = number(device) }
    }

    deinit { unsafe scratch.deallocate() }

    /// Devices at once. Each has a ring in the kernel's memory.
    static let maxDevices = 256

    /// Gives the device the number of its interface; true if that is a new one because it returned as another kind.
    private func number(_ device: LiveDevice) -> Bool {
        if let known = interfaces.firstIndex(of: device.interface) {
            device.number = UInt16(known)
            return false
        }
        // Each return of a device may add one; they run out only for somebody who makes them to.
        guard interfaces.count < CaptureLimits.maximumInterfaces else { return false }
        device.number = UInt16(interfaces.count)
        interfaces.append(device.interface)
        return true
    }

    /// Received and dropped, asked of the kernel now. Call it on the reading thread, or when that has ended.
    public var statistics: CaptureStatistics {
        var sum = CaptureStatistics()
        for slot in slots {
            let statistics = slot.statistics
            sum.received += statistics.received
            sum.droppedByKernel += statistics.droppedByKernel
            sum.droppedByInterface += statistics.droppedByInterface
            sum.interfaces.append(statistics)
        }
        return sum
    }

    /// Devices that nothing is captured on now. To be asked when the capture has ended.
    public var failures: [CaptureError] { slots.compactMap(\.problem) }

    public func read(into batch: inout PacketBatch, limit maxPackets: Int) throws(CaptureError) -> ReadStatus {
        batch.removeAll()
        let start = LiveDrain.clock(CLOCK_MONOTONIC)
        if stopper.isStopping, drain == nil { drain = LiveDrain(options) }
        collect(&batch, limit: max(maxPackets, 1))
        if batch.isEmpty {
            if isFinished { return .endOfInput }
            wait()
            if stopper.isStopping, drain == nil { drain = LiveDrain(options) }
            collect(&batch, limit: max(maxPackets, 1))
        }
        lookAfterDevices()
        if var drain {
            drain.note(batch, devices, since: start)
            self.drain = drain
        }
        if !batch.isEmpty { return .packets }
        return isFinished ? .endOfInput : .idle
    }

    private var devices: [LiveDevice] { slots.flatMap(\.devices) }

    private var isFinished: Bool { drain != nil && overflow == nil && devices.allSatisfy(\.isDrained) }

    /// One round over all devices.
    private func collect(_ batch: inout PacketBatch, limit: Int) {
        var end = 0
        if let (packet, bytes) = overflow {
            overflow = nil
            end = batch.appendFirst(packet, bytes)
        }
        var runs: [Int] = []
        let devices = devices
        for step in devices.indices {
            let device = devices[(turn + step) % devices.count]
            guard batch.count < limit else { break }
            guard !device.isDrained else { continue }
            runs.append(batch.count)
            let room = limit - batch.count
            switch unsafe device.dispatch(into: &batch, &end, limit: room, scratch: scratch) {
            case .done:
                drain?.asked(device, hadPackets: batch.count > runs[runs.count - 1])
                continue
            case .failed(let error):
                failed(device, error)
                continue
            case .overflow(let packet, let bytes):
                overflow = (packet, bytes)
                drain?.asked(device, hadPackets: true)
            }
            break
        }
        turn = devices.isEmpty ? 0 : (turn + 1) % devices.count
        if runs.count > 1 { batch.mergeRuns(startingAt: runs) }
    }

    /// Until a device has something, a stop is asked for, a device changes, or the timeout.
    private func wait() {
        var polled = slots.compactMap(\.device).map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
        if drain == nil { polled.append(pollfd(fd: stopper.readEnd, events: Int16(POLLIN), revents: 0)) }
        if watch.descriptor >= 0 { polled.append(pollfd(fd: watch.descriptor, events: Int16(POLLIN), revents: 0)) }
        // What a device that went away still holds comes without a word.
        let timeout = slots.contains { $0.leaving != nil } ? 10 : options.effectiveTimeout
        _ = unsafe poll(&polled, nfds_t(polled.count), min(timeout, options.effectiveTimeout))
    }

    // MARK: Devices that go and return

    private func failed(_ device: LiveDevice, _ error: CaptureError) {
        // The handle of a device that has gone says so again each time it is asked.
        guard let slot = slots.first(where: { $0.device === device }) else { return }
        tell(slot.lose(error, now: LiveDrain.clock(CLOCK_MONOTONIC)), slot)
    }

    private func lookAfterDevices() {
        let now = LiveDrain.clock(CLOCK_MONOTONIC)
        let hasNews = watch.drain()
        for slot in slots { slot.endLeaving() }
        // After a stop nothing is opened any more.
        guard drain == nil, hasNews || now >= nextLook else { return }
        for slot in slots {
            if let event = slot.look(now: now, hasNews: hasNews) { tell(event, slot) }
        }
        nextLook = slots.reduce(now + 1_000_000_000) { min($0, $1.nextLook(now)) }
    }

    private func tell(_ event: LiveEvent, _ slot: LiveSlot) {
        nextLook = 0
        var event = event
        if case .reopened(let name, let nanoseconds, let attempts, _) = event, let device = slot.device {
            event = .reopened(
                name: name, afterNanoseconds: nanoseconds, attempts: attempts, linkTypeChanged: number(device))
        }
        onEvent?(event)
    }
}
