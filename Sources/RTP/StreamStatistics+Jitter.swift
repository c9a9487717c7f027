/// Which packets take part in the jitter, and by which clock.
///
/// J starts at 0 with the first packet and follows every later one, duplicates included, in arrival order. The packets of
/// a telephone event all carry the timestamp of its beginning, whenever they are sent: they take no part, and the packet
/// behind them is compared with the one before them.
/// Marker packets and comfort noise come after a silence: they move J, but are kept out of mean and maximum, as is the
/// packet after comfort noise.
///
/// Timestamps of two clock rates cannot be subtracted: a packet that changes the rate gives no J (RFC 7160 section 4).
/// With a dynamic payload type J starts at the packet from which the rate is known; static ones are known from the first.
extension StreamStatistics {
    /// Takes note of another payload type or clock rate.
    ///
    /// - Returns: whether this packet's timestamp can be compared with the one before (if this one is behind
    ///   telephone events: with the one before them), and whether the packet before was comfort noise or this one is.
    @usableFromInline @inline(never)
    mutating func changeFormat(_ format: UInt64) -> (isComparable: Bool, isQuiet: Bool, isBehindEvents: Bool) {
        let type = UInt8(truncatingIfNeeded: format >> 8)
        let wasComfortNoise = isComfortNoise
        let wasTelephoneEvent = isTelephoneEvent
        let isSameType = self.format != 0 && type == payloadType
        self.format = format
        payloadType = type
        isTelephoneEvent = format & 2 != 0
        isComfortNoise = !isTelephoneEvent && (format & 4 != 0 || type == 13 || type == 19)
        if !isSameType { notePayloadType(type) }

        guard !isTelephoneEvent else {
            if !wasTelephoneEvent, packets > 1 {
                arrivalBeforeEvents = lastArrival
                timestampBeforeEvents = lastTimestamp
            }
            tick = 0
            return (false, wasComfortNoise, false)
        }
        var rate = UInt32(truncatingIfNeeded: format >> 16)
        if rate == 0 { rate = StaticPayloadType.clockRate(of: type) ?? 0 }
        // Comfort noise counts in the clock of the speech around it (RFC 3389 section 4), whatever its type says.
        if isComfortNoise, clockRate != 0 { rate = clockRate }
        let isComparable =
            packets > 1 && (!wasTelephoneEvent || arrivalBeforeEvents != .min)
            && (rate == clockRate || clockRate == 0 && (isSameType || wasTelephoneEvent))
        clockRate = rate
        tick = rate == 0 ? 0 : 1e9 / Double(rate)
        return (isComparable, wasComfortNoise || isComfortNoise, wasTelephoneEvent)
    }

    /// J of the packet behind telephone events.
    @usableFromInline
    mutating func resume(timestamp: UInt32, isQuiet: Bool, arrival: Int64) {
        guard tick != 0 else { return }
        let elapsed = arrival &- arrivalBeforeEvents
        let nominal = Double(Int32(bitPattern: timestamp &- timestampBeforeEvents)) * tick
        jitter += ((Double(elapsed) - nominal).magnitude - jitter) * 0.0625
        guard !isQuiet else { return }
        jitterSum += jitter
        jitterSamples &+= 1
        if jitter > jitterMaximum { jitterMaximum = jitter }
    }

    private mutating func notePayloadType(_ type: UInt8) {
        guard payloadTypeCount < 8 else { return }
        for index in 0..<UInt64(payloadTypeCount) {
            if UInt8(truncatingIfNeeded: packedPayloadTypes >> (8 * index)) == type { return }
        }
        packedPayloadTypes |= UInt64(type) << (8 * UInt64(payloadTypeCount))
        payloadTypeCount += 1
    }
}
