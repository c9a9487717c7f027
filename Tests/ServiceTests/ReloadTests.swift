import Testing

@testable import Service

@Suite struct ReloadTests {
    private func resolved(_ file: String) throws -> ResolvedSettings { try resolve([], file: file) }

    @Test func whatCanChangeChangesAndTheRestIsNamed() throws {
        let old = try resolved("voip:\n  ring_timeout: 100s\n  workers: 2\nlog_level: info\n")
        let new = try resolved("voip:\n  ring_timeout: 50s\n  workers: 3\n  interface: eth9\nlog_level: debug\n")
        let outcome = Reload(old).outcome(of: new)
        #expect(outcome.changed.map(\.path) == ["voip.ring_timeout", "log_level"])
        #expect(outcome.changed.first == .init(path: "voip.ring_timeout", old: "100s", new: "50s"))
        #expect(outcome.refused.map(\.path) == ["voip.interface", "voip.workers"])
        let settings = outcome.settings.settings
        #expect(settings.engine.calls.ringTimeout == 50_000_000_000 && settings.log.level == "debug")
        #expect(settings.engine.workers == 2 && settings.capture.interfaces == ["any"])
    }

    /// A mode sets many; each is judged by itself.
    @Test func anotherModeChangesWhatCanChange() throws {
        let old = try resolved("voip:\n  tcp_performance_mode: balanced\n")
        let outcome = Reload(old).outcome(of: try resolved("voip:\n  tcp_performance_mode: memory\n"))
        let settings = outcome.settings.settings
        #expect(settings.engine.limits.maxStreamParsers == 100 && settings.engine.limits.maxCalls == 6000)
        #expect(settings.engine.limits.writeBufferBytes == 64 << 20)
        #expect(outcome.refused.map(\.path).contains("voip.write_buffer_size"))
    }

    @Test func theSameAgainIsNoChange() throws {
        let text = "voip:\n  ring_timeout: 100s\n"
        let outcome = Reload(try resolved(text)).outcome(of: try resolved(text))
        #expect(outcome.changed.isEmpty && outcome.refused.isEmpty)
    }

    /// Every setting of the engine that the table calls live reaches a running tracker, and no other does.
    @Test func theTableAndTheEngineAgree() throws {
        let old = try resolved("")
        for entry in old.entries where entry.setting.scope == .voip {
            var changed = old
            guard let other = otherValue(entry.value),
                let index = old.entries.firstIndex(where: { $0.setting.path == entry.setting.path })
            else { continue }
            changed.entries[index] = .init(setting: entry.setting, value: other, source: .standard)
            let (before, after) = (old.settings.engine, changed.settings.engine)
            guard before != after else { continue }
            #expect((before.changing(to: after) != before) == entry.setting.isLive, "\(entry.setting.path)")
        }
    }

    private func otherValue(_ value: SettingValue) -> SettingValue? {
        switch value {
        case .boolean(let value): .boolean(!value)
        case .integer(let value): .integer(value + 1)
        case .duration(let value): .duration(value + 1)
        case .size(let value): .size(value + 1)
        case .list: .list(["x"])
        default: nil
        }
    }
}
