/// All settings.
public enum SettingTable {
    public static let all: [Setting] =
        input + selection + files + keeping + hooks + calls + limits + status + output
        + general

    /// The settings of a command, in one group of its help.
    public static func settings(of command: Setting.Command, in group: Setting.Group) -> [Setting] {
        all.filter { $0.group == group && $0.belongs(to: command) }
    }
}
