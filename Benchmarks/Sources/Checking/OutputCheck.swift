import Traffic

/// Holds a sniffer's records and captures against the truth.
public final class OutputCheck {
    /// What came out for one class of calls.
    public struct ClassResult {
        public var calls = 0
        public var exactFiles = 0
        public var exactRecords = 0
        public var missing = 0
        public var examples: [String] = []
        public init() {}

        public var isExact: Bool { calls == exactFiles && calls == exactRecords }
    }

    public private(set) var results: [(name: String, result: ClassResult)] = []
    /// Records of calls that nobody made, files that no record names, and what is wrong with the whole.
    public private(set) var general: [String] = []
    private var places: [String: Int] = [:]
    private let examples: Int

    public var isExact: Bool {
        general.isEmpty && results.allSatisfy { $0.result.isExact }
    }

    /// - Parameters:
    ///   - records: nil for `calls.jsonl` in the directory.
    ///   - examples: differences kept per class.
    ///   - ignoring: what the Call-IDs begin with whose records are no concern.
    public init(
        truth truthPath: String, directory: String, records recordsPath: String?, original: OriginalCapture?,
        examples: Int, ignoring: String? = nil
    ) throws {
        self.examples = examples
        let truth = try LineIndex(path: truthPath)
        let records = try LineIndex(path: recordsPath ?? "\(directory)/calls.jsonl")
        var byCallID: [String: [Int]] = [:]
        var summaryLine: Int?
        for line in records.lines.indices {
            if let callID = records.callID(at: line) {
                byCallID[callID, default: []].append(line)
            } else {
                summaryLine = line
            }
        }
        let captures = CaptureComparison(directory: directory, original: original)
        var files = Set<String>()
        for line in truth.lines.indices {
            let expected = try truth.value(at: line)
            switch expected["type"]?.string {
            case "call":
                let lines = byCallID.removeValue(forKey: expected["call_id"]?.string ?? "") ?? []
                let found = try lines.map { try records.value(at: $0) }
                check(expected, found, captures, &files)
            case "summary":
                guard let summaryLine, let summary = try? records.value(at: summaryLine),
                    summary["type"]?.string == "summary"
                else { continue }
                checkSummary(expected, summary)
            default: continue
            }
        }
        if let ignoring {
            for (callID, lines) in byCallID where callID.hasPrefix(ignoring) {
                byCallID[callID] = nil
                for line in lines {
                    let names = try records.value(at: line)["files"]?.elements ?? []
                    for name in names.compactMap(\.string) { files.insert(name) }
                }
            }
        }
        for callID in byCallID.keys.sorted().prefix(examples) { general.append("record of an unknown call \(callID)") }
        if byCallID.count > examples { general.append("\(byCallID.count) records of unknown calls") }
        checkFiles(in: directory, named: files)
    }

    private func check(
        _ expected: JSONValue, _ found: [JSONValue], _ captures: CaptureComparison, _ files: inout Set<String>
    ) {
        let name = expected["class"]?.string ?? "?"
        let callID = expected["call_id"]?.string ?? "?"
        let place = places[name] ?? results.count
        if place == results.count {
            places[name] = place
            results.append((name, ClassResult()))
        }
        var result = results[place].result
        defer { results[place].result = result }
        result.calls += 1
        func note(_ text: String) {
            if result.examples.count < examples { result.examples.append("\(callID): \(text)") }
        }
        guard let record = found.first else {
            result.missing += 1
            return note("no record")
        }
        let names = (record["files"]?.elements ?? []).compactMap(\.string)
        for name in found.flatMap({ $0["files"]?.elements ?? [] }).compactMap(\.string) { files.insert(name) }
        if let difference = captures.difference(truth: expected, files: names) {
            note(difference)
        } else {
            result.exactFiles += 1
        }
        var differences = RecordComparison(truth: expected, record: record).differences
        if found.count > 1 { differences.insert("\(found.count) records", at: 0) }
        if differences.isEmpty {
            result.exactRecords += 1
        } else {
            note(differences.prefix(4).joined(separator: "; "))
        }
    }

    private func checkSummary(_ expected: JSONValue, _ summary: JSONValue) {
        for field in ["captured", "calls", "call_ids", "calls_by_state", "ownership", "sip_messages"] {
            guard let value = expected[field] else { continue }
            guard case .object(let members) = value, let other = summary[field] else {
                if value != summary[field] {
                    general.append("summary \(field): truth \(value.text), record \(summary[field]?.text ?? "nothing")")
                }
                continue
            }
            for (key, part) in members where part != other[key] {
                general.append("summary \(field).\(key): truth \(part.text), record \(other[key]?.text ?? "nothing")")
            }
        }
    }

    private func checkFiles(in directory: String, named files: Set<String>) {
        let surplus = FileTree(directory).files.filter { $0.hasSuffix(".pcap") && !files.contains($0) }
        for name in surplus.prefix(examples) { general.append("no record names \(name)") }
        if surplus.count > examples { general.append("\(surplus.count) captures that no record names") }
    }
}
