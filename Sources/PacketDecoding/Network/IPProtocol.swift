/// Protocol numbers (IANA "Assigned Internet Protocol Numbers") that decoding depends on.
public enum IPProtocol {
    public static let hopByHopOptions: UInt8 = 0
    public static let icmp: UInt8 = 1
    public static let ipInIP: UInt8 = 4
    public static let tcp: UInt8 = 6
    public static let udp: UInt8 = 17
    public static let ipv6: UInt8 = 41
    public static let routing: UInt8 = 43
    public static let fragment: UInt8 = 44
    public static let gre: UInt8 = 47
    public static let esp: UInt8 = 50
    public static let authentication: UInt8 = 51
    public static let icmpv6: UInt8 = 58
    public static let destinationOptions: UInt8 = 60
    public static let etherIP: UInt8 = 97
    public static let l2tp: UInt8 = 115
    public static let mpls: UInt8 = 137
    public static let ethernet: UInt8 = 143
    public static let serviceHeader: UInt8 = 145

    /// Headers we step over; ESP may hide what follows and is a protocol to us.
    static func isExtensionHeader(_ number: UInt8, ipVersion: UInt8) -> Bool {
        switch number {
        case authentication: true
        case hopByHopOptions, routing, fragment, destinationOptions: ipVersion == 6
        default: false
        }
    }
}
