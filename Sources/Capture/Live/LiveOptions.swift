/// How live interfaces are opened (https://www.tcpdump.org/manpages/pcap.3pcap.html).
public struct LiveOptions: Sendable, Equatable {
    /// Device names; `any` captures on all of them as LINUX_SLL2.
    public var interfaces: [String] = ["any"]
    /// BPF expression for the kernel; empty = everything.
    public var filter = ""
    public var isPromiscuous = false
    /// Most bytes captured of a packet; at most 262144, libpcap's own limit.
    public var snapLength: Int32 = 262_144
    /// The kernel's ring, each device.
    public var kernelBufferBytes: Int32 = 16 << 20
    /// How long the kernel may hold packets back to hand over many at once, and how long a read waits before `.idle`.
    public var timeoutMilliseconds: Int32 = 100
    /// Every packet at once instead; costs a wake-up a packet.
    public var isImmediate = false
    /// Ask for nanosecond timestamps.
    public var nanoseconds = false
    public init() {}

    var effectiveSnapLength: Int32 { snapLength > 0 ? min(snapLength, 262_144) : 262_144 }
    var effectiveTimeout: Int32 { min(max(timeoutMilliseconds, 1), 1000) }
    /// A device that gave nothing for so long holds nothing back: two timeouts and a little.
    var quietNanoseconds: Int64 { (2 * Int64(effectiveTimeout) + 20) * 1_000_000 }
}
