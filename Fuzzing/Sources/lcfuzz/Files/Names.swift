import TestSupport

@testable import Archive

extension FuzzTarget {
    /// A pattern and a Call-ID divided by a line feed: whatever they are, the file lies below the directory, its parts are
    /// short enough, and another Call-ID has another name.
    static func names(_ input: [UInt8]) {
        let parts = input.split(separator: UInt8(ascii: "\n"), maxSplits: 1, omittingEmptySubsequences: false)
        let standard = try? FileNamePattern(FileNamePattern.standard)
        let given = try? FileNamePattern(String(decoding: parts[0], as: UTF8.self))
        let callID = Array(parts.count > 1 ? parts[1] : parts[0])
        guard let standard else { fail("the standard pattern is refused") }
        for pattern in [standard, given].compactMap({ $0 }) {
            let values = FileNameValues(timestamp: Int64(input.count) << 54, callID: callID, from: callID, to: callID)
            let stem = pattern.stem(for: values)
            var registry = NameRegistry()
            let names = [stem, registry.unique(stem), registry.unique(stem)].flatMap { stem in
                [RecordKind.signalling, .media].map {
                    FileName.path(
                        stem.path(kind: $0), linkType: 147, part: 9_999_999, attempt: FileName.attemptLimit,
                        ending: FileName.orderEnding)
                }
            }
            for name in names { check(name, input) }
            var other = values
            other.callID.append(UInt8(ascii: "x"))
            require(pattern.stem(for: other) != stem, "two Call-IDs with one name")
        }
    }

    private static func check(_ name: [UInt8], _ input: [UInt8]) {
        require(!name.contains(0), "NUL in a name")
        for component in name.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            require(!component.isEmpty && component.count <= 255, "a name of \(component.count) bytes")
            require(component.first != UInt8(ascii: "."), "a hidden name, or one that leads out")
        }
    }
}
