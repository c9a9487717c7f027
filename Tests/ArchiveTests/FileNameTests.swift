import Testing

@testable import Archive

@Suite struct FileNameTests {
    private let time: Int64 = 1_767_323_045_999_999_999  // 2026-01-02 03:04:05.999999999 UTC

    private func name(_ pattern: String, _ callID: String, from: String = "alice", to: String = "bob") throws -> String
    {
        let values = FileNameValues(
            timestamp: time, callID: Array(callID.utf8), from: Array(from.utf8), to: Array(to.utf8))
        let path = try FileNamePattern(pattern).stem(for: values).path(kind: .media)
        return String(decoding: path, as: UTF8.self)
    }

    @Test func fieldsAreFilledIn() throws {
        #expect(try name(FileNamePattern.standard, "abc@1.2.3.4") == "20260102_030405_abc@1.2.3.4")
        #expect(try name("{date}/{hour}/{from}-{to}_{callid}_{kind}", "x") == "20260102/03/alice-bob_x_rtp")
        #expect(try name("PREFIX_{kind}_{callid}.pcap", "x") == "PREFIX_rtp_x")
        let old = FileNameValues(timestamp: -1, callID: Array("x".utf8))
        #expect(try FileNamePattern("{timestamp}_{callid}").stem(for: old) == stem("19700101_000000_x"))
        let leap = FileNameValues(timestamp: 1_709_251_199_000_000_000, callID: Array("x".utf8))
        #expect(try FileNamePattern("{timestamp}_{callid}").stem(for: leap) == stem("20240229_235959_x"))
    }

    @Test func badPatternsAreRefused() {
        func failure(_ pattern: String) -> FileNamePattern.Failure? {
            do throws(FileNamePattern.Failure) { _ = try FileNamePattern(pattern) } catch { return error }
            return nil
        }
        #expect(failure("") == .empty)
        #expect(failure("{timestamp}.pcap") == .callIDMissing)
        #expect(failure("{callid}_{caller}") == .unknownField("caller"))
        #expect(failure("{callid") == .unbalancedBrace)
        #expect(failure("callid}_{callid}") == .unbalancedBrace)
        #expect(failure("/abs/{callid}") == .unusableComponent(""))
        #expect(failure("a//{callid}") == .unusableComponent(""))
        #expect(failure("{callid}/") == .unusableComponent(""))
        #expect(failure("../{callid}") == .unusableComponent(".."))
        #expect(failure("a/./{callid}") == .unusableComponent("."))
        #expect(failure(".{callid}") == .unusableComponent(".{callid}"))
        #expect(failure("a\u{0}{callid}") == .controlCharacter)
        #expect(failure("a\n{callid}") == .controlCharacter)
        let long = String(repeating: "x", count: 200)
        #expect(failure("\(long){callid}") == .componentTooLong("\(long){callid}"))
        #expect(failure("\(long)\(long)/{callid}") == .componentTooLong("\(long)\(long)/{callid}"))
        #expect(failure("\(long)/{callid}") == nil)
    }

    @Test func untrustedValuesNeverLeaveTheDirectory() throws {
        let hostile = [
            "../../etc/passwd", "..", ".", "...", "/", "", "a/b", "a\u{0}b", "-rf", ".hidden", "a\nb", "caf\u{e9}",
            "\u{202e}x", "~root", "C:\\x", "{callid}", "calls.jsonl", String(repeating: "x", count: 2_000),
            String(repeating: "/", count: 2_000), String(repeating: "\u{1f600}", count: 99),
        ]
        var seen = Set<String>()
        for value in hostile {
            for pattern in ["{callid}", "{from}/{to}/{callid}", "{callid}/{callid}_{kind}"] {
                let path = try name(pattern, value, from: value, to: value)
                #expect(seen.insert(path).inserted)
                let components = path.split(separator: "/", omittingEmptySubsequences: false)
                #expect(components.count == pattern.split(separator: "/").count)
                for component in components {
                    #expect(!component.isEmpty && component.first != "." && component.first != "-")
                    #expect(component.utf8.count <= 255)
                    #expect(component.utf8.allSatisfy { SafeName.isAllowed($0) || $0 == UInt8(ascii: "~") })
                }
                var registry = NameRegistry(limit: 0)
                let numbered = registry.unique(FileStem(bytes: Array(path.utf8)))
                let longest = FileName.path(
                    numbered.bytes, linkType: .max, part: 9_999_999, attempt: 9_999, ending: FileName.orderEnding)
                #expect(longest.split(separator: UInt8(ascii: "/")).allSatisfy { $0.count <= 255 })
            }
        }
    }

    @Test func differentCallIDsHaveDifferentNames() throws {
        let long = String(repeating: "y", count: 250)
        #expect(try name("{callid}", "a/b") != name("{callid}", "a:b"))
        #expect(try name("{callid}", "a/b") != name("{callid}", "a_b"))
        #expect(try name("{callid}", "a_b") == "a_b")
        #expect(try name("{callid}", long + "1") != name("{callid}", long + "2"))
        #expect(try name("{callid}", long + "1").hasPrefix("yyyyyyyyyyyyyyyyyyyy"))
        // The same on every machine and in every run.
        #expect(try name("{callid}", "a/b") == "a_b~\(hash8("a/b"))")
        #expect(StableHash.hash([]) == StableHash.hash([]))
        #expect(StableHash.hash(Array("a/b".utf8)) == 0xf2a5_b2f6_0b00_6aec)
    }

    private func hash8(_ text: String) -> String {
        let hash = StableHash.hash(Array(text.utf8))
        return String(decoding: SafeName.hexadecimal(hash ^ hash >> 32, digits: 8), as: UTF8.self)
    }

    @Test func equalNamesAreNumberedInOrder() {
        var registry = NameRegistry()
        #expect(registry.unique(stem("a")) == stem("a"))
        #expect(registry.unique(stem("a")) == stem("a-2"))
        #expect(registry.unique(stem("a-2")) == stem("a-2-2"))
        #expect(registry.unique(stem("a-3")) == stem("a-3"))
        #expect(registry.unique(stem("a")) == stem("a-4"))
        #expect(registry.unique(stem("b")) == stem("b"))
        #expect(registry.refused == 0)
    }

    @Test func theRegistryIsBounded() {
        var registry = NameRegistry(limit: 5_000)
        var names = Set<FileStem>()
        for round in 0..<3 {
            for index in 0..<4_000 { #expect(names.insert(registry.unique(stem("call\(index)"))).inserted, "\(round)") }
        }
        #expect(registry.refused > 0)
        #expect(names.count == 12_000)
    }
}
