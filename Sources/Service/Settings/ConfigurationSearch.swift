import Glibc

/// Where a configuration is looked for when no `--config` is given.
public enum ConfigurationSearch {
    public static let systemPath = "/etc/lippycat/config.yaml"

    /// The candidates, best first. Relative values of the variables are ignored, as the XDG specification demands.
    public static func candidates(environment: [String: String]) -> [String] {
        var paths: [String] = []
        let home = environment["HOME"].flatMap { $0.hasPrefix("/") ? $0 : nil }
        if let base = environment["XDG_CONFIG_HOME"], base.hasPrefix("/") {
            paths.append(base + "/lippycat/config.yaml")
        } else if let home {
            paths.append(home + "/.config/lippycat/config.yaml")
        }
        if let home {
            paths += [home + "/.config/lippycat.yaml", home + "/.lippycat.yaml"]
        }
        return paths + [systemPath]
    }

    /// The first candidate that can be read, and those that exist but may not be read: the system's file is often for
    /// the service's eyes only, which must not keep anybody from replaying a capture, but is worth a warning.
    static func find(
        environment: [String: String], systemPath: String = Self.systemPath
    ) -> (found: String?, unreadable: [String]) {
        var unreadable: [String] = []
        for candidate in candidates(environment: environment) {
            let path = candidate == Self.systemPath ? systemPath : candidate
            if access(path, F_OK) != 0 { continue }
            if access(path, R_OK) == 0 { return (path, unreadable) }
            unreadable.append(path)
        }
        return (nil, unreadable)
    }
}
