import Archive
import Calls
import Capture
import PacketDecoding

/// A message as it travels to the worker: where its bytes are and what the tracker found out already.
struct TrackedMessage {
    /// In `extraBytes` if set, else in `bytes`.
    var isExtra: Bool
    var offset: Int
    var length: Int
    var timestamp: Int64
    var source: Endpoint
    var destination: Endpoint
    var transport: SIPTransport
    var isCopy: Bool
    /// Where its parts are, see `TrackedBatch.parts`.
    var parts: Int32
}

/// A call has begun.
struct CallBegin {
    /// Number of the call in the order of beginning, from 0.
    var number: UInt64
    var callID: [UInt8]
    /// Time of the call's first packet.
    var startTime: Int64
    /// Its selection (`-u`) is still open: keep everything back.
    var isHeld: Bool
    /// The name of its files, unless none are written.
    var stem: FileStem?
}

/// A call has left the table.
struct CallEnd {
    /// Number of the call in the order of ending, from 0: the order of the records.
    var sequence: UInt64
    var outcome: CallOutcome
    /// Decided by `-u` or `--call-id`: no file and no record.
    var isUnwanted: Bool
    /// The match came late: media before it is missing.
    var partialMedia: Bool
}

/// A media datagram put together from fragments.
struct TrackedDatagram {
    var offset: Int
    var length: Int
    var source: Endpoint
    var destination: Endpoint
    var flow: UInt32
    var timestamp: Int64
}

/// A packet that reaches its call late: it waited for reassembly, or for its SDP.
struct ExtraPacket {
    var packet: CapturedPacket
    /// Position in the capture.
    var position: UInt64
}

/// What the tracker hands to the workers. Immutable once published.
struct TrackedBatch: ~Copyable {
    /// The reader's block and the packets in it.
    var captured = PacketBatch.empty
    /// Messages among them.
    var datagrams = SIPDatagrams()
    /// Position in the capture of the first packet.
    var firstPosition: UInt64 = 0
    /// Bytes of late packets, reassembled messages and datagrams.
    var extraBytes: [UInt8] = []
    var extraPackets: [ExtraPacket] = []
    var actions: [Action] = []
    var messages: [TrackedMessage] = []
    /// Parts of messages that are none of `datagrams`.
    private var otherParts: [RoutedMessage] = []
    var mediaDatagrams: [TrackedDatagram] = []
    var begins: [CallBegin] = []
    var ends: [CallEnd] = []
    /// No packet with a lower position can reach a call after this batch.
    var pendingFloor: UInt64 = 0

    /// Where the parts of a message that is none of `datagrams` will be for the workers.
    mutating func keepParts(_ message: inout RoutedMessage) -> Int32 {
        otherParts.append(message)
        return -Int32(truncatingIfNeeded: otherParts.count)
    }

    // Inlined: it is copied once and not twice.
    @inline(__always)
    func parts(of message: TrackedMessage) -> RoutedMessage {
        message.parts >= 0 ? datagrams[Int(message.parts)].message : otherParts[-1 - Int(message.parts)]
    }

    /// So much that messages are better read by the thread that reads packets: one in four.
    var isMostlySignalling: Bool { messages.count * 4 > captured.count }

    mutating func removeAll() {
        datagrams.removeAll()
        extraBytes.removeAll(keepingCapacity: extraBytes.capacity < 1 << 20)
        extraPackets.removeAll(keepingCapacity: true)
        actions.removeAll(keepingCapacity: true)
        messages.removeAll(keepingCapacity: true)
        otherParts.removeAll(keepingCapacity: true)
        mediaDatagrams.removeAll(keepingCapacity: true)
        begins.removeAll(keepingCapacity: true)
        ends.removeAll(keepingCapacity: true)
    }
}
