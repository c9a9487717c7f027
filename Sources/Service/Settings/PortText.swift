/// Ports and ranges of ports: `5060`, `10000-20000`.
enum PortText {
    static func port(_ text: String) throws(ValueProblem) -> UInt16 {
        guard let port = UInt16(text), port > 0, text.first != "+" else {
            throw ValueProblem(what: "'\(text)' is not a port", remedy: "a port is a number from 1 to 65535")
        }
        return port
    }

    static func range(_ text: String) throws(ValueProblem) -> ClosedRange<UInt16> {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false).map(String.init)
        guard let first = parts.first, let last = parts.last, parts.count <= 2 else {
            throw ValueProblem(what: "'\(text)' is not a port range", remedy: "write it like 10000-20000")
        }
        let (low, high) = (try port(first), try port(last))
        guard low <= high else {
            throw ValueProblem(what: "the port range '\(text)' is empty", remedy: "write the lower port first")
        }
        return low...high
    }
}
