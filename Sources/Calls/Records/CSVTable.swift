/// CSV (RFC 4180 quoting, rows ended by a line feed alone, for the Unix tools that read it): one row per call.
///
/// Lists are joined with spaces in one cell; streams are summed up, the JSON form has them one by one. Text comes from
/// the wire and the table may be opened in a spreadsheet or shown on a terminal, so
///
/// - a cell that begins with `= + - @` (or their full-width forms) gets a leading apostrophe, which spreadsheets take as
///   "this is text": `+4930123456` reads `'+4930123456`. Numbers and times of our own are left alone;
/// - control characters become U+FFFD, so that one row is always one line.
public enum CSVTable {
    static let columns = [
        "call_id", "state", "end_reason", "joined", "partial_media", "synthesized", "start_time", "ringing_time",
        "progress_time", "answer_time", "end_time", "duration_s", "post_dial_delay_s", "setup_time_s", "hangup_by",
        "status_code", "status_reason", "from_user", "from_host", "from_display", "to_user", "to_host", "to_display",
        "request_uri",
        "p_asserted_identity", "user_agents", "transport", "signalling_addresses", "dialogs", "sip_messages",
        "sip_retransmissions", "copies", "codecs", "packets", "bytes", "streams", "rtp_packets", "lost_packets",
        "worst_loss_percent", "max_jitter_ms", "worst_mos", "group_id", "files",
    ]

    public static func appendHeader(to bytes: inout [UInt8]) {
        for (index, column) in columns.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(text: column)
        }
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Appends the call's row, its line feed included.
    public static func append(_ call: CallRecord, to bytes: inout [UInt8]) {
        var row = CSVRow(taking: &bytes)
        row.add(text: call.callID)
        row.add(text: call.state.rawValue)
        row.add(text: call.endReason?.rawValue)
        row.add(boolean: call.isJoined)
        row.add(boolean: call.hasPartialMedia)
        row.add(boolean: call.isSynthesized)
        for time in [call.startTime, call.ringingTime, call.progressTime, call.answerTime, call.endTime] {
            row.add(time) { $0.append(time: $1) }
        }
        for duration in [call.duration, call.postDialDelay, call.setupTime] {
            row.add(duration) { $0.append(seconds: $1) }
        }
        row.add(text: call.hangupBy?.rawValue)
        row.add(call.statusCode) { $0.append(decimal: $1) }
        row.add(text: call.statusReason)
        for party in [call.from, call.to] {
            row.add(text: party.user)
            row.add(text: party.host)
            row.add(text: party.display)
        }
        row.add(text: call.requestURI)
        row.add(text: call.assertedIdentity)
        row.add(text: call.userAgents.strings.joined(separator: " "))
        row.add(text: call.transport)
        row.add(call.signallingAddresses) { bytes, addresses in
            for (index, address) in addresses.enumerated() {
                if index > 0 { bytes.append(UInt8(ascii: " ")) }
                bytes.append(endpoint: address)
            }
        }
        row.add(number: UInt64(call.dialogs))
        row.add(number: call.sipMessages.total)
        row.add(number: call.sipRetransmissions)
        row.add(number: call.copies)
        row.add(text: call.codecs.map(\.name).joined(separator: " "))
        row.add(number: call.packets)
        row.add(number: call.bytes)
        row.add(number: UInt64(call.streams.count))
        row.add(number: call.rtpPackets)
        row.add(call.lostPackets) { $0.append(decimal: $1) }
        row.add(call.worstLossPercent?.fixed(decimals: 6)) { $0.append(fixed: $1, decimals: 6) }
        row.add(call.largestJitter?.fixed(decimals: 0)) { $0.append(milliseconds: $1) }
        row.add(call.worstMOS?.fixed(decimals: 2)) { $0.append(fixed: $1, decimals: 2) }
        row.add(text: call.groupID)
        row.add(text: call.files.joined(separator: " "))
        row.finish(into: &bytes)
    }
}
