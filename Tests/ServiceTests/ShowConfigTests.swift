import Foundation
import Testing

@testable import Service

@Suite struct ShowConfigTests {
    func json(_ text: String) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    }

    @Test func everySettingIsShownResolved() throws {
        let shown = try json(ShowConfig.text(resolve(file: "voip: {max_goroutines: 5}"), sources: false))
        let voip = try #require(shown["voip"] as? [String: Any])
        #expect(voip["max_goroutines"] as? Int == 5)
        #expect(voip["tcp_memory_limit"] as? Int == 104_857_600)
        #expect(voip["ring_timeout"] as? String == "200s")
        #expect(shown["log_level"] as? String == "info")
        for setting in SettingTable.all where setting.belongs(to: .voip) && setting.scope != .commandLine {
            #expect((setting.scope == .voip ? voip : shown)[setting.key] != nil, "\(setting.path)")
        }
    }

    @Test func sourcesAreNamed() throws {
        let resolved = try resolve(
            [option("nano", "true")], environment: ["LIPPYCAT_VOIP_WORKERS": "3"],
            file: "voip:\n  max_calls: 10\n  tcp_performance_mode: memory\n")
        let voip = try #require(json(ShowConfig.text(resolved, sources: true))["voip"] as? [String: [String: Any]])
        #expect(voip["nano"]?["source"] as? String == "command line")
        #expect(voip["workers"]?["source"] as? String == "environment LIPPYCAT_VOIP_WORKERS")
        #expect((voip["max_calls"]?["source"] as? String)?.hasSuffix("config.yaml:2") == true)
        #expect(voip["max_goroutines"]?["source"] as? String == "mode memory")
        #expect(voip["snaplen"]?["source"] as? String == "default")
        #expect(voip["max_goroutines"]?["value"] as? Int == 100)
    }

    @Test func anyTextIsValidJSON() throws {
        let ugly = "\"\\\u{1}\u{7F}\u{85}\n\r\t\u{2028}ä😀"
        let resolved = try resolve([option("filter", ugly), option("sip_user", ugly)])
        let voip = try #require(json(ShowConfig.text(resolved, sources: false))["voip"] as? [String: Any])
        #expect(voip["filter"] as? String == ugly)
        #expect(voip["sip_user"] as? [String] == [ugly])
    }

    @Test func whatIsShownCanBeReadAgain() throws {
        let shown = try json(ShowConfig.text(resolve([option("tcp_performance_mode", "latency")]), sources: false))
        let voip = try #require(shown["voip"] as? [String: Any])
        // YAML takes JSON; unset values are left out.
        let set = voip.filter { !($0.value is NSNull) }
        let text = String(decoding: try JSONSerialization.data(withJSONObject: ["voip": set]), as: UTF8.self)
        #expect(
            try resolve(file: text).settings.engine
                == resolve([option("tcp_performance_mode", "latency")]).settings.engine)
    }

    @Test(arguments: ["api_token", "tls_key", "password", "smtp_password", "shared_secret"])
    func secretsAreMasked(key: String) throws {
        let secret = Setting.optionalText(key, \.captureFile, .text(placeholder: "text"), .general, "A secret.")
        let resolved = try resolve(file: "voip: {\(key): hunter2}", table: SettingTable.all + [secret])
        for sources in [false, true] {
            let text = ShowConfig.text(resolved, sources: sources)
            #expect(!text.contains("hunter2"))
            #expect(text.contains("********"))
        }
    }

    @Test func aWrongSecretIsNotPrinted() {
        let secret = Setting(key: "api_token", kind: .integer(1...2), group: .general, help: "") { _, _ in }
        #expect {
            try resolve(file: "voip: {api_token: hunter2}", table: SettingTable.all + [secret])
        } throws: { !"\($0)".contains("hunter2") && "\($0)".contains("api_token") }
    }
}
