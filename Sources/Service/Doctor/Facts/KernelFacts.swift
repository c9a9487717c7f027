/// The kernel's queues in front of every capture, and its clock source.
struct KernelFacts: Sendable {
    /// net.core.rmem_max, bytes: how large the buffer of a HEP socket can be.
    var mostReceiveBuffer: Int?
    /// Packets that a processor's queue had no place for, since the start of the machine.
    var backlogDrops = 0
    var backlogLimit: Int?

    static func gather() -> KernelFacts {
        var facts = KernelFacts()
        facts.mostReceiveBuffer = SystemFile.number("/proc/sys/net/core/rmem_max")
        facts.backlogLimit = SystemFile.number("/proc/sys/net/core/netdev_max_backlog")
        facts.backlogDrops = drops(in: SystemFile.text("/proc/net/softnet_stat") ?? "")
        return facts
    }

    /// One line a processor, hexadecimal; the second number counts what its queue had no place for.
    static func drops(in text: String) -> Int {
        text.split(separator: "\n").reduce(0) { sum, line in
            let words = line.split(separator: " ")
            return sum + (words.count > 1 ? Int(words[1], radix: 16) ?? 0 : 0)
        }
    }
}
