import Engine
import Testing

@testable import Service

/// The table of modes as the documentation has it.
@Suite struct ModeTableTests {
    static let seconds: Int64 = 1_000_000_000

    static func limits(_ mode: String) throws -> EngineLimits {
        try SniffRequest(resolve([option("tcp_performance_mode", mode)])).engine.limits
    }

    /// Memory in MiB, the flush interval in milliseconds, other times in seconds. With its type: the compiler takes 23 s to find it.
    static let modes: [(name: String, values: [Int], strategy: BufferStrategy)] = [
        ("balanced", [1000, 5000, 100, 300, 300, 60, 64, 1_000, 16], .adaptive),
        ("throughput", [2000, 20_000, 256, 600, 600, 120, 128, 5_000, 64], .ring),
        ("latency", [500, 2000, 200, 120, 60, 15, 16, 10, 8], .fixed),
        ("memory", [100, 500, 16, 180, 120, 30, 8, 1_000, 4], .fixed),
    ]

    @Test(arguments: modes)
    func everyValueOfTheMode(name: String, values: [Int], strategy: BufferStrategy) throws {
        let limits = try Self.limits(name)
        #expect(limits.maxStreamParsers == values[0])
        #expect(limits.maxTCPBuffers == values[1])
        #expect(limits.tcpMemoryLimit == values[2] << 20)
        #expect(limits.tcpStreamTimeout == Int64(values[3]) * Self.seconds)
        #expect(limits.tcpBufferMaxAge == Int64(values[4]) * Self.seconds)
        #expect(limits.tcpCleanupInterval == Int64(values[5]) * Self.seconds)
        #expect(limits.writeBufferBytes == values[6] << 20)
        #expect(limits.flushInterval == Int64(values[7]) * 1_000_000)
        #expect(limits.lookBackBytes == values[8] << 20)
        #expect(limits.bufferStrategy == strategy)
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
