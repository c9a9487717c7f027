import Glibc

/// Settings in environment variables: `LIPPYCAT_VOIP_MAX_GOROUTINES=100`.
struct EnvironmentSettings {
    static let prefix = "LIPPYCAT_VOIP_"
    let table: [Setting]

    /// An empty variable counts as not set, as scripts and unit files leave them.
    func settings(in environment: [String: String]) throws(CommandError) -> [GivenSetting] {
        var given: [GivenSetting] = []
        var known: Set<String> = []
        for setting in table {
            for name in setting.environmentNames {
                known.insert(name)
                guard let text = environment[name], !text.isEmpty else { continue }
                if let earlier = given.last, earlier.setting.path == setting.path {
                    throw CommandError(
                        "\(setting.path) is set twice", at: "environment \(name)",
                        remedy: "\(earlier.source) sets it already", exitStatus: .configuration)
                }
                let texts = GivenSetting.separated([text], for: setting)
                given.append(GivenSetting(setting, texts: texts, source: .environment(name)))
            }
        }
        // Sorted, so that the same mistake gives the same message every time.
        for name in environment.keys.sorted() where name.hasPrefix(Self.prefix) && !known.contains(name) {
            throw CommandError(
                "unknown setting", at: "environment \(name)",
                remedy: nearest(to: name, known).map { "did you mean \($0)?" }
                    ?? "'lc show config' lists the valid keys",
                exitStatus: .configuration)
        }
        return given
    }

    private func nearest(to name: String, _ known: Set<String>) -> String? {
        let names = known.sorted().filter { $0.hasPrefix(Self.prefix) }.map {
            $0.dropFirst(Self.prefix.count).lowercased()
        }
        return nearestName(to: String(name.dropFirst(Self.prefix.count)), among: names).map {
            Self.prefix + $0.uppercased()
        }
    }
}

/// The process's environment.
public func processEnvironment() -> [String: String] {
    var variables: [String: String] = [:]
    var pointer = environ
    while let entry = pointer.pointee {
        let text = String(cString: entry)
        if let sign = text.firstIndex(of: "=") {
            variables[String(text[..<sign])] = String(text[text.index(after: sign)...])
        }
        pointer += 1
    }
    return variables
}
