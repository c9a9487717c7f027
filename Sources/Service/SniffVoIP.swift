/// `lc sniff voip`: from a checked request to the exit status.
public enum SniffVoIP {
    /// - Parameters:
    ///   - request: what to do, complete: no setting is looked up anywhere else.
    ///   - reload: reads the configuration again, for SIGHUP. It throws when the new one is invalid; the old one stays.
    public static func run(
        _ request: SniffRequest, reload: @escaping @Sendable () throws(CommandError) -> SniffRequest
    ) throws(CommandError) -> ExitStatus {
        _ = (request, reload)
        StandardStream.error.write("lc: the engine is being wired up\n")
        return .serviceUnavailable
    }
}
