import Engine
import Testing

@testable import Service

/// The table of modes as the documentation has it.
@Suite struct ModeTableTests {
    static let seconds: Int64 = 1_000_000_000

    static func limits(_ mode: String) throws -> EngineLimits {
        try SniffRequest(resolve([option("tcp_performance_mode", mode)])).engine.limits
    }

    /// A row; memory in MiB, times in seconds.
    struct Mode {
        let name: String
        let parsers, buffers, tcpMemory, streamTimeout, bufferAge, cleanup, writeBuffers: Int
        let flushMilliseconds: Int64
        let lookBack: Int
        let strategy: BufferStrategy
    }

    @Test(arguments: [
        Mode(
            name: "balanced", parsers: 1000, buffers: 5000, tcpMemory: 100, streamTimeout: 300, bufferAge: 300,
            cleanup: 60, writeBuffers: 64, flushMilliseconds: 1_000, lookBack: 16, strategy: .adaptive),
        Mode(
            name: "throughput", parsers: 2000, buffers: 20_000, tcpMemory: 256, streamTimeout: 600, bufferAge: 600,
            cleanup: 120, writeBuffers: 128, flushMilliseconds: 5_000, lookBack: 64, strategy: .ring),
        Mode(
            name: "latency", parsers: 500, buffers: 2000, tcpMemory: 200, streamTimeout: 120, bufferAge: 60,
            cleanup: 15, writeBuffers: 16, flushMilliseconds: 10, lookBack: 8, strategy: .fixed),
        Mode(
            name: "memory", parsers: 100, buffers: 500, tcpMemory: 16, streamTimeout: 180, bufferAge: 120,
            cleanup: 30, writeBuffers: 8, flushMilliseconds: 1_000, lookBack: 4, strategy: .fixed),
    ])
    func everyValueOfTheMode(mode: Mode) throws {
        let limits = try Self.limits(mode.name)
        #expect(limits.maxStreamParsers == mode.parsers)
        #expect(limits.maxTCPBuffers == mode.buffers)
        #expect(limits.tcpMemoryLimit == mode.tcpMemory << 20)
        #expect(limits.tcpStreamTimeout == Int64(mode.streamTimeout) * Self.seconds)
        #expect(limits.tcpBufferMaxAge == Int64(mode.bufferAge) * Self.seconds)
        #expect(limits.tcpCleanupInterval == Int64(mode.cleanup) * Self.seconds)
        #expect(limits.writeBufferBytes == mode.writeBuffers << 20)
        #expect(limits.flushInterval == mode.flushMilliseconds * 1_000_000)
        #expect(limits.lookBackBytes == mode.lookBack << 20)
        #expect(limits.bufferStrategy == mode.strategy)
    }

    @Test(arguments: [("minimal", "memory"), ("high_performance", "throughput"), ("low_latency", "latency")])
    func otherNames(alias: String, mode: String) throws {
        #expect(try Self.limits(alias) == Self.limits(mode))
        let shown = try resolve([option("tcp_performance_mode", alias)]).entry("voip.tcp_performance_mode")
        #expect(shown?.value == .text(mode))
    }

    @Test func theEnginesOwnDefaultsAreThoseOfTheTable() throws {
        var request = try SniffRequest(resolve())
        #expect(request.engine.limits == EngineLimits())
        request.engine.workers = 0
        #expect(request.engine == EngineOptions())
        #expect(request.capture == CaptureRequest())
    }

    @Test func everyDefaultAndModeValueIsItselfAllowed() throws {
        for setting in SettingTable.all {
            let values =
                [setting.standard] + (setting.modes.map { modes in PerformanceMode.allCases.map { modes[$0] } } ?? [])
            for value in values {
                let text: String
                switch value {
                case .integer(let number), .size(let number): text = String(number)
                case .duration(let time): text = DurationText.format(time)
                case .text(let word): text = word
                default: continue
                }
                #expect(setting.kind.parse([text]) == .success(value), "\(setting.path)")
            }
        }
    }
}
