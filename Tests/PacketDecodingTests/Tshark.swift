import Foundation
import PacketDecoding

/// tshark's view of the innermost headers of each packet.
enum Tshark {
    struct Row {
        /// The dissectors by name, outermost first: `eth:ethertype:ip:udp:sip`.
        var protocols: String
        /// Of the last IP header that is not part of what an ICMP error quotes.
        var source: IPAddress?
        var destination: IPAddress?
        var ipVersion: Int?
        var isFragment = false
        /// Of the transport header behind it; of an ICMP error, the ports it quotes.
        var udpSource: UInt16?
        var udpDestination: UInt16?
        var udpLength: Int?
        var tcpSource: UInt16?
        var tcpDestination: UInt16?
        var tcpLength: Int?

        var isMalformed: Bool { protocols.contains("_ws.malformed") || protocols.contains("_ws.short") }

        /// It gave up: what is inside may be more than that.
        var isOpaque: Bool { [":data", ":gtp.tpdu_data"].contains { protocols.hasSuffix($0) } || isMalformed }

        /// Compressed packets, and those in LISP's control messages, which tell of another packet.
        var isBeyondUs: Bool { protocols.contains(":ipcomp:") || protocols.contains(":lisp:ip") }
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
                "-r", capture.path, "-n", "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=|", "-E",
                "separator=/t",
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
        func column(_ name: String) -> [String] {
            guard let index = fieldNames.firstIndex(of: name), index < columns.count else { return [] }
            return columns[index].split(separator: "|").map(String.init)
        }
        var row = Row(protocols: column("frame.protocols").first ?? "")
        let all = row.protocols.split(separator: ":")
        // An ICMP error quotes further headers.
        let own = all.prefix { $0 != "icmp" && $0 != "icmpv6" }
        let quotes = own.count < all.count
        guard let last = own.lastIndex(where: { $0 == "ip" || $0 == "ipv6" }) else { return row }
        let version = own[last]
        row.ipVersion = version == "ip" ? 4 : 6
        let place = own[...last].count { $0 == version } - 1
        func address(_ name: String) -> IPAddress? {
            let values = column("\(version).\(name)")
            return place < values.count ? IPAddress(values[place]) : nil
        }
        row.source = address("src")
        row.destination = address("dst")
        if own[last...].contains("udp") || quotes {
            row.udpSource = column("udp.srcport").last.flatMap { UInt16($0) }
            row.udpDestination = column("udp.dstport").last.flatMap { UInt16($0) }
            row.udpLength = column("udp.length").last.flatMap { Int($0) }
        }
        if own[last...].contains("tcp") {
            row.tcpSource = column("tcp.srcport").last.flatMap { UInt16($0) }
            row.tcpDestination = column("tcp.dstport").last.flatMap { UInt16($0) }
            row.tcpLength = column("tcp.len").last.flatMap { Int($0) }
        }
        let numbers = ["ip.flags.mf", "ip.frag_offset", "ipv6.fraghdr.offset", "ipv6.fraghdr.more"].flatMap(column)
        row.isFragment = numbers.contains { $0 != "0" && $0 != "False" }
        return row
    }
}
