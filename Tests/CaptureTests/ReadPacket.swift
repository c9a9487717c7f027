import CPcap
import Testing

@testable import Capture

/// A packet with its bytes, as the tests compare them.
struct ReadPacket: Equatable {
    var time: Int64
    var original: UInt32
    var bytes: [UInt8]
    var interface: UInt16 = 0
}

/// Everything a source gives. Checks on the way what every batch promises.
func readAll(
    _ source: any PacketSource, arenaBytes: Int = 16 << 10, limit: Int = 1024
) throws -> [ReadPacket] {
    var batch = PacketBatch(arenaBytes: arenaBytes, packetCapacity: 8)
    var result: [ReadPacket] = []
    reading: while true {
        switch try source.read(into: &batch, limit: limit) {
        case .packets:
            let count = batch.count
            #expect(count > 0 && count <= limit)
            for packet in batch.packets {
                #expect(Int(packet.interface) < source.interfaces.count)
                result.append(
                    ReadPacket(
                        time: packet.timestamp, original: packet.originalLength,
                        bytes: Array(batch.bytes[packet.range]), interface: packet.interface))
            }
        case .idle: Issue.record("a file is never idle")
        case .endOfInput:
            let count = batch.count
            #expect(count == 0)
            break reading
        }
    }
    #expect(try source.read(into: &batch, limit: limit) == .endOfInput)
    return result
}

func readFile(_ path: String) throws -> [ReadPacket] { try readAll(FileSource(path: path)) }

/// What libpcap makes of a file, or its error text.
struct LibpcapReading {
    var packets: [ReadPacket] = []
    var dlt: Int32 = 0
    var snapLength: Int = 0
    var error: String?

    /// - Parameter fractionUnit: nanoseconds in a unit of a classic file's fraction field.
    init(_ path: String, fractionUnit: Int64 = 1000) {
        var text = [CChar](repeating: 0, count: Int(PCAP_ERRBUF_SIZE))
        guard let handle = pcap_open_offline_with_tstamp_precision(path, UInt32(PCAP_TSTAMP_PRECISION_NANO), &text)
        else {
            error = String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            return
        }
        defer { pcap_close(handle) }
        dlt = pcap_datalink(handle)
        snapLength = Int(pcap_snapshot(handle))
        var header: UnsafeMutablePointer<pcap_pkthdr>?
        var bytes: UnsafePointer<UInt8>?
        while true {
            let status = pcap_next_ex(handle, &header, &bytes)
            guard status == 1, let header, let bytes else {
                if status == PCAP_ERROR { error = String(cString: pcap_geterr(handle)) }
                return
            }
            // libpcap takes the 32-bit fields of classic files for signed; they are not (after 2038, and in odd files).
            var (seconds, fraction) = (Int64(header.pointee.ts.tv_sec), Int64(header.pointee.ts.tv_usec))
            if seconds < 0 { seconds += 1 << 32 }
            if fraction < 0 { fraction += fractionUnit << 32 }
            let time = seconds &* 1_000_000_000 &+ fraction
            let piece = UnsafeBufferPointer(start: bytes, count: Int(header.pointee.caplen))
            packets.append(ReadPacket(time: time, original: header.pointee.len, bytes: Array(piece)))
        }
    }
}
