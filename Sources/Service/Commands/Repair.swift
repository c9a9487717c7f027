import Archive
import Capture

/// `lc repair`: what is readable of damaged captures, as captures beside them.
public enum Repair {
    public struct Request: Sendable {
        public var files: [String]
        public var linkType: Int
        public var outputDirectory: String?
        public var overwrites: Bool
        public var format: OutputFormat

        public init(
            files: [String], linkType: Int, outputDirectory: String?, overwrites: Bool, format: OutputFormat
        ) {
            (self.files, self.linkType, self.outputDirectory) = (files, linkType, outputDirectory)
            (self.overwrites, self.format) = (overwrites, format)
        }
    }

    /// Every file for itself.
    ///
    /// - Returns: 0 when everything could be read or repaired, else the status of the first that could not.
    public static func run(_ request: Request) -> ExitStatus {
        var status = ExitStatus.ok
        let isText = (request.format == .automatic && StandardStream.output.isTerminal) || request.format == .text
        for file in request.files {
            do throws(CommandError) {
                let (report, path) = try repair(file, request)
                StandardStream.output.write(isText ? text(report, file, path) : json(report, file, path) + "\n")
                guard report.packets == 0, report.isDamaged else { continue }
                throw CommandError("nothing in the file can be read as packets", at: file, exitStatus: .badData)
            } catch {
                StandardStream.error.write(error.description + "\n")
                if status == .ok { status = error.exitStatus }
            }
        }
        return status
    }

    /// The path is that of the new file; nil when none was needed or nothing could be read.
    private static func repair(
        _ file: String, _ request: Request
    ) throws(CommandError) -> (CaptureRepair.Report, String?) {
        let path = OutputBeside.path(for: file, named: repairedName, in: request.outputDirectory)
        let input: CaptureBytes
        do throws(CaptureError) { input = try CaptureBytes(file) } catch { throw CommandError(error) }
        guard !input.isPcapng else {
            throw CommandError(
                "this is pcapng, which cannot be repaired", at: file,
                remedy: "lc sniff -r FILE -w NEW.pcap writes what comes before the damage", exitStatus: .badData)
        }
        let repair = CaptureRepair(linkType: UInt32(clamping: request.linkType)) { input.read($0) }
        let output = try OutputBeside(path, replaces: request.overwrites)
        var report: CaptureRepair.Report
        do {
            report = try repair.run { try output.write($0) }
        } catch {
            throw error as? CommandError ?? CommandError("\(error)", at: file, exitStatus: .inputOutput)
        }
        // A gzip file may be damaged itself, behind bytes that are good.
        if input.failure != nil, !report.isCut { report.isCut = true }
        guard report.isDamaged || input.failure != nil, report.packets > 0 else { return (report, nil) }
        try output.finish()
        return (report, path)
    }

    // MARK: What is said of it

    private static func text(_ report: CaptureRepair.Report, _ file: String, _ path: String?) -> String {
        var lines = ["\(file): \(report.packets) packets, \(report.bytes) bytes"]
        if let path { lines[0] += " written to \(path)" } else if !report.isDamaged { lines[0] += ", not damaged" }
        if report.headerWasLost { lines.append("  the file header was lost; byte order and clock were found out") }
        for loss in report.losses { lines.append("  lost: \(loss.bytes) bytes at \(loss.offset)") }
        let unlisted = report.lossCount - UInt64(report.losses.count)
        if unlisted > 0 { lines.append("  and at \(unlisted) more places") }
        if report.lossCount > 0 {
            lines.append("  in all \(report.bytesLost) bytes" + (report.isCut ? ", up to the end of the file" : ""))
        }
        return lines.map { sanitised($0) + "\n" }.joined()
    }

    private static func json(_ report: CaptureRepair.Report, _ file: String, _ path: String?) -> String {
        JSONValue.object([
            ("type", .string("repair")), ("file", .string(file)), ("repaired_file", path.map { .string($0) } ?? .null),
            ("damaged", .boolean(report.isDamaged)), ("packets", .integer(Int64(clamping: report.packets))),
            ("bytes", .integer(Int64(clamping: report.bytes))),
            ("bytes_lost", .integer(Int64(clamping: report.bytesLost))),
            ("places_lost", .integer(Int64(clamping: report.lossCount))), ("cut", .boolean(report.isCut)),
            ("header_lost", .boolean(report.headerWasLost)),
            (
                "lost",
                .array(
                    report.losses.map { loss in
                        .object([
                            ("offset", .integer(Int64(clamping: loss.offset))),
                            ("bytes", .integer(Int64(clamping: loss.bytes))),
                        ])
                    })
            ),
        ]).text()
    }

    static func repairedName(_ name: String) -> String {
        var stem = name[...]
        for ending in [".gz", ".partial", ".pending", ".pcap"] where stem.hasSuffix(ending) && stem.count > ending.count
        {
            stem = stem.dropLast(ending.count)
        }
        return stem + ".repaired.pcap"
    }
}
