import ArgumentParser
import Service

// One empty type per group and command: ArgumentParser titles groups by type.
enum InputOptions: SettingSelection { static let (command, group) = (Setting.Command.voip, Setting.Group.input) }
enum SelectionOptionGroup: SettingSelection {
    static let (command, group) = (Setting.Command.voip, Setting.Group.selection)
}
enum FileOptions: SettingSelection { static let (command, group) = (Setting.Command.voip, Setting.Group.files) }
enum KeepingOptionGroup: SettingSelection {
    static let (command, group) = (Setting.Command.voip, Setting.Group.keeping)
}
enum HookOptions: SettingSelection { static let (command, group) = (Setting.Command.voip, Setting.Group.hooks) }
enum CallOptionGroup: SettingSelection { static let (command, group) = (Setting.Command.voip, Setting.Group.calls) }
enum LimitOptions: SettingSelection { static let (command, group) = (Setting.Command.voip, Setting.Group.limits) }
enum StatusOptionGroup: SettingSelection { static let (command, group) = (Setting.Command.voip, Setting.Group.status) }
enum OutputOptionGroup: SettingSelection { static let (command, group) = (Setting.Command.voip, Setting.Group.output) }
enum GeneralOptions: SettingSelection { static let (command, group) = (Setting.Command.voip, Setting.Group.general) }
enum PacketSelectionOptions: SettingSelection {
    static let (command, group) = (Setting.Command.packets, Setting.Group.selection)
}
enum PacketFileOptions: SettingSelection {
    static let (command, group) = (Setting.Command.packets, Setting.Group.files)
}

/// Every option of `lc sniff voip`.
struct VoIPArguments: ParsableArguments {
    @OptionGroup(title: "Input") var input: SettingArguments<InputOptions>
    @OptionGroup(title: "Selection") var selection: SettingArguments<SelectionOptionGroup>
    @OptionGroup(title: "Files") var files: SettingArguments<FileOptions>
    @OptionGroup(title: "Keeping files") var keeping: SettingArguments<KeepingOptionGroup>
    @OptionGroup(title: "Commands for calls and files") var hooks: SettingArguments<HookOptions>
    @OptionGroup(title: "Calls") var calls: SettingArguments<CallOptionGroup>
    @OptionGroup(title: "Performance and limits") var limits: SettingArguments<LimitOptions>
    @OptionGroup(title: "Status service") var status: SettingArguments<StatusOptionGroup>
    @OptionGroup(title: "Output") var output: SettingArguments<OutputOptionGroup>
    @OptionGroup(title: "General") var general: SettingArguments<GeneralOptions>

    var given: [GivenSetting] {
        input.given + selection.given + files.given + keeping.given + hooks.given + calls.given + limits.given
            + status.given + output.given + general.given
    }
}

/// Every option of plain `lc sniff`.
struct PacketArguments: ParsableArguments {
    @OptionGroup(title: "Input") var input: SettingArguments<InputOptions>
    @OptionGroup(title: "Selection") var selection: SettingArguments<PacketSelectionOptions>
    @OptionGroup(title: "Files") var files: SettingArguments<PacketFileOptions>
    @OptionGroup(title: "Output") var output: SettingArguments<OutputOptionGroup>
    @OptionGroup(title: "General") var general: SettingArguments<GeneralOptions>

    var given: [GivenSetting] {
        input.given + selection.given + files.given + output.given + general.given
    }
}

/// Files given without an option, as if each stood behind `--read-file`.
func files(_ paths: [String], after given: [GivenSetting]) -> [GivenSetting] {
    guard !paths.isEmpty, let readFile = SettingTable.all.first(where: { $0.key == "read_file" }) else { return given }
    var given = given
    if let index = given.firstIndex(where: { $0.setting.key == "read_file" }) {
        given[index].texts += paths
    } else {
        given.append(GivenSetting(readFile, texts: paths, source: .commandLine(option: "FILE")))
    }
    return given
}
