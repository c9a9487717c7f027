import Testing

@testable import Service

@Suite struct YAMLDocumentTests {
    func parse(_ text: String) throws -> YAMLNode? { try YAMLDocument.parse(Array(text.utf8)) }

    @Test func positionsAreCountedFromOneInCharacters() throws {
        guard case .mapping(let entries) = try parse("ä: ö\nb:\n  - c\n")?.content else {
            Issue.record("no mapping")
            return
        }
        #expect(entries.map(\.keyMark) == [YAMLMark(line: 1, column: 1), YAMLMark(line: 2, column: 1)])
        #expect(entries.first?.value.mark == YAMLMark(line: 1, column: 4))
    }

    @Test func anAliasIsACopy() throws {
        guard case .mapping(let entries) = try parse("a: &x [1, 2]\nb: *x\n")?.content else {
            Issue.record("no mapping")
            return
        }
        #expect(entries.map { $0.value.noun } == ["a list", "a list"])
        #expect(entries.last?.value.mark == YAMLMark(line: 2, column: 4))
    }

    @Test func aliasesThatWouldExpandWithoutEndAreRefused() {
        // Ten levels of nine: three billion nodes.
        var text = "a0: &a0 [x,x,x,x,x,x,x,x,x]\n"
        for level in 1..<10 {
            let aliases = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ",")
            text += "a\(level): &a\(level) [\(aliases)]\n"
        }
        #expect {
            try parse(text)
        } throws: { ($0 as? YAMLError)?.what.hasPrefix("more than 50000 values") == true }
    }

    @Test func anAliasCannotContainItself() {
        #expect(throws: YAMLError.self) { try parse("a: &a [*a]") }
    }

    @Test(arguments: ["[", "{a: ", "- "]) func depthIsBounded(open: String) {
        #expect(throws: YAMLError.self) { try parse(String(repeating: open, count: 5000)) }
    }

    @Test func sizeIsBounded() {
        #expect(throws: YAMLError.self) { try parse(String(repeating: "#\n", count: 600_000)) }
    }

    @Test func bytesThatAreNoUTF8HaveAPosition() {
        #expect {
            try YAMLDocument.parse(Array("a: b\nc: ".utf8) + [0xFF, 0xFE])
        } throws: { ($0 as? YAMLError)?.mark == YAMLMark(line: 2, column: 4) }
    }

    @Test func everyPrefixOfADocumentIsReadOrRefused() {
        let text = Array("voip: &v\n  'a b': \"c\\u00e4\"\n  d: |\n    e\n  f: [1, {g: *v}]\n".utf8)
        for length in 0...text.count { _ = try? YAMLDocument.parse(Array(text[..<length])) }
    }

    @Test func anyByteInAnyPlaceIsReadOrRefused() {
        let text = Array("voip: {a: &b [1, 'c'], d: \"e\"}\n".utf8)
        for place in text.indices {
            for byte in UInt8.min...UInt8.max {
                var changed = text
                changed[place] = byte
                _ = try? YAMLDocument.parse(changed)
            }
        }
    }
}
