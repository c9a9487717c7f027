import Synchronization

/// What was asked of the status service, and what it refused.
public final class StatusCounters: Sendable {
    /// Why a question was refused.
    public enum Refusal: String, Sendable, CaseIterable {
        /// No HTTP.
        case malformed
        /// A wrong target or parameter.
        case request
        case method
        /// No token, or a wrong one.
        case token
        /// A `Host` that is none of ours.
        case host
        /// A client that took too long.
        case slow
        /// With a body, or too much of anything.
        case size
    }

    private struct State {
        var codes: [Int: UInt64] = [:]
        var refusals = [UInt64](repeating: 0, count: Refusal.allCases.count)
        /// Lines of the audit log in this second.
        var auditSecond: Int64 = 0
        var auditLines = 0
        var auditLeftOut: UInt64 = 0
    }

    private let state = Mutex(State())

    public init() {}

    func count(_ code: Int) { state.withLock { $0.codes[code, default: 0] += 1 } }

    public func count(_ refusal: Refusal) {
        guard let index = Refusal.allCases.firstIndex(of: refusal) else { return }
        state.withLock { $0.refusals[index] += 1 }
    }

    var codes: [(code: Int, count: UInt64)] {
        state.withLock { $0.codes.map { (code: $0.key, count: $0.value) } }.sorted { $0.code < $1.code }
    }

    var refusals: [(name: String, count: UInt64)] {
        state.withLock { state in
            Refusal.allCases.enumerated().map { (name: $0.element.rawValue, count: state.refusals[$0.offset]) }
        }
    }

    /// Lines that the audit log did not get because there were too many in a second.
    var auditLeftOut: UInt64 { state.withLock { $0.auditLeftOut } }

    /// Lines of the audit log in one second: who asks a thousand times does not fill the disk.
    static let auditLinesPerSecond = 20

    func mayAudit(at second: Int64) -> Bool {
        state.withLock { state in
            if state.auditSecond != second { (state.auditSecond, state.auditLines) = (second, 0) }
            guard state.auditLines < Self.auditLinesPerSecond else {
                state.auditLeftOut += 1
                return false
            }
            state.auditLines += 1
            return true
        }
    }
}
