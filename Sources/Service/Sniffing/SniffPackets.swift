/// Plain `lc sniff`: any packets, as lines on stdout or into one capture file.
public enum SniffPackets {
    public static func run(_ request: PacketRequest) throws(CommandError) -> ExitStatus {
        _ = request
        StandardStream.error.write("lc: the engine is being wired up\n")
        return .serviceUnavailable
    }
}
