extension FileSource {
    /// Reads on to the first packet and no further: its time, or nil when there is none (or only damage).
    ///
    /// The packet and everything behind it is delivered by the next `read` as if this had not been called.
    func firstTimestamp() -> Int64? {
        var packets: [CapturedPacket] = []
        guard case .limit = advanceToPacket() else { return nil }
        while true {
            var trial = parser
            switch unsafe trial.parse(pending.span.bytes, from: 0, to: pending.count, into: &packets, limit: 1).stop {
            case .limit: return packets.first?.timestamp
            case .damage: return nil
            case .needs(let count):
                guard readAhead(atLeast: count) else { return nil }
            }
        }
    }

    /// The beginning of a pcapng file. What is wrong with its very first block means that it is not one.
    func readFirstSection() throws(CaptureError) {
        switch advanceToPacket() {
        case .limit:
            return
        case .damage(let detail, _, _):
            guard consumedBytes == 0 else { return }
            throw CaptureError(
                .notACapture, path, detail: "it begins like pcapng, but \(detail)", hint: "check what it is: file FILE")
        case .needs:
            guard consumedBytes == 0 else { return }
            if let inputFailure { throw CaptureError.unreadable(path, inputFailure) }
            throw CaptureError(
                .truncatedHeader, path, detail: "the section header is cut after \(pending.count) bytes",
                hint: "there is no packet in it; leave it out")
        }
    }

    /// Consumes what stands before the next packet; `.limit` when there is a packet next, or at least may be.
    private func advanceToPacket() -> ParseStep.Stop {
        var none: [CapturedPacket] = []
        while true {
            let step = unsafe parser.parse(pending.span.bytes, from: 0, to: pending.count, into: &none, limit: 0)
            pending.removeFirst(step.position)
            consumedBytes += UInt64(step.position)
            guard case .needs(let count) = step.stop, readAhead(atLeast: count) else { return step.stop }
        }
    }

    /// Makes `pending` longer, to at least `count` bytes; false when the input ends before.
    private func readAhead(atLeast count: Int) -> Bool {
        guard !inputEnded else { return false }
        do throws(InputError) {
            let missing = max(count - pending.count, 1)
            try input.more(into: &pending, upTo: max(missing, CaptureLimits.minimumReadBytes), atLeast: missing)
        } catch {
            inputFailure = error
        }
        inputEnded = pending.count < count
        return !inputEnded
    }
}
