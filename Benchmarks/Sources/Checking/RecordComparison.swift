/// Compares a call's record with its truth, field by field. What the truth does not say is not compared.
struct RecordComparison {
    private(set) var differences: [String] = []
    private static let millisecondTolerance = 0.01

    init(truth: JSONValue, record: JSONValue) {
        for field in [
            "group_id", "state", "end_reason", "hangup_by", "status_code", "transport", "sip_retransmissions", "copies",
        ] {
            compare(field, truth[field], record[field])
        }
        for field in ["packets", "bytes", "sip_messages"] { compare(field, truth[field], record[field]) }
        for field in ["start_time", "ringing_time", "progress_time", "answer_time", "end_time"] {
            compareTime(field, truth[field], record[field])
        }
        for party in ["from", "to"] {
            for field in ["user", "tag"] {
                compare("\(party).\(field)", truth[party]?[field], record[party]?[field])
            }
        }
        compareAddresses(truth, record)
        compareCodecs(truth, record)
        compareStreams(truth, record)
        compareAudio(truth["media"], record["media"])
    }

    private mutating func compareAudio(_ truth: JSONValue?, _ record: JSONValue?) {
        for field in ["early_media_from", "audio_from", "missing_audio_from"] {
            compare("media." + field, truth?[field], record?[field])
        }
        guard let expected = truth?["holds"]?.elements else { return }
        let found = record?["holds"]?.elements ?? []
        guard expected.count == found.count else { return note("media.holds", "\(expected.count)", "\(found.count)") }
        for (hold, other) in zip(expected, found) {
            compare("media.holds.by", hold["by"], other["by"])
            compareTime("media.holds.start_time", hold["start_time"], other["start_time"])
            compareTime("media.holds.end_time", hold["end_time"], other["end_time"])
        }
    }

    private mutating func note(_ field: String, _ truth: String, _ record: String) {
        differences.append("\(field): truth \(truth), record \(record)")
    }

    private mutating func compare(_ field: String, _ truth: JSONValue?, _ record: JSONValue?) {
        guard let truth, truth != record else { return }
        note(field, truth.text, record?.text ?? "nothing")
    }

    /// The truth is one time, null, or the earliest and latest that are right. All are written alike, so text compares.
    private mutating func compareTime(_ field: String, _ truth: JSONValue?, _ record: JSONValue?) {
        guard case .array(let window)? = truth else { return compare(field, truth, record) }
        guard let time = record?.string, window.count == 2, let earliest = window[0].string,
            let latest = window[1].string, time.utf8.count == earliest.utf8.count, time >= earliest, time <= latest
        else { return note(field, truth?.text ?? "", record?.text ?? "nothing") }
    }

    private mutating func compareAddresses(_ truth: JSONValue, _ record: JSONValue) {
        func addresses(_ value: JSONValue) -> [String] {
            (value["signalling_addresses"]?.elements ?? []).compactMap(\.string).sorted()
        }
        guard addresses(truth) != addresses(record) else { return }
        note("signalling_addresses", "\(addresses(truth))", "\(addresses(record))")
    }

    /// Telephone events and comfort noise may be listed or not.
    private mutating func compareCodecs(_ truth: JSONValue, _ record: JSONValue) {
        guard let expected = truth["codecs"] else { return }
        let beside = ["telephone-event", "CN"]
        let found = (record["codecs"]?.elements ?? []).filter { !beside.contains($0["name"]?.string ?? "") }
        guard expected.elements.map(\.text).sorted() != found.map(\.text).sorted() else { return }
        note("codecs", expected.text, JSONValue.array(found).text)
    }

    private static func key(_ stream: JSONValue) -> String {
        ["ssrc", "source", "destination"].map { stream[$0]?.string ?? "?" }.joined(separator: " ")
    }

    private mutating func compareStreams(_ truth: JSONValue, _ record: JSONValue) {
        var found: [String: JSONValue] = [:]
        for stream in record["streams"]?.elements ?? [] {
            if found.updateValue(stream, forKey: Self.key(stream)) != nil {
                differences.append("stream \(Self.key(stream)): twice in the record")
            }
        }
        for stream in truth["streams"]?.elements ?? [] {
            let key = Self.key(stream)
            guard let other = found.removeValue(forKey: key) else {
                differences.append("stream \(key): not in the record")
                continue
            }
            compareStream("stream \(key) ", stream, other)
        }
        for key in found.keys.sorted() { differences.append("stream \(key): only in the record") }
    }

