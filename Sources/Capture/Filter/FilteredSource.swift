/// Those packets of another source that a BPF expression matches.
///
/// For replay; live, the kernel filters before it copies.
public final class FilteredSource: PacketSource {
    private let base: any PacketSource
    public let expression: String
    private var filters: [PacketFilter] = []
    /// For each interface, which of `filters` decides; -1 where the expression does not compile for its link type.
    private var filterOfInterface: [Int] = []
    /// Packets that did not match.
    public private(set) var removedPackets: UInt64 = 0
    /// Link types that turned up later and have no such filter: none of their packets matches.
    public private(set) var problems: [CaptureError] = []

    public var interfaces: [CaptureInterface] { base.interfaces }
    public var linkTypes: [UInt32] { base.linkTypes }
    public var isNanosecond: Bool { base.isNanosecond }
    public var statistics: CaptureStatistics { base.statistics }
    public var damages: [CaptureDamage] { base.damages }

    /// Throws `.invalidFilter` when the expression does not compile for a link type that is known already.
    public init(_ base: any PacketSource, expression: String) throws(CaptureError) {
        self.base = base
        self.expression = expression
        let linkTypes = base.linkTypes.isEmpty ? [LinkType.ethernet] : base.linkTypes
        for linkType in linkTypes { filters.append(try PacketFilter(expression, linkType: linkType)) }
    }

    /// Which kinds of frames no packet of this capture can match as (one warning is due).
    public var blindSpots: FilterBlindSpots {
        filters.reduce(into: FilterBlindSpots()) { $0.formUnion(FilterBlindSpots(of: $1)) }
    }

    public func read(into batch: inout PacketBatch, limit maxPackets: Int) throws(CaptureError) -> ReadStatus {
        while true {
            let status = try base.read(into: &batch, limit: maxPackets)
            guard status == .packets else { return status }
            assignFilters()
            keepMatches(&batch)
            if !batch.isEmpty { return .packets }
        }
    }

    private func keepMatches(_ batch: inout PacketBatch) {
        var kept = 0
        for index in batch.packets.indices {
            let packet = batch.packets[index]
            let filter = filterOfInterface[Int(packet.interface)]
            guard filter >= 0 else { continue }
            guard filters[filter].matches(batch.bytes(of: packet), originalLength: packet.originalLength) else {
                continue
            }
            batch.packets[kept] = packet
            kept += 1
        }
        removedPackets += UInt64(batch.count - kept)
        batch.packets.removeLast(batch.count - kept)
    }

    private func assignFilters() {
        let interfaces = base.interfaces
        guard interfaces.count > filterOfInterface.count else { return }
        for interface in interfaces[filterOfInterface.count...] {
            if let index = filters.firstIndex(where: { $0.linkType == interface.linkType }) {
                filterOfInterface.append(index)
                continue
            }
            do throws(CaptureError) {
                filters.append(try PacketFilter(expression, linkType: interface.linkType))
                filterOfInterface.append(filters.count - 1)
            } catch {
                // Not compiled again for every further interface of the type; 65,535 of them are bounded by the table.
                if !problems.contains(error) { problems.append(error) }
                filterOfInterface.append(-1)
            }
        }
    }
}
