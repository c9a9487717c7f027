import Foundation
import PacketDecoding

/// tshark's view of the outermost headers of each packet.
enum Tshark {
    struct Row {
        /// The dissectors by name, outermost first: `eth:ethertype:ip:udp:sip`.
        var protocols: String
        var source: IPAddress?
        var destination: IPAddress?
        var ipVersion: Int?
        var isFragment = false
        var udpSource: UInt16?
        var udpDestination: UInt16?
        var udpLength: Int?
        var tcpSource: UInt16?
        var tcpDestination: UInt16?
        var tcpLength: Int?

        var isMalformed: Bool { protocols.contains("_ws.malformed") }

        /// The dissectors from the first that is not of a link header that we know, VLAN tags and LLC included.
        private var beyondLink: [Substring] {
            let link: Set<Substring> = ["eth", "ethertype", "vlan", "ieee8021ad", "llc", "sll", "raw", "null", "loop"]
            return Array(protocols.split(separator: ":").drop { link.contains($0) })
        }

        /// IP directly behind such a link header.
        var isPlain: Bool { beyondLink.first == "ip" || beyondLink.first == "ipv6" }
        var isPlainUDP: Bool { isPlain && beyondLink.dropFirst().first == "udp" }
    }

    private static let fieldNames = [
        "frame.protocols", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst", "udp.srcport", "udp.dstport", "udp.length",
        "tcp.srcport", "tcp.dstport", "tcp.len", "ip.flags.mf", "ip.frag_offset", "ipv6.fraghdr.offset",
        "ipv6.fraghdr.more",
    ]

    static let isInstalled = executable != nil

    private static let executable: String? = {
        let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin"
        return path.split(separator: ":").map { "\($0)/tshark" }.first {
            FileManager.default.isExecutableFile(atPath: $0)
        }
    }()

    /// One row a packet, without reassembly, so that each packet shows its own headers only.
    static func fields(of capture: URL) throws -> [Row] {
        guard let executable else { return [] }
        let process = Process()
        process.executableURL = URL(filePath: executable)
        process.arguments =
            [
                "-r", capture.path, "-n", "-T", "fields", "-E", "occurrence=f", "-E", "separator=/t",
                "-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE", "-o", "tcp.desegment_tcp_streams:FALSE",
                "-o", "ip.tso_support:TRUE",
            ] + fieldNames.flatMap { ["-e", $0] }
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        let text = String(decoding: data, as: UTF8.self)
        return text.split(separator: "\n", omittingEmptySubsequences: false).dropLast().map(row)
    }

    private static func row(_ line: Substring) -> Row {
        let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        func column(_ name: String) -> String? {
            guard let index = fieldNames.firstIndex(of: name), index < columns.count else { return nil }
            return columns[index].isEmpty ? nil : columns[index]
        }
        var row = Row(protocols: column("frame.protocols") ?? "")
        // Of IPv4 in IPv6 and the reverse, the one named first is the outer one.
        let names = row.protocols.split(separator: ":")
        let first = names.first { $0 == "ip" || $0 == "ipv6" }
        row.ipVersion = first.map { $0 == "ip" ? 4 : 6 }
        row.source = column(first == "ip" ? "ip.src" : "ipv6.src").flatMap { IPAddress($0) }
        row.destination = column(first == "ip" ? "ip.dst" : "ipv6.dst").flatMap { IPAddress($0) }
        row.udpSource = column("udp.srcport").flatMap { UInt16($0) }
        row.udpDestination = column("udp.dstport").flatMap { UInt16($0) }
        row.udpLength = column("udp.length").flatMap { Int($0) }
        row.tcpSource = column("tcp.srcport").flatMap { UInt16($0) }
        row.tcpDestination = column("tcp.dstport").flatMap { UInt16($0) }
        row.tcpLength = column("tcp.len").flatMap { Int($0) }
        let numbers = ["ip.flags.mf", "ip.frag_offset", "ipv6.fraghdr.offset", "ipv6.fraghdr.more"].map(column)
        row.isFragment = numbers.contains { $0 != nil && $0 != "0" && $0 != "False" }
        return row
    }
}
