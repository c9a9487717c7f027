import Foundation
import Scenarios
import Testing
import Traffic

@testable import Checking

@Suite struct CheckTests {
    private func check(_ truth: String, _ directory: String, _ capture: String? = nil) throws -> OutputCheck {
        try OutputCheck(
            truth: truth, directory: directory, records: nil,
            original: try capture.map { try OriginalCapture(path: $0) },
            examples: 5)
    }

    @Test func faultlessOutputIsExact() throws {
        let files = try GeneratedFiles()
        let made = try files.generate("mixed")
        let directory = try files.faultlessOutput(capture: made.capture, truth: made.truth, into: "out")
        let result = try check(made.truth, directory)
        #expect(result.isExact)
        #expect(result.results.flatMap(\.result.examples).isEmpty)
        #expect(FileTree.differences(directory, directory, most: 5).isEmpty)
    }

    @Test func faultsAreFound() throws {
        let files = try GeneratedFiles()
        let made = try files.generate("plain", calls: 4) { $0.classes = [("plain", 1)] }
        let directory = try files.faultlessOutput(capture: made.capture, truth: made.truth, into: "out")
        let records = "\(directory)/calls.jsonl"
        let faultless = try String(contentsOfFile: records, encoding: .utf8)
        func result(with text: String) throws -> OutputCheck {
            try text.write(toFile: records, atomically: false, encoding: .utf8)
            return try check(made.truth, directory, made.capture)
        }
        #expect(!(try result(with: faultless.replacing("\"state\":\"ended\"", with: "\"state\":\"active\"")).isExact))
        #expect(!(try result(with: faultless.replacing("\"lost_packets\":", with: "\"lost_packets\":1")).isExact))
        let lines = faultless.split(separator: "\n")
        let without = try result(with: lines.dropLast().joined(separator: "\n") + "\n")
        #expect(without.results[0].result.missing == 1 && !without.general.isEmpty)
        let surplus = try result(with: faultless + lines[0].replacing("\"call_id\":\"", with: "\"call_id\":\"x") + "\n")
        #expect(!surplus.isExact && surplus.general.count == 1)
    }

    /// The packet that is not there is named by its number.
    @Test func missingPacketIsNamed() throws {
        let files = try GeneratedFiles()
        let made = try files.generate("plain", calls: 1) { $0.classes = [("plain", 1)] }
        let directory = try files.faultlessOutput(capture: made.capture, truth: made.truth, into: "out")
        let url = URL(fileURLWithPath: "\(directory)/0.pcap")
        let data = try Data(contentsOf: url)
        let length = 16 + data[32..<36].reversed().reduce(0) { $0 << 8 | Int($1) }
        try (data[..<24] + data[(24 + length)...]).write(to: url)
        let result = try check(made.truth, directory, made.capture)
        #expect(result.results[0].result.exactFiles == 0)
        #expect(result.results[0].result.examples[0].contains("missing 1 ["))
    }

    @Test func treesThatDiffer() throws {
        let files = try GeneratedFiles()
        for (name, content) in [("a", "1"), ("b", "2")] {
            let folder = "\(files.folder)/\(name)/sub"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
            try content.write(toFile: "\(folder)/f", atomically: false, encoding: .utf8)
        }
        let differences = FileTree.differences("\(files.folder)/a", "\(files.folder)/b", most: 5)
        #expect(differences == ["differs: sub/f"])
    }

    @Test func jsonIsReadAsWritten() throws {
        let value = try JSONReader.value(ofText: #"{"a":[1,-2.5,null,true],"b":"x\"\u00e9\ud83d\ude00\n"}"#)
        #expect(value["a"] == .array([.integer(1), .number(-2.5), .null, .bool(true)]))
        #expect(value["b"]?.string == "x\"é😀\n")
        for broken in ["{", "[1,", "\"a", "{\"a\" 1}", "tru", "1 2", "\"\\u12\"", ""] {
            #expect(throws: JSONReader.Failure.self) { try JSONReader.value(ofText: broken) }
        }
    }
}
