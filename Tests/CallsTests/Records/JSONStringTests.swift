import Foundation
import Testing

@testable import Calls

@Suite struct JSONStringTests {
    /// Text is looked at eight bytes at a time: every character at every place of them, alone and behind another of its kind,
    /// comes out as JSON that another reader understands.
    @Test func everyCharacterAtEveryPlace() throws {
        var lines: [UInt8] = []
        var expected: [String] = []
        for scalar in (0...0x2ff).compactMap(Unicode.Scalar.init) {
            for place in 0..<10 {
                for count in 1...2 {
                    let text =
                        String(repeating: "a", count: place) + String(repeating: Character(scalar), count: count)
                        + String(repeating: "~", count: 9 - place)
                    expected.append(text)
                    lines.append(UInt8(ascii: "["))
                    lines.append(jsonString: text)
                    lines.append(UInt8(ascii: "]"))
                    lines.append(UInt8(ascii: "\n"))
                }
            }
        }
        let found = try lines.split(separator: UInt8(ascii: "\n")).map {
            try JSONSerialization.jsonObject(with: Data($0)) as? [String]
        }
        // Compared by their code units: Swift takes equivalent characters for the same.
        #expect(found.map { $0?.first.map { Array($0.utf8) } } == expected.map { Array($0.utf8) })
        #expect(lines.allSatisfy { $0 >= 0x20 || $0 == UInt8(ascii: "\n") })
    }
}
