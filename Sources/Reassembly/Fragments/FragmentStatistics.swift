/// What a `Defragmenter` has done so far.
public struct FragmentStatistics: Sendable, Equatable {
    public internal(set) var completedDatagrams: UInt64 = 0
    public internal(set) var expiredDatagrams: UInt64 = 0
    /// Given up early to make room for another.
    public internal(set) var evictedDatagrams: UInt64 = 0
    /// IPv6 datagrams discarded by RFC 5722.
    public internal(set) var overlappingIPv6Datagrams: UInt64 = 0
    /// IPv4 fragments that brought bytes which an earlier fragment had brought, and new ones.
    public internal(set) var overlappingIPv4Fragments: UInt64 = 0
    public internal(set) var duplicateFragments: UInt64 = 0
    public internal(set) var lateFragments: UInt64 = 0
    public internal(set) var malformedFragments: UInt64 = 0
    public internal(set) var refusedByDatagrams: UInt64 = 0
    public internal(set) var refusedByBytes: UInt64 = 0
    public internal(set) var refusedByFragmentsPerDatagram: UInt64 = 0
    public internal(set) var refusedByDatagramSize: UInt64 = 0

    public init() {}

    mutating func count(_ outcome: FragmentOutcome) {
        switch outcome {
        case .held: break
        case .complete: completedDatagrams += 1
        case .duplicateOfHeld: duplicateFragments += 1
        case .belongsToCompleted: lateFragments += 1
        case .refused(let limit): count(limit)
        case .malformed: malformedFragments += 1
        }
    }

    private mutating func count(_ limit: FragmentLimit) {
        switch limit {
        case .datagrams: refusedByDatagrams += 1
        case .bytes: refusedByBytes += 1
        case .fragmentsPerDatagram: refusedByFragmentsPerDatagram += 1
        case .datagramSize: refusedByDatagramSize += 1
        }
    }
}
