/// Protocol numbers (IANA "Assigned Internet Protocol Numbers") that decoding depends on.
public enum IPProtocol {
    public static let hopByHopOptions: UInt8 = 0
    public static let icmp: UInt8 = 1
    public static let tcp: UInt8 = 6
    public static let udp: UInt8 = 17
    public static let routing: UInt8 = 43
    public static let fragment: UInt8 = 44
    public static let authentication: UInt8 = 51
    public static let icmpv6: UInt8 = 58
    public static let destinationOptions: UInt8 = 60

    /// Headers we step over; ESP hides what follows and is a protocol to us.
    static func isExtensionHeader(_ number: UInt8, ipVersion: UInt8) -> Bool {
        switch number {
        case authentication: true
        case hopByHopOptions, routing, fragment, destinationOptions: ipVersion == 6
        default: false
        }
    }
}
