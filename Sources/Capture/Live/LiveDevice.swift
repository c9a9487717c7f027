import CPcap
import Glibc

/// One activated libpcap handle in non-blocking mode.
@safe final class LiveDevice {
    let name: String
    let interface: CaptureInterface
    /// Which of the capture's interfaces it is.
    var number: UInt16 = 0
    /// What libpcap said while the device was opened, though it works.
    private(set) var warning: String?
    /// For poll(2).
    let descriptor: Int32
    private let handle: OpaquePointer
    private let fractionUnit: Int64
    /// Wall clock; until something was captured after it.
    private var filteredSince: Int64?
    private var lastStatistics = pcap_stat()
    private(set) var statistics: InterfaceStatistics
    /// After a stop: nothing more will come that is from before it.
    var isDrained = false
    /// When it was last asked and had nothing; monotonic nanoseconds.
    private(set) var lastEmpty: Int64 = 0
    /// After a stop: since when it has had nothing each time it was asked; monotonic nanoseconds.
    var emptySince: Int64?

    init(_ name: String, options: LiveOptions) throws(CaptureError) {
        let (created, text) = unsafe withPcapErrorBuffer { unsafe pcap_create(name, $0) }
        guard let handle = unsafe created else {
            throw CaptureError(.deviceUnavailable, name, detail: text, hint: "see lc list interfaces")
        }
        do throws(CaptureError) {
            let status = unsafe LiveDevice.activate(handle, options)
            guard status >= 0 else { throw unsafe CaptureError.activating(name, status, handle) }
            if status > 0 {
                let detail = unsafe pcapText(pcap_geterr(handle))
                warning = detail.isEmpty ? unsafe pcapText(pcap_statustostr(status)) : detail
            }
            if name == "any" {
                // Where the kernel or libpcap is too old for it, LINUX_SLL stays.
                _ = unsafe pcap_set_datalink(handle, Int32(LinkType.linuxCookedV2))
            }
            try unsafe LiveDevice.setFilter(handle, options)
            if !options.filter.isEmpty { filteredSince = LiveDrain.clock(CLOCK_REALTIME) }
            let (nonblocking, problem) = unsafe withPcapErrorBuffer { unsafe pcap_setnonblock(handle, 1, $0) }
            let descriptor = unsafe pcap_get_selectable_fd(handle)
            guard nonblocking == 0, descriptor >= 0 else {
                throw CaptureError(
                    .deviceUnavailable, name, detail: problem.isEmpty ? "it cannot be polled" : problem,
                    hint: "capture with tcpdump -w - and read it: lc sniff voip -r -")
            }
            self.descriptor = descriptor
        } catch {
            unsafe pcap_close(handle)
            throw error
        }
        let isNano = unsafe pcap_get_tstamp_precision(handle) == PCAP_TSTAMP_PRECISION_NANO
        self.name = name
        statistics = InterfaceStatistics(name: name)
        unsafe self.handle = handle
        fractionUnit = isNano ? 1 : 1000
        interface = CaptureInterface(
            linkType: LinkType.linkType(dlt: unsafe pcap_datalink(handle)), name: name,
            snapLength: UInt32(bitPattern: unsafe pcap_snapshot(handle)), isFinerThanMicrosecond: isNano)
    }

    deinit { unsafe pcap_close(handle) }

    private static func activate(_ handle: OpaquePointer, _ options: LiveOptions) -> Int32 {
        // These fail only on a handle that is active already.
        _ = unsafe pcap_set_snaplen(handle, options.effectiveSnapLength)
        _ = unsafe pcap_set_promisc(handle, options.isPromiscuous ? 1 : 0)
        _ = unsafe pcap_set_timeout(handle, options.effectiveTimeout)
        _ = unsafe pcap_set_immediate_mode(handle, options.isImmediate ? 1 : 0)
        _ = unsafe pcap_set_buffer_size(handle, max(options.kernelBufferBytes, 64 << 10))
        if options.nanoseconds { _ = unsafe pcap_set_tstamp_precision(handle, PCAP_TSTAMP_PRECISION_NANO) }
        return unsafe pcap_activate(handle)
    }

