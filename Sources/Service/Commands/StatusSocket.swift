/// Where the status service of this machine is asked.
public enum StatusSocket {
    /// What the packaged service has.
    public static let standard = "/run/lippycat/lc.sock"

    /// The configuration's, else the one that a service of this name has.
    public static func path(
        configuration: String?, environment: [String: String] = processEnvironment()
    ) throws(CommandError) -> String {
        let setting = SettingTable.all.first { $0.key == "config" }
        let given = setting.flatMap { setting in
            configuration.map { GivenSetting(setting, texts: [$0], source: .commandLine(option: "--config")) }
        }
        let resolved = try Resolution(commandLine: given.map { [$0] } ?? [], environment: environment).resolve(
            for: .voip)
        if let socket = resolved.settings.status.socket { return socket }
        // systemd's (RuntimeDirectory=), for what runs inside of the unit.
        if let directory = environment["RUNTIME_DIRECTORY"]?.split(separator: ":").first, directory.hasPrefix("/") {
            return directory + "/lc.sock"
        }
        return standard
    }

    /// A Call-ID as a component of a path, or any text as a value of a query: nothing of it means anything there.
    public static func encoded(_ text: String) -> String {
        var out = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                out.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                out += "%" + (byte < 16 ? "0" : "") + digits
            }
        }
        return out
    }
}