    private mutating func compareStream(_ name: String, _ truth: JSONValue, _ record: JSONValue) {
        for field in [
            "codec", "clock_rate_hz", "packets", "bytes", "expected_packets", "lost_packets", "rfc3550_lost",
            "duplicates", "out_of_order", "copies", "first_packet_time", "last_packet_time", "dtmf",
            "comfort_noise_packets",
        ] {
            compare(name + field, truth[field], record[field])
        }
        for field in ["loss_percent", "jitter_mean_ms", "jitter_max_ms", "largest_gap_ms"] {
            guard let expected = truth[field]?.number else { continue }
            guard let found = record[field]?.number, abs(found - expected) <= Self.millisecondTolerance else {
                note(name + field, "\(expected)", record[field]?.text ?? "nothing")
                continue
            }
        }
        if let reports = truth["rtcp"] { compareReports(name + "rtcp.", reports, record["rtcp"]) }
        compareQuality(name, truth, record)
        func types(_ value: JSONValue) -> [Int] {
            (value["payload_types"]?.elements ?? []).compactMap(\.integer).sorted()
        }
        if types(truth) != types(record) { note(name + "payload_types", "\(types(truth))", "\(types(record))") }
    }

    private mutating func compareReports(_ name: String, _ truth: JSONValue, _ record: JSONValue?) {
        for field in ["sender_packets", "receiver_reports", "receiver_lost_packets", "lost_beyond_capture"] {
            compare(name + field, truth[field], record?[field])
        }
        let field = "receiver_round_trip_ms"
        guard let expected = truth[field]?.number else { return }
        // The delay in a report is counted in 65536ths of a second.
        guard let found = record?[field]?.number, abs(found - expected) <= 0.05 else {
            return note(name + field, "\(expected)", record?[field]?.text ?? "nothing")
        }
    }

    /// Where a run of lost numbers crosses from one interval into the next, its parts may be counted in either.
    private static let burstAcrossIntervals = 5

    private mutating func compareQuality(_ name: String, _ truth: JSONValue, _ record: JSONValue) {
        guard truth["intervals"] != nil else { return }
        for field in ["mos_scale", "mos_null_reason"] { compare(name + field, truth[field], record[field]) }
        // Where RTCP told the delay, a little less: 300 ms there and back cost 3.7 points of R (G.107 with its defaults).
        let mayBeLess = record["one_way_delay_ms"]?.number ?? 0 > 0 ? 0.25 : 0
        // Half a hundredth is rounding; the rest is that the truth takes the default R with four decimals and no delay.
        for (field, tolerance) in [("mos", 0.0056), ("burst_ratio", 0.00051)] {
            if field == "mos", mayBeLess > 0, let expected = truth[field]?.number, let found = record[field]?.number,
                found < expected, found >= expected - mayBeLess
            {
                continue
            }
            let (expected, found) = (truth[field]?.number, record[field]?.number)
            if expected == nil, found == nil { continue }
            guard let expected, let found, abs(expected - found) <= tolerance else {
                note(name + field, truth[field]?.text ?? "null", record[field]?.text ?? "nothing")
                continue
            }
        }
        func numbers(_ value: JSONValue, _ key: String) -> [Int] {
            (value["intervals"]?[key]?.elements ?? []).compactMap(\.integer)
        }
        // Of long streams neighbours are put together.
        let packets = numbers(truth, "packets")
        let merged = (record["intervals"]?["length_s"]?.number ?? 0) > 5
        if !merged, packets != numbers(record, "packets") {
            note(name + "intervals.packets", "\(packets)", "\(numbers(record, "packets"))")
        }
        let (lost, found) = (numbers(truth, "lost"), numbers(record, "lost"))
        let fits = merged || zip(lost, found).allSatisfy { abs($0 - $1) <= Self.burstAcrossIntervals }
        if !fits || lost.reduce(0, +) != found.reduce(0, +) {
            note(name + "intervals.lost", "\(lost)", "\(found)")
        }
    }
}
