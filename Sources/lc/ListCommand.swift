import ArgumentParser
import Service

struct ListCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "list", abstract: "List what can be captured from.",
        discussion: """
            EXAMPLES:
              lc list interfaces
            """,
        subcommands: [ListInterfacesCommand.self])
}

struct ListInterfacesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "interfaces", abstract: "List the interfaces that --interface may name.",
        discussion: """
            EXAMPLES:
              lc list interfaces
              lc list interfaces --format json
            """)

    @OptionGroup(title: "Output") var output: SettingArguments<OutputOptionGroup>

    func run() throws {
        var settings = Settings()
        for given in output.given { try given.apply(to: &settings) }
        let format = settings.output.format(on: .output)
        try printed(ListInterfaces.text(ListInterfaces.all(), format: format)).end()
    }
}
