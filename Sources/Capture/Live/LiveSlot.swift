/// One interface that was asked for, over all the times that it is opened.
///
/// When its device goes away the handle is kept for a moment: the kernel hands over what it still holds after it has said
/// that the device is gone.
@safe final class LiveSlot {
    let name: String
    private(set) var device: LiveDevice?
    /// The handle of a device that has gone, and until when it is read at least (monotonic nanoseconds).
    private(set) var leaving: (device: LiveDevice, until: Int64)?
    private let options: LiveOptions
    /// Of handles that were closed.
    private var ended: InterfaceStatistics
    /// As it was when the handle was opened; nil for what is no network device (`any`).
    private var link: LinkState?
    private var lostAt: Int64 = 0
    private var attempts = 0
    private var nextAttempt: Int64 = .max
    private var pause: Int64 = LiveSlot.shortestPause
    private var lastProblem: CaptureError?

    /// Between looks at a device that is away: each is twice as long as the one before.
    static let shortestPause: Int64 = 100_000_000
    static let longestPause: Int64 = 5_000_000_000

    /// Opens the device, or throws.
    init(_ name: String, options: LiveOptions) throws(CaptureError) {
        self.name = name
        self.options = options
        ended = InterfaceStatistics(name: name)
        if case .there(let state) = LinkState.of(name) { link = LinkState(index: state.index, isUp: true) }
        device = try LiveDevice(name, options: options)
    }

    /// The handles that may have packets, the older one first.
    var devices: [LiveDevice] { [leaving?.device, device].compactMap(\.self) }

    /// Asks the kernel.
    var statistics: InterfaceStatistics {
        var sum = ended
        for device in devices {
            device.updateStatistics()
            sum.add(device.statistics)
        }
        sum.state = device == nil ? .lost : link?.isUp == false ? .down : .capturing
        return sum
    }

    /// Why nothing is captured on it now; nil when something is.
    var problem: CaptureError? {
        if device == nil {
            return lastProblem
                ?? CaptureError(
                    .deviceUnavailable, name, detail: "the device went away and did not return",
                    hint: "check ip link show \(name)")
        }
        guard link?.isUp == false else { return nil }
        return CaptureError(
            .deviceUnavailable, name, detail: "the device went down and did not come up again",
            hint: "ip link set \(name) up")
    }

    /// When `look` wants to be called next at the latest, if nothing is heard of the device.
    func nextLook(_ now: Int64) -> Int64 { device == nil ? nextAttempt : now + 1_000_000_000 }

    // MARK: Going away

    /// The device is gone: its handle is read for a moment longer.
    func lose(_ error: CaptureError, now: Int64) -> LiveEvent {
        if let old = leaving { close(old.device) }
        leaving = device.map { ($0, now + options.quietNanoseconds) }
        device = nil
        ended.timesLost += 1
        lostAt = now
        attempts = 0
        pause = LiveSlot.shortestPause
        nextAttempt = now
        lastProblem = nil
        return .lost(name: name, error)
    }

    /// Closes the handle of a device that has gone, once it had time to hand over what it held and was asked for it.
    func endLeaving() {
        guard let old = leaving, old.device.lastEmpty >= old.until else { return }
        close(old.device)
        leaving = nil
    }

    private func close(_ device: LiveDevice) {
        device.updateStatistics()
        ended.add(device.statistics)
    }

    // MARK: Looking after it

    /// Looks at the device, and opens it again when it is back.
    ///
    /// - Parameter hasNews: something changed on the machine; what waits for its next attempt is tried at once.
    func look(now: Int64, hasNews: Bool) -> LiveEvent? {
        guard device == nil else { return compare(now: now) }
        if hasNews { pause = LiveSlot.shortestPause }
        guard hasNews || now >= nextAttempt else { return nil }
        var returned: LinkState?
        switch LinkState.of(name) {
        case .there(let state) where state.isUp: returned = state
        // What is no network device, or cannot be asked, can only be tried.
        case .absent where link == nil, .unknown: break
        case .there, .absent:
            postpone(now)
            return nil
        }
        attempts += 1
        do throws(CaptureError) {
            device = try LiveDevice(name, options: options)
            link = returned
            ended.timesReopened += 1
            nextAttempt = .max
            return .reopened(
                name: name, afterNanoseconds: now - lostAt, attempts: attempts, linkTypeChanged: false)
        } catch {
            postpone(now)
            // It may be gone again, which is no news.
            if returned != nil, case .absent = LinkState.of(name) { return nil }
            guard error != lastProblem else { return nil }
            lastProblem = error
            return .cannotReopen(name: name, error)
        }
    }

    private func postpone(_ now: Int64) {
        nextAttempt = now + pause
        pause = min(2 * pause, LiveSlot.longestPause)
    }

    /// Not every way of going is told by the handle: a device may go and return between two reads.
    private func compare(now: Int64) -> LiveEvent? {
        guard let link else { return nil }
        switch LinkState.of(name) {
        case .there(let state) where state.index == link.index:
            guard state.isUp != link.isUp else { return nil }
            self.link = state
            return state.isUp ? .cameUp(name: name) : .wentDown(name: name)
        case .there, .absent:
            return lose(
                CaptureError(
                    .deviceUnavailable, name, detail: "the device went away", hint: "check ip link show \(name)"),
                now: now)
        case .unknown: return nil
        }
    }
}

extension InterfaceStatistics {
    mutating func add(_ other: InterfaceStatistics) {
        packets += other.packets
        received += other.received
        droppedByKernel += other.droppedByKernel
        droppedByInterface += other.droppedByInterface
        droppedByQueue += other.droppedByQueue
    }
}
