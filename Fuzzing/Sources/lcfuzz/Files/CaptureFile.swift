import Capture
import TestSupport

extension FuzzTarget {
    /// pcap, pcapng and gzip: read in one go and packet by packet the same, and no packet outside its batch.
    static func captureFile(_ bytes: [UInt8]) {
        let file = MemoryFile(bytes)
        let whole = read(file.path, limit: 100_000)
        let single = read(file.path, limit: 1)
        require(whole == single, "packets differ with the batch's size: \(whole.count) and \(single.count)")
    }

    private struct Packet: Equatable {
        var time: Int64
        var bytes: [UInt8]
        var originalLength: UInt32
        var linkType: UInt32
    }

    private static func read(_ path: String, limit: Int) -> [Packet] {
        guard let source = try? FileSource(path: path) else { return [] }
        var packets: [Packet] = []
        var batch = PacketBatch(arenaBytes: 4096)
        while let status = try? source.read(into: &batch, limit: limit), status == .packets {
            require(!batch.isEmpty && batch.count <= limit, "\(batch.count) packets in a batch")
            for packet in batch.packets {
                require(packet.range.upperBound <= batch.bytes.count, "a packet outside its batch")
                require(Int(packet.interface) < source.interfaces.count, "a packet of no interface")
                packets.append(
                    Packet(
                        time: packet.timestamp, bytes: Array(batch.bytes[packet.range]),
                        originalLength: packet.originalLength,
                        linkType: source.interfaces[Int(packet.interface)].linkType))
            }
        }
        require(batch.isEmpty, "packets after the end")
        return packets
    }
}
