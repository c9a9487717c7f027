import Glibc

/// Whether a network device is there, which one it is, and whether it is up.
struct LinkState: Equatable {
    /// A device that returns under the same name has another index.
    var index: UInt32
    var isUp: Bool

    enum Answer {
        case there(LinkState)
        /// There is no such device. Names that are none of the kernel's (`any`, `nflog`) have none either.
        case absent
        /// It could not be asked: no descriptor left, or a sandbox without AF_INET.
        case unknown
    }

    /// https://man7.org/linux/man-pages/man7/netdevice.7.html: `struct ifreq` is the name in 16 bytes, then what was asked for.
    static func of(_ name: String) -> Answer {
        guard name.utf8.count < 16 else { return .absent }
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return .unknown }
        defer { _ = close(descriptor) }
        var request = [UInt8](repeating: 0, count: 40)
        request.replaceSubrange(0..<name.utf8.count, with: name.utf8)
        var forFlags = request
        guard unsafe ioctl(descriptor, UInt(SIOCGIFINDEX), &request) == 0,
            unsafe ioctl(descriptor, UInt(SIOCGIFFLAGS), &forFlags) == 0
        else { return errno == ENODEV || errno == ENXIO ? .absent : .unknown }
        let index = request[16..<20].reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let flags = UInt16(forFlags[16]) | UInt16(forFlags[17]) << 8
        return .there(LinkState(index: index, isUp: flags & UInt16(IFF_UP) != 0))
    }
}

/// Wakes the reading thread when a device of this machine changes.
///
/// The kernel's messages (RTMGRP_LINK, rtnetlink(7)) are not read for what they say, only for that they came: what is true
/// now is asked afterwards, so a message that was lost or is of a new kind does no harm. Without the socket (a sandbox
/// without AF_NETLINK) devices are looked at once a second.
final class LinkWatch {
    let descriptor: Int32

    init() {
        let kind = Int32(SOCK_RAW.rawValue) | Int32(SOCK_CLOEXEC.rawValue) | Int32(SOCK_NONBLOCK.rawValue)
        let descriptor = socket(AF_NETLINK, kind, 0)
        // struct sockaddr_nl: family, padding, port (0: the kernel chooses), groups; RTMGRP_LINK is 1.
        var address = [UInt32](arrayLiteral: UInt32(AF_NETLINK), 0, 1)
        let length = socklen_t(address.count * 4)
        var isBound = false
        unsafe address.withUnsafeMutableBytes { bytes in
            guard descriptor >= 0, let base = bytes.baseAddress else { return }
            isBound = unsafe bind(descriptor, base.assumingMemoryBound(to: sockaddr.self), length) == 0
        }
        if descriptor >= 0, !isBound { _ = close(descriptor) }
        self.descriptor = isBound ? descriptor : -1
    }

    deinit { if descriptor >= 0 { _ = close(descriptor) } }

    /// Forgets the messages that have come. True if there were any.
    func drain() -> Bool {
        guard descriptor >= 0 else { return false }
        var buffer = [UInt8](repeating: 0, count: 8192)
        var any = false
        // A limit, so that a storm of changes does not keep packets waiting.
        for _ in 0..<64 {
            let count = unsafe recv(descriptor, &buffer, buffer.count, 0)
            // ENOBUFS: more came than the socket holds; that is news too.
            guard count > 0 || errno == ENOBUFS else { break }
            any = true
        }
        return any
    }
}
