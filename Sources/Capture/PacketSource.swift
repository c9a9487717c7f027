/// Where packets come from: a file, several files merged by time, or live interfaces.
///
/// A source belongs to one thread at a time; nothing in it is locked. It is a class because it owns descriptors; its cost
/// is per batch, never per packet.
public protocol PacketSource: AnyObject {
    /// Replaces the batch's contents by the next packets, at most `maxPackets` and at most what its arena holds.
    ///
    /// Returns `.packets` with at least one packet in the batch, or another status with an empty batch. After
    /// `.endOfInput` it may be called again and says the same.
    func read(into batch: inout PacketBatch, limit maxPackets: Int) throws(CaptureError) -> ReadStatus

    /// Every interface seen up to now; `CapturedPacket.interface` is an index into it. It only ever grows, between reads.
    var interfaces: [CaptureInterface] { get }

    /// The link types known right after opening, each once (LINKTYPE_ numbers, see `CaptureInterface.linkType`). A pcapng
    /// file may name more in its middle.
    var linkTypes: [UInt32] { get }

    /// Some interface known right after opening has timestamps finer than 1 µs.
    var isNanosecond: Bool { get }

    /// What the kernel and the devices say about packets that never came to us.
    var statistics: CaptureStatistics { get }

    /// Inputs that ended before their end, in the order in which that was found.
    var damages: [CaptureDamage] { get }
}

public enum ReadStatus: Sendable, Equatable {
    /// The batch holds at least one packet.
    case packets
    /// Live: nothing came within the timeout.
    case idle
    /// There is no more, and there never will be.
    case endOfInput
}

/// One interface that packets were captured on.
public struct CaptureInterface: Sendable, Equatable {
    /// LINKTYPE_ number as capture files carry it (https://www.tcpdump.org/linktypes.html), without the FCS bits. It
    /// is libpcap's DLT_ number too but for a few (raw IP: 101 here, 12 as Linux' DLT); `LinkType` translates.
    public var linkType: UInt32
    /// Device name, when the source knows it.
    public var name: String?
    /// Most bytes captured of a packet; 0 when there was no limit.
    public var snapLength: UInt32
    /// Timestamps are finer than 1 µs.
    public var isFinerThanMicrosecond: Bool

    public init(linkType: UInt32, name: String?, snapLength: UInt32, isFinerThanMicrosecond: Bool) {
        self.linkType = linkType
        self.name = name
        self.snapLength = snapLength
        self.isFinerThanMicrosecond = isFinerThanMicrosecond
    }
}

/// Packets that passed by. All counts are zero for files.
public struct CaptureStatistics: Sendable, Equatable {
    /// Packets that passed the kernel's filter, those it then had to drop included.
    public var received: UInt64 = 0
    /// Dropped because the kernel's buffer was full.
    public var droppedByKernel: UInt64 = 0
    /// Dropped by the device or its driver.
    public var droppedByInterface: UInt64 = 0
    /// Came to us, and were dropped before anybody looked at them because all batches were in use. Part of what was
    /// captured, unlike the others.
    public var droppedByQueue: UInt64 = 0
    /// `--hep-listen`: what came and was no HEP packet, and connections that ended in the middle of one.
    public var hepMalformed: UInt64 = 0
    /// Connections of agents beyond `HEPSource.maxConnections`.
    public var hepConnectionsRefused: UInt64 = 0
    /// Packets whose time lay in the future.
    public var hepTimesRefused: UInt64 = 0
    /// Live: the same for each interface, in the order in which they were named.
    public var interfaces: [InterfaceStatistics] = []
    public init() {}
}

/// One interface of a live capture, over all the times that it was opened.
public struct InterfaceStatistics: Sendable, Equatable {
    public enum State: String, Sendable {
        case capturing
        /// It is there and down.
        case down
        /// It is not there; when it returns it is opened again.
        case lost
    }

    public var name: String
    public var state: State
    /// Handed over to us by the kernel.
    public var packets: UInt64 = 0
    public var received: UInt64 = 0
    public var droppedByKernel: UInt64 = 0
    public var droppedByInterface: UInt64 = 0
    public var droppedByQueue: UInt64 = 0
    /// Times it went away, and times it was opened again.
    public var timesLost: UInt64 = 0
    public var timesReopened: UInt64 = 0

    public init(name: String, state: State = .capturing) {
        self.name = name
        self.state = state
    }
}
