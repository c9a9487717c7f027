import ArgumentParser
import Checking

@main
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "lccheck",
        abstract: "Holds per-call captures and records against the truth that lcgen wrote.",
        discussion: """
            Example: lccheck mixed.jsonl OUTDIR
                     lccheck --same OUTDIR-1 OUTDIR-2
            Ends with 1 on any difference.
            """)

    @Argument(help: "TRUTH and OUTDIR, or two directories with --same.")
    var paths: [String]
    @Option(help: "The records, when they are not OUTDIR/calls.jsonl; a summary record in it is checked too.")
    var records: String?
    @Option(help: "The generated capture: names missing packets, with a truth made with --packet-numbers.")
    var capture: String?
    @Option(help: "Differences shown per class.")
    var show = 3
    @Option(help: "Records whose Call-ID begins so are nobody's concern (those of an attack begin with attack-).")
    var ignore: String?
    @Flag(help: "Compare two directories byte for byte.")
    var same = false

    func validate() throws {
        guard paths.count == 2 else { throw ValidationError("two paths are needed: TRUTH OUTDIR, or --same DIR1 DIR2") }
    }

    func run() throws {
        if same { return try compareTrees() }
        let check = try OutputCheck(
            truth: paths[0], directory: paths[1], records: records,
            original: try capture.map { try OriginalCapture(path: $0) }, examples: show, ignoring: ignore)
        report(check)
        if !check.isExact { throw ExitCode(1) }
    }

    private func compareTrees() throws {
        let differences = FileTree.differences(paths[0], paths[1], most: 20)
        for difference in differences.prefix(20) { print(difference) }
        if !differences.isEmpty { throw ExitCode(1) }
        print("equal")
    }

    private func report(_ check: OutputCheck) {
        print(row("class", ["calls", "exact files", "exact records", "missing"], mark: ""))
        var total = OutputCheck.ClassResult()
        for (name, result) in check.results {
            print(row(name, result))
            for example in result.examples { print("    \(example)") }
            total.calls += result.calls
            total.exactFiles += result.exactFiles
            total.exactRecords += result.exactRecords
            total.missing += result.missing
        }
        print(row("all", total))
        for line in check.general { print(line) }
    }

    private func row(_ name: String, _ result: OutputCheck.ClassResult) -> String {
        let numbers = [result.calls, result.exactFiles, result.exactRecords, result.missing]
        return row(name, numbers.map(String.init), mark: result.isExact ? "" : "  *")
    }

    private func row(_ name: String, _ cells: [String], mark: String) -> String {
        var line = name + String(repeating: " ", count: max(0, 22 - name.count))
        for cell in cells { line += String(repeating: " ", count: max(1, 15 - cell.count)) + cell }
        return line + mark
    }
}
