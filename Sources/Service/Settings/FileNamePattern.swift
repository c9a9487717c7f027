/// Patterns for the names of per-call captures: `{timestamp}_{callid}.pcap`.
public enum FileNamePattern {
    public static let placeholders = ["timestamp", "callid", "from", "to", "date", "hour", "kind"]

    /// The most bytes a pattern may have: a path of the system is no longer.
    static let mostBytes = 4096

    static func check(_ pattern: String) throws(ValueProblem) {
        let list = "placeholders: " + placeholders.map { "{\($0)}" }.joined(separator: " ")
        guard !pattern.isEmpty, pattern.utf8.count <= mostBytes, !pattern.utf8.contains(0) else {
            throw ValueProblem(what: "the file name pattern is empty or too long", remedy: list)
        }
        guard pattern.first != "/", !pattern.split(separator: "/").contains("..") else {
            throw ValueProblem(
                what: "the pattern '\(pattern)' leaves the output directory",
                remedy: "use a relative pattern without '..'; --output-dir says where files go")
        }
        let found = try names(in: pattern, remedy: list)
        guard found.contains("callid") else {
            throw ValueProblem(
                what: "the pattern '\(pattern)' has no {callid}", remedy: "without it calls would share one file")
        }
    }

    private static func names(in pattern: String, remedy: String) throws(ValueProblem) -> [String] {
        var found: [String] = []
        var rest = pattern[...]
        while let open = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            guard rest[open] == "{", let close = rest[open...].firstIndex(of: "}") else {
                throw ValueProblem(what: "the pattern '\(pattern)' has a single brace", remedy: remedy)
            }
            let name = String(rest[rest.index(after: open)..<close])
            guard placeholders.contains(name) else {
                let nearest = nearestName(to: name, among: placeholders)
                throw ValueProblem(
                    what: "the pattern has an unknown placeholder {\(name)}",
                    remedy: nearest.map { "did you mean {\($0)}?" } ?? remedy)
            }
            found.append(name)
            rest = rest[rest.index(after: close)...]
        }
        return found
    }
}
