/// Whether bursts find room in the kernel.
enum BufferCheck {
    private static let name = "buffers"
    /// Bytes of the kernel's ring that a packet of 214 bytes takes, headers and alignment included.
    private static let ringBytesOfPacket = 304
    private static let busyPacketsPerSecond = 50_000

    static func findings(
        _ settings: Settings, _ devices: [DeviceFacts], _ kernel: KernelFacts, _ limits: LimitFacts
    ) -> [Finding] {
        let capture = settings.capture
        guard capture.hepListen.isEmpty else { return hep(capture, kernel) }
        var findings: [Finding] = []
        let count = capture.interfaces.count
        let (size, total) = (SizeText.format(capture.bufferSize), capture.bufferSize * count)
        let milliseconds = capture.bufferSize / ringBytesOfPacket * 1000 / busyPacketsPerSecond
        let what =
            "pcap_buffer_size \(size) for each of \(count) interface\(count == 1 ? "" : "s"): "
            + "\(milliseconds) ms of 50,000 RTP packets a second"
        let figures: [(key: String, value: Int64)] = [
            ("bytes", Int64(capture.bufferSize)), ("milliseconds", Int64(milliseconds)),
        ]
        if limits.memoryAvailable > 0, total > limits.memoryAvailable / 2 {
            findings.append(
                .problem(
                    name, nil, "the rings take \(SizeText.format(total)), more than half of the memory that is free",
                    remedy: "lower pcap_buffer_size", .serviceUnavailable))
        } else if capture.immediate {
            findings.append(
                .warning(
                    name, nil,
                    "immediate_mode has room for \(max(1, capture.bufferSize / max(capture.snaplen, 1))) packets",
                    remedy: "leave it out, or lower snaplen and raise pcap_buffer_size"))
        } else if milliseconds < 100 {
            findings.append(.warning(name, nil, what, remedy: "raise pcap_buffer_size to 16MiB"))
        } else {
            findings.append(.ok(name, nil, what))
        }
        findings[0].figures = figures
        if kernel.backlogDrops > 0 {
            let more = (kernel.backlogLimit ?? 1000) * 4
            findings.append(
                .warning(
                    name, nil,
                    "the kernel's queues dropped \(kernel.backlogDrops) packets since the start, before any capture saw them",
                    remedy: "sudo sysctl -w net.core.netdev_max_backlog=\(more), and again if the number grows"))
        }
        return findings
    }

    /// A UDP socket gets what `net.core.rmem_max` allows.
    private static func hep(_ capture: CaptureRequest, _ kernel: KernelFacts) -> [Finding] {
        guard let most = kernel.mostReceiveBuffer, most < capture.bufferSize else {
            return [.ok(name, nil, "\(SizeText.format(capture.bufferSize)) for HEP")]
        }
        return [
            .warning(
                name, nil,
                "HEP gets a buffer of \(SizeText.format(most)) instead of \(SizeText.format(capture.bufferSize))",
                remedy: "sudo sysctl -w net.core.rmem_max=\(capture.bufferSize)")
        ]
    }
}
