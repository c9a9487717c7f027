import CYaml

/// What libyaml reports of a document, copied into Swift values.
enum YAMLEvent {
    case streamStart, streamEnd, documentStart, documentEnd
    case alias(String)
    case scalar(String, plain: Bool, anchor: String?)
    case sequenceStart(anchor: String?)
    case sequenceEnd
    case mappingStart(anchor: String?)
    case mappingEnd
}

/// The stream of events of a parser that somebody else owns and deletes.
struct YAMLEvents {
    let parser: UnsafeMutablePointer<yaml_parser_t>
    let bytes: [UInt8]

    mutating func next() throws(YAMLError) -> (event: YAMLEvent, mark: YAMLMark) {
        var raw = yaml_event_t()
        guard yaml_parser_parse(parser, &raw) == 1 else { throw problem() }
        defer { yaml_event_delete(&raw) }
        return (event(of: raw), YAMLMark(raw.start_mark))
    }

    private func event(of raw: yaml_event_t) -> YAMLEvent {
        switch raw.type {
        case YAML_STREAM_START_EVENT: return .streamStart
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        case YAML_ALIAS_EVENT: return .alias(string(raw.data.alias.anchor) ?? "")
        case YAML_SCALAR_EVENT:
            let scalar = raw.data.scalar
            let text = String(decoding: UnsafeBufferPointer(start: scalar.value, count: scalar.length), as: UTF8.self)
            return .scalar(text, plain: scalar.style == YAML_PLAIN_SCALAR_STYLE, anchor: string(scalar.anchor))
        case YAML_SEQUENCE_START_EVENT: return .sequenceStart(anchor: string(raw.data.sequence_start.anchor))
        case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
        case YAML_MAPPING_START_EVENT: return .mappingStart(anchor: string(raw.data.mapping_start.anchor))
        case YAML_MAPPING_END_EVENT: return .mappingEnd
        default: return .streamEnd
        }
    }

    private func string(_ text: UnsafeMutablePointer<yaml_char_t>?) -> String? { text.map { String(cString: $0) } }

    private func problem() -> YAMLError {
        let parser = parser.pointee
        let what = parser.problem.map { String(cString: $0) } ?? "cannot be read as YAML"
        // Errors of the reader (bad UTF-8, control characters) have an offset and no mark.
        guard parser.error != YAML_READER_ERROR else {
            return YAMLError(what: what, mark: mark(atOffset: Int(clamping: parser.problem_offset)))
        }
        let context = parser.context.map { " " + String(cString: $0) } ?? ""
        return YAMLError(what: what + context, mark: YAMLMark(parser.problem_mark))
    }

    private func mark(atOffset offset: Int) -> YAMLMark {
        let before = bytes.prefix(offset)
        let line = before.count { $0 == UInt8(ascii: "\n") } + 1
        let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        // Continuation bytes of UTF-8 are no columns of their own.
        let column = before[start...].count { $0 & 0xC0 != 0x80 } + 1
        return YAMLMark(line: line, column: column)
    }
}

extension YAMLMark {
    init(_ mark: yaml_mark_t) {
        self.init(line: Int(clamping: mark.line) + 1, column: Int(clamping: mark.column) + 1)
    }
}
