/// The capture's link type, with its number in the pcap header.
public enum LinkType: String, Sendable, CaseIterable {
    case ethernet
    case sll2
    case raw

    public var number: UInt32 {
        switch self {
        case .ethernet: 1
        case .raw: 101
        case .sll2: 276
        }
    }
}

/// How a packet travels: what is around the transport header.
public struct Path: Sendable {
    public var source: Endpoint
    public var destination: Endpoint
    /// Outermost first; two tags are QinQ. Only Ethernet carries them.
    public var vlans: [UInt16] = []
    public var hopLimit: UInt8 = 64

    public init(from source: Endpoint, to destination: Endpoint, vlans: [UInt16] = [], hopLimit: UInt8 = 64) {
        self.source = source
        self.destination = destination
        self.vlans = vlans
        self.hopLimit = hopLimit
    }
}

/// Writes the link header; all later offsets follow from its length.
public enum LinkHeader {
    public static func length(_ link: LinkType, vlans: Int) -> Int {
        switch link {
        case .ethernet: 14 + 4 * vlans
        case .sll2: 20
        case .raw: 0
        }
    }

    /// - Parameter etherType: 0x0800, 0x86DD or 0x0806.
    public static func append(_ link: LinkType, path: Path, etherType: UInt16, to bytes: inout [UInt8]) {
        switch link {
        case .raw: return
        case .ethernet:
            appendMAC(of: path.destination.address, to: &bytes)
            appendMAC(of: path.source.address, to: &bytes)
            for (place, vlan) in path.vlans.enumerated() {
                // The outer tag of two is a service tag (802.1ad), a single one a customer tag (802.1Q).
                bytes.append(big16: place == 0 && path.vlans.count > 1 ? 0x88A8 : 0x8100)
                bytes.append(big16: vlan & 0xFFF)
            }
            bytes.append(big16: etherType)
        case .sll2:
            bytes.append(big16: etherType)
            bytes.append(big16: 0)
            bytes.append(big32: 2)  // interface index
            bytes.append(big16: 1)  // ARPHRD_ETHER
            bytes.append(0)  // packet type: to us
            bytes.append(6)
            appendMAC(of: path.source.address, to: &bytes)
            bytes.append(big16: 0)
        }
    }

    /// A locally administered address made of the IP address, so that every host has its own.
    private static func appendMAC(of address: IPAddress, to bytes: inout [UInt8]) {
        bytes.append(0x02)
        bytes.append(address.isIPv6 ? 0x06 : 0x04)
        bytes.append(big32: UInt32(truncatingIfNeeded: address.low))
    }
}
