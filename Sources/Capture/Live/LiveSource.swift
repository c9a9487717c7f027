import Glibc

/// Packets from live interfaces, through libpcap.
///
/// Every packet is copied once, from the kernel's ring to the batch. Reads belong on a thread of their own; they wait at
/// most the options' timeout.
@safe public final class LiveSource: PacketSource {
    private var devices: [LiveDevice] = []
    private let options: LiveOptions
    private let scratch: UnsafeMutableBufferPointer<CapturedPacket>
    /// A packet for which the last batch had no room.
    private var overflow: (packet: CapturedPacket, bytes: [UInt8])?
    /// The device that is asked first; it changes so that a busy one does not starve the others.
    private var turn = 0
    private var drain: LiveDrain?
    private var endedStatistics = CaptureStatistics()

    /// Ends the capture from any thread.
    public let stopper: LiveStopper
    public let interfaces: [CaptureInterface]
    public let linkTypes: [UInt32]
    public let isNanosecond: Bool
    /// What libpcap remarked when opening the devices.
    public let warnings: [String]
    /// Devices that ended while others went on.
    public private(set) var failures: [CaptureError] = []
    public var damages: [CaptureDamage] { [] }

    /// Most packets taken from a device at once.
    static let dispatchPackets = 4096

    /// Opens all devices, or throws for the first that cannot be opened.
    public init(_ options: LiveOptions) throws(CaptureError) {
        self.options = options
        stopper = try LiveStopper()
        var opened: [LiveDevice] = []
        for name in options.interfaces {
            guard opened.count < CaptureLimits.maximumInterfaces else { break }
            opened.append(try LiveDevice(name, number: UInt16(opened.count), options: options))
        }
        interfaces = opened.map(\.interface)
        linkTypes = interfaces.reduce(into: []) { if !$0.contains($1.linkType) { $0.append($1.linkType) } }
        isNanosecond = interfaces.contains { $0.isFinerThanMicrosecond }
        warnings = opened.compactMap { device in device.warning.map { "\(device.name): \($0)" } }
        devices = opened
        unsafe scratch = .allocate(capacity: LiveSource.dispatchPackets)
    }

    deinit { unsafe scratch.deallocate() }

    /// Received and dropped, asked of the kernel now. Call it on the reading thread, or when that has ended.
    public var statistics: CaptureStatistics {
        var sum = endedStatistics
        for device in devices {
            device.updateStatistics()
            sum.add(device.statistics)
        }
        return sum
    }

    public func read(into batch: inout PacketBatch, limit maxPackets: Int) throws(CaptureError) -> ReadStatus {
        batch.removeAll()
        if stopper.isStopping, drain == nil { drain = LiveDrain(options) }
        collect(&batch, limit: max(maxPackets, 1))
        if batch.isEmpty {
            if isFinished { return .endOfInput }
            wait()
            if stopper.isStopping, drain == nil { drain = LiveDrain(options) }
            collect(&batch, limit: max(maxPackets, 1))
        }
        if var drain {
            drain.note(batch, devices)
            self.drain = drain
        }
        if !batch.isEmpty { return .packets }
        return isFinished ? .endOfInput : .idle
    }

    private var isFinished: Bool { overflow == nil && devices.allSatisfy(\.isDrained) }

    /// One round over all devices.
    private func collect(_ batch: inout PacketBatch, limit: Int) {
        var end = 0
        if let (packet, bytes) = overflow {
            overflow = nil
            end = batch.appendFirst(packet, bytes)
        }
        var runs: [Int] = []
        var failed: [Int] = []
        for step in devices.indices {
            let index = (turn + step) % devices.count
            guard batch.count < limit else { break }
            guard !devices[index].isDrained else { continue }
            runs.append(batch.count)
            let room = limit - batch.count
            switch unsafe devices[index].dispatch(into: &batch, &end, limit: room, scratch: scratch) {
            case .done: continue
            case .failed(let error):
                failures.append(error)
                failed.append(index)
                continue
            case .overflow(let packet, let bytes): overflow = (packet, bytes)
            }
            break
        }
        turn = devices.isEmpty ? 0 : (turn + 1) % devices.count
        for index in failed.sorted(by: >) { close(devices.remove(at: index)) }
        if runs.count > 1 { batch.mergeRuns(startingAt: runs) }
    }

    private func close(_ device: LiveDevice) {
        device.updateStatistics()
        endedStatistics.add(device.statistics)
    }

    /// Until a device has something, a stop is asked for, or the timeout.
    private func wait() {
        var polled = devices.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
        if drain == nil { polled.append(pollfd(fd: stopper.readEnd, events: Int16(POLLIN), revents: 0)) }
        _ = unsafe poll(&polled, nfds_t(polled.count), options.effectiveTimeout)
    }
}

extension CaptureStatistics {
    mutating func add(_ other: CaptureStatistics) {
        received += other.received
        droppedByKernel += other.droppedByKernel
        droppedByInterface += other.droppedByInterface
        droppedByQueue += other.droppedByQueue
    }
}
