import Engine

/// The part that speaks HTTP. `lc` brings it, so that nothing else needs what it needs.
public protocol StatusServing: Sendable {
    /// No more answers.
    func stop()
}

/// Listens, or says why it cannot.
public typealias StatusServerMaker =
    @Sendable (StatusOptions, StatusCredentials, StatusService) throws(CommandError) -> any StatusServing

/// Everything of the status service that a run has: nothing of it is there when nobody asked for it.
struct StatusOfRun: Sendable {
    let board: StatusBoard
    private let server: any StatusServing

    init(
        _ board: StatusBoard, _ credentials: StatusCredentials, _ options: StatusOptions, _ make: StatusServerMaker
    ) throws(CommandError) {
        self.board = board
        server = try make(options, credentials, StatusService(board, credentials))
        board.start()
    }

    func stop() {
        board.stop()
        server.stop()
    }
}
