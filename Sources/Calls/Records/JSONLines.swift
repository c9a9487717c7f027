/// JSON Lines (RFC 8259 text, one record a line): the form in which records are stored and handed on.
///
/// Keys and their order are documented for users. Text from the wire comes out as valid UTF-8 with every control
/// character escaped, those of C1 and DEL too, so that a line shown on a terminal cannot drive it. Numbers are decimal
/// without exponent; seconds have up to nine decimals, milliseconds and percentages up to six.
public enum JSONLines {
    /// Appends the record's line, its line feed included.
    public static func append(_ call: CallRecord, to bytes: inout [UInt8]) {
        JSONObject.appendLine(to: &bytes) { $0.add(call) }
    }

    public static func append(_ stream: OrphanStreamRecord, to bytes: inout [UInt8]) {
        JSONObject.appendLine(to: &bytes) { object in
            object.key("type", string: "rtp_stream")
            object.add(stream.stream)
        }
    }

    public static func append(_ summary: SummaryRecord, to bytes: inout [UInt8]) {
        JSONObject.appendLine(to: &bytes) { $0.add(summary) }
    }
}
