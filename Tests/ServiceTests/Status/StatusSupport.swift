import Archive
import Calls
import Engine

@testable import Service

/// A board as a run would have it, and requests to what answers from it.
final class StatusFixture: Sendable {
    let board: StatusBoard
    let service: StatusService
    static let second: Int64 = 1_000_000_000

    init(
        token: String? = nil, directory: ArchiveDirectory? = nil, recent: Int = 100, interfaces: [String] = ["eth0"],
        change: (inout SniffRequest) -> Void = { _ in }
    ) throws {
        let settings = try resolve()
        var request = SniffRequest()
        request.status.recentCalls = recent
        request.capture.interfaces = interfaces
        change(&request)
        let control = SnifferControl()
        // Nobody answers questions here; a run that is stopping is not asked any.
        control.stop()
        board = StatusBoard(request, settings, control: control, directory: directory)
        service = StatusService(board, StatusCredentials(token: token))
        board.enter(.capturing)
    }

    /// What the tracker would have left, and the system have told.
    func publish(
        interfaces: [InterfaceRecord] = [InterfaceRecord(name: "eth0", state: "capturing")], kernel: UInt64 = 0,
        held: Int = 0, keeping: [NamedCount] = [], at time: Int64, _ change: (inout SystemFigures) -> Void = { _ in }
    ) {
        var ledger = PacketLedger()
        ledger.countCaptured(10)
        ledger.count(.rtp, 10)
        ledger.count(.inCall, 10)
        ledger.kernelDropped = kernel
        board.note(
            SnifferProgress(
                isRequested: false, packets: 10, bytes: 1000, liveCalls: 3, ledger: ledger,
                counters: [NamedCount("sip_late", 2)], interfaces: interfaces, tcpBytesHeld: held))
        board.control.beat()
        var system = SystemFigures()
        system.resident = 10 << 20
        change(&system)
        board.take(system, keeping, at: time)
    }

    func health(at time: Int64) -> HealthReport { Health.report(board, now: time) }

    func check(_ name: String, at time: Int64) -> HealthStatus? {
        health(at: time).checks.first { $0.name == name }?.status
    }

    func get(_ target: String, _ change: (inout StatusRequest) -> Void = { _ in }) async -> StatusReply {
        var request = StatusRequest(method: "GET", target: target, peer: .address("127.0.0.1"))
        change(&request)
        return await service.answer(request)
    }

    func end(_ callID: String, _ change: (inout CallRecord) -> Void = { _ in }) {
        var record = CallRecord()
        record.callID = callID
        record.state = .ended
        record.startTime = 1_767_323_045_000_000_000
        change(&record)
        board.add(record, line: [])
    }
}

extension StatusReply {
    var text: String {
        if case .bytes(let bytes) = body { return String(decoding: bytes, as: UTF8.self) }
        return ""
    }
}
