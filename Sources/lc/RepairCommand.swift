import ArgumentParser
import Service

struct RepairCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "repair", abstract: "Save what is readable of damaged captures.",
        usage: "lc repair [--output-dir <dir>] [--overwrite] [--link-type <n>] [--format <format>] <file> ...",
        discussion: """
            Writes NAME.repaired.pcap beside each damaged file and says what was lost: files that were cut off, garbage in the
            middle, damaged record headers, a lost file header, damaged gzip. The file itself is not changed.

            EXAMPLES:
              lc repair corrupted.pcap
              lc repair -o saved *.pcap
            """)

    @Option(name: [.customShort("o"), .long], help: "Write into this directory instead.", completion: .directory)
    var outputDir: String?
    @Flag(help: "Replace files of that name.") var overwrite = false
    @Option(help: "Link type of a file whose header is lost (1 is Ethernet).") var linkType = 1
    @Option(help: "Report as text (default on a terminal) or json (default elsewhere).") var format = OutputFormat
        .automatic
    @Argument(help: "Damaged captures.", completion: .file()) var file: [String]

    func run() throws {
        let request = Repair.Request(
            files: file, linkType: linkType, outputDirectory: outputDir, overwrites: overwrite, format: format)
        try Repair.run(request).end()
    }
}

extension OutputFormat: ExpressibleByArgument {}