    private static func setFilter(_ handle: OpaquePointer, _ options: LiveOptions) throws(CaptureError) {
        guard !options.filter.isEmpty else { return }
        var program = unsafe bpf_program()
        guard unsafe pcap_compile(handle, &program, options.filter, 1, PCAP_NETMASK_UNKNOWN) == 0 else {
            throw CaptureError.invalidFilter(options.filter, detail: unsafe pcapText(pcap_geterr(handle)))
        }
        defer { unsafe pcap_freecode(&program) }
        guard unsafe pcap_setfilter(handle, &program) == 0 else {
            throw CaptureError.invalidFilter(options.filter, detail: unsafe pcapText(pcap_geterr(handle)))
        }
    }

    enum Dispatch {
        /// Packets were appended, perhaps none.
        case done
        /// One more came than the arena had room for.
        case overflow(CapturedPacket, [UInt8])
        case failed(CaptureError)
    }

    /// Appends what the kernel has ready, at most `limit` packets, behind `end` in the arena.
    func dispatch(
        into batch: inout PacketBatch, _ end: inout Int, limit: Int,
        scratch: UnsafeMutableBufferPointer<CapturedPacket>
    ) -> Dispatch {
        guard let packets = scratch.baseAddress, limit > 0 else { return .done }
        let count = min(limit, scratch.count)
        var status: Int32 = 0
        var overflow: (CapturedPacket, [UInt8])?
        var appended = 0
        let capacity = batch.bytes.count
        unsafe batch.bytes.withUnsafeMutableBytes { arena in
            guard let base = arena.baseAddress else { return }
            var sink = unsafe LiveSink(
                base: base, end: end, capacity: capacity, packets: packets, packetCapacity: count,
                fractionUnit: fractionUnit, interface: number, handle: handle)
            unsafe withUnsafeMutablePointer(to: &sink) { pointer in
                let user = unsafe UnsafeMutableRawPointer(pointer).assumingMemoryBound(to: UInt8.self)
                status = unsafe pcap_dispatch(handle, Int32(truncatingIfNeeded: count), LiveSink.callback, user)
            }
            unsafe end = sink.end
            unsafe appended = sink.count
            if let packet = unsafe sink.overflowPacket { overflow = unsafe (packet, sink.overflow) }
            unsafe statistics.droppedByKernel &+= sink.lost
        }
        let captured = unsafe UnsafeBufferPointer(start: packets, count: appended)[early(packets, appended)...]
        unsafe batch.packets.append(contentsOf: captured)
        unsafe statistics.packets &+= UInt64(captured.count)
        if appended == 0 { lastEmpty = LiveDrain.clock(CLOCK_MONOTONIC) }
        if let overflow {
            statistics.packets &+= 1
            return .overflow(overflow.0, overflow.1)
        }
        // PCAP_ERROR_BREAK is our own breakloop; anything else below zero is the end of the device.
        guard status >= 0 || status == PCAP_ERROR_BREAK else {
            return .failed(
                CaptureError(
                    .deviceUnavailable, name, detail: unsafe pcapText(pcap_geterr(handle)),
                    hint: "check ip link show \(name)"))
        }
        return .done
    }

    /// How many packets are from before the filter was in place. libpcap keeps those of them that match, but lets nothing
    /// through while it sets the filter: a capture that began with them would have a hole.
    private func early(_ packets: UnsafePointer<CapturedPacket>, _ count: Int) -> Int {
        // Not so if the clock was set back meanwhile.
        guard let since = filteredSince, count > 0, LiveDrain.clock(CLOCK_REALTIME) >= since else { return 0 }
        let first = unsafe UnsafeBufferPointer(start: packets, count: count).firstIndex { $0.timestamp >= since }
        if first != nil { filteredSince = nil }
        return first ?? count
    }

    /// Asks the kernel (https://www.tcpdump.org/manpages/pcap_stats.3pcap.html); its 32-bit counters may wrap.
    func updateStatistics() {
        var now = pcap_stat()
        guard unsafe pcap_stats(handle, &now) == 0 else { return }
        statistics.received += UInt64(now.ps_recv &- lastStatistics.ps_recv)
        statistics.droppedByKernel += UInt64(now.ps_drop &- lastStatistics.ps_drop)
        // libpcap reads this one from the device's files in /sys: when the device goes, or its driver starts anew, it falls
        // back to nothing.
        let byInterface = now.ps_ifdrop &- lastStatistics.ps_ifdrop
        if byInterface <= UInt32(Int32.max) { statistics.droppedByInterface += UInt64(byInterface) }
        lastStatistics = now
    }
}
