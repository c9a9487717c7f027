/// LINKTYPE_ numbers stand in files and are the same everywhere; DLT_ numbers are libpcap's, and a few depend on the
/// operating system. This translates for Linux, as libpcap's pcap-common.c does.
public enum LinkType {
    public static let ethernet: UInt32 = 1
    public static let rawIP: UInt32 = 101
    public static let linuxCooked: UInt32 = 113
    public static let linuxCookedV2: UInt32 = 276

    /// Linux' DLT_ and its LINKTYPE_, where they differ.
    private static let different: [(dlt: Int32, linkType: UInt32)] = [
        (11, 100),  // ATM_RFC1483
        (12, 101),  // RAW
        (15, 102),  // SLIP_BSDOS
        (16, 103),  // PPP_BSDOS
        (19, 106),  // ATM_CLIP
    ]

    public static func dlt(_ linkType: UInt32) -> Int32 {
        for pair in different where pair.linkType == linkType { return pair.dlt }
        return Int32(truncatingIfNeeded: linkType)
    }

    public static func linkType(dlt: Int32) -> UInt32 {
        for pair in different where pair.dlt == dlt { return pair.linkType }
        return UInt32(bitPattern: dlt)
    }
}
