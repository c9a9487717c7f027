extension Flow {
    /// How long a flow is kept without a packet, nanoseconds, when another needs room. One that had a single packet is what a
    /// flood consists of; the packet's copies come within `SightingPaths.copyWindow`.
    var patience: Int64 { nextSighting > 1 ? 30_000_000_000 : 1_000_000_000 }
}
