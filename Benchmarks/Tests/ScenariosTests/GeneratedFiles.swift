import Foundation
import Scenarios
import Testing
import Traffic

@testable import Checking

/// A folder that goes away with its owner, and captures generated into it.
final class GeneratedFiles {
    let folder: String

    init() throws {
        folder = NSTemporaryDirectory() + "lcgen-tests-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    func generate(
        _ name: String, calls: Int = 120, seed: UInt64 = 5, _ change: (inout ScenarioOptions) -> Void = { _ in },
        settings: (inout CaptureSettings) -> Void = { _ in }
    ) throws -> (capture: String, truth: String, summary: TruthSummary) {
        var options = Preset.mixed.options
        (options.calls, options.seed, options.media, options.trunkCalls) = (calls, seed, 1_000_000_000, 8)
        change(&options)
        var chosen = CaptureSettings()
        chosen.packetNumbers = true
        settings(&chosen)
        let (capture, truth) = ("\(folder)/\(name).pcap", "\(folder)/\(name).jsonl")
        let summary = try Generation.write(
            capture: capture, truth: truth, options: options, settings: chosen)
        return (capture, truth, summary)
    }

    func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: path)) }

    /// What a faultless sniffer would leave: made from the truth's packet numbers.
    func faultlessOutput(capture: String, truth: String, into name: String) throws -> String {
        let directory = "\(folder)/\(name)"
        try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        let data = try bytes(capture)
        var offsets: [Range<Int>] = []
        var offset = 24
        while offset < data.count {
            let length = data[(offset + 8)..<(offset + 12)].reversed().reduce(0) { $0 << 8 | Int($1) }
            offsets.append(offset..<(offset + 16 + length))
            offset += 16 + length
        }
        var records = ""
        for line in String(decoding: try bytes(truth), as: UTF8.self).split(separator: "\n") {
            guard line.contains("\"type\":\"call\"") else { continue }
            let call = try JSONReader.value(ofText: String(line))
            let file = "\(records.utf8.count).pcap"
            var output = data[..<24]
            for number in call["packet_numbers"]?.elements.compactMap(\.integer) ?? [] {
                output += data[offsets[number - 1]]
            }
            try output.write(to: URL(fileURLWithPath: "\(directory)/\(file)"))
            // A record may date an event anywhere within the truth's window.
            let record = line.replacing(#/(_time":)\["([^"]*)","[^"]*"\]/#) { "\($0.output.1)\"\($0.output.2)\"" }
            records += record.dropLast() + ",\"files\":[\"\(file)\"]}\n"
        }
        try records.write(toFile: "\(directory)/calls.jsonl", atomically: false, encoding: .utf8)
        return directory
    }
}

extension JSONReader {
    static func value(ofText text: String) throws -> JSONValue {
        let bytes = Array(text.utf8)
        return try bytes.withUnsafeBytes { try value(of: $0) }
    }
}

/// A program run to its end; nil when it is not installed.
func output(of program: String, _ arguments: [String]) throws -> (status: Int32, text: String)? {
    guard
        let path = ["/usr/bin/", "/usr/local/bin/"].map({ $0 + program }).first(
            where: FileManager.default.isExecutableFile)
    else { return nil }
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    let pipe = Pipe()
    process.standardOutput = pipe
    process.standardError = FileHandle.nullDevice
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return (process.terminationStatus, String(decoding: data, as: UTF8.self))
}
