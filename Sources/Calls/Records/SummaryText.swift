/// The summary for people: calls, messages and the ledger, ending in the line that balances it.
public enum SummaryText {
    public static func append(_ summary: SummaryRecord, to bytes: inout [UInt8]) {
        var lines: [(name: String, value: String)] = []
        lines.append(
            ("calls", String(summary.calls) + list(CallRecord.State.allCases.map { ($0.rawValue, summary[$0]) })))
        let statuses = summary.sipMessages.statuses.map { (String($0.code), $0.count) }
        lines.append(("call-ids", String(summary.callIDs)))
        lines.append(
            (
                "sip messages",
                String(summary.sipMessages.total)
                    + list(summary.sipMessages.methods.map { ($0.name, $0.count) } + statuses)
            ))
        if !summary.sipMessages.transports.isEmpty {
            lines.append(("transports", pairs(summary.sipMessages.transports.map { ($0.name, $0.count) })))
        }
        lines.append(("rtp streams", String(summary.rtpStreams)))
        let counters = summary.counters.filter { $0.count > 0 }.map { ($0.name, $0.count) }
        if !counters.isEmpty { lines.append(("counters", pairs(counters))) }
        let width = lines.reduce(0) { max($0, $1.name.utf8.count) }
        for line in lines {
            bytes.append(text: line.name)
            bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: width - line.name.utf8.count + 2))
            bytes.append(contentsOf: TerminalText(line.value, limit: 2000).bytes)
            bytes.append(UInt8(ascii: "\n"))
        }
        for interface in summary.interfaces { append(interface, to: &bytes) }
        append(summary.ledger, to: &bytes)
    }

    /// Appends a line for an interface of a live capture: what it gave, and everything that went wrong with it.
    public static func append(_ interface: InterfaceRecord, to bytes: inout [UInt8]) {
        let faults = [
            ("dropped by the kernel", interface.kernelDropped), ("by the interface", interface.interfaceDropped),
            ("by the queue", interface.queueDropped), ("lost", interface.timesLost),
            ("reopened", interface.timesReopened),
        ].filter { $0.1 > 0 }
        var text = "interface \(interface.name): \(interface.packets) packets"
        if !faults.isEmpty { text += ", " + pairs(faults) }
        if interface.state != "capturing" { text += "; now \(interface.state)" }
        bytes.append(contentsOf: TerminalText(text, limit: 2000).bytes)
        bytes.append(UInt8(ascii: "\n"))
    }

    /// Appends the ledger: a line for each class that has packets, then owners and drops, then the balance.
    public static func append(_ ledger: PacketLedger, to bytes: inout [UInt8]) {
        let classes =
            PacketClass.allCases.map { ($0.name, ledger[$0]) }
            + ledger.refused.map { ("refused by " + $0.name, $0.count) }
        let owners = PacketOwnership.allCases.map { ($0.name, ledger[$0]) }
        let drops = [
            ("dropped by the kernel", ledger.kernelDropped), ("dropped by the interface", ledger.interfaceDropped),
        ]
        let sections = [("packets by class", classes), ("packets by owner", owners), ("before capture", drops)]
        let rows = sections.flatMap(\.1).filter { $0.1 > 0 }
        let nameWidth = rows.reduce(0) { max($0, $1.0.utf8.count) }
        let valueWidth = rows.reduce(0) { max($0, String($1.1).utf8.count) }
        for (title, counts) in sections where counts.contains(where: { $0.1 > 0 }) {
            bytes.append(text: title + "\n")
            for (name, count) in counts where count > 0 {
                let value = String(count)
                let gap = nameWidth - name.utf8.count + 2 + valueWidth - value.utf8.count
                bytes.append(text: "  " + name)
                bytes.append(contentsOf: repeatElement(UInt8(ascii: " "), count: gap))
                bytes.append(text: value + "\n")
            }
        }
        appendBalance(of: ledger, to: &bytes)
    }

    private static func appendBalance(of ledger: PacketLedger, to bytes: inout [UInt8]) {
        let classes = ledger.sumOfClasses
        let owners = ledger.sumOfOwnerships
        let relation = ledger.captured == classes ? "=" : "!="
        bytes.append(text: "captured \(ledger.captured) \(relation) sum of classes \(classes)\n")
        if ledger.captured != owners {
            bytes.append(text: "captured \(ledger.captured) != sum of owners \(owners)\n")
        }
    }

    /// ` (ended 3, failed 1)`, or nothing.
    private static func list(_ counts: [(String, UInt64)]) -> String {
        let text = pairs(counts.filter { $0.1 > 0 })
        return text.isEmpty ? "" : " (" + text + ")"
    }

    private static func pairs(_ counts: [(String, UInt64)]) -> String {
        counts.map { $0.0 + " " + String($0.1) }.joined(separator: ", ")
    }
}
