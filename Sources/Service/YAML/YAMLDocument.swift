import CYaml

/// Reads one YAML document into a tree with positions, through libyaml's event parser
/// (https://pyyaml.org/wiki/LibYAML).
enum YAMLDocument {
    /// The root, or nil for a document without content.
    static func parse(_ bytes: [UInt8]) throws(YAMLError) -> YAMLNode? {
        guard bytes.count <= YAMLLimits.bytes else {
            throw YAMLError(what: "the file is larger than 1 MiB", mark: YAMLMark(line: 1, column: 1))
        }
        var parser = yaml_parser_t()
        guard yaml_parser_initialize(&parser) == 1 else {
            throw YAMLError(what: "out of memory", mark: YAMLMark(line: 1, column: 1))
        }
        defer { yaml_parser_delete(&parser) }
        // The parser keeps the pointer: everything that reads from it happens inside this scope.
        let result = bytes.withUnsafeBufferPointer { buffer -> Result<YAMLNode?, YAMLError> in
            yaml_parser_set_input_string(&parser, buffer.baseAddress, buffer.count)
            // Without this a UTF-16 mark would be obeyed; configuration files are UTF-8.
            yaml_parser_set_encoding(&parser, YAML_UTF8_ENCODING)
            return withUnsafeMutablePointer(to: &parser) { pointer in
                var events = YAMLEvents(parser: pointer, bytes: bytes)
                var builder = YAMLTreeBuilder()
                do throws(YAMLError) {
                    return .success(try builder.document(from: &events))
                } catch {
                    return .failure(error)
                }
            }
        }
        return try result.get()
    }
}
