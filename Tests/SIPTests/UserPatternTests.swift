import Testing

@testable import SIP

@Suite struct UserPatternTests {
    @Test(
        arguments: [
            ("alice", "alice", true), ("alice", "my-Alice-2", true), ("ALICE", "alice", true), ("alice", "bob", false),
            ("alice*", "alice2", true), ("alice*", "xalice", false), ("*456789", "+49456789", true),
            ("*456789", "4567891", false),
            ("\\*31#", "*31#", true), ("\\*31#", "*31#0301234", true), ("\\*31#", "31", false), ("*", "x", true),
            ("*", "", false),
            ("*alice*", "xalicex", true), ("a\\\\b", "a\\b", true), ("alice", "%61lice", true),
            ("+4930123456", "004930123456", true), ("+4930123456", "4930123456", true),
            ("004930123456", "+4930123456", true),
            ("4930123456", "+49 (30) 12-34.56", true), ("+49 30 123456", "+4930123456", true), ("+49*", "004930", true),
            ("0049*", "+4930", true), ("49*", "+4930", true), ("49*", "004930", true), ("+49*", "+4830", false),
            ("+49", "1234900", false), ("+4930", "%2B4930", true), ("*+4930", "004930", true),
            ("*+4930", "1004930", false),
            ("*+4930", "14930", false), ("555-12", "my555-12name", true), ("1001", "1001;phone-context=x", true),
            ("*1001", "+1001;phone-context=x", true), ("00", "1001", true), ("+", "+49", true), ("#", "*31#", true),
        ] as [(String, String, Bool)])
    func matching(pattern: String, user: String, expected: Bool) throws {
        let matches = try UserPattern(pattern).matches(user: Array(user.utf8).span)
        #expect(matches == expected)
    }

    @Test func mistakesAreErrors() {
        #expect(throws: UserPatternError.empty) { try UserPattern("") }
        #expect(throws: UserPatternError.starInside(2)) { try UserPattern("al*ice") }
        #expect(throws: UserPatternError.danglingBackslash) { try UserPattern("alice\\") }
        #expect(throws: UserPatternError.tooLong(257)) { try UserPattern(String(repeating: "a", count: 257)) }
    }

    @Test(arguments: [
        ("dana", false), ("uri", true), ("from", true), ("to", true), ("4930", true), ("asserted2", true),
        ("preferred", true),
        ("example", false),
    ])
    func theMessageIsLookedThrough(pattern: String, expected: Bool) throws {
        let parsed = try parse(
            """
            INVITE sip:uri@example.com SIP/2.0
            From: "Dana" <sips:from@example.com>;tag=1
            To: <sip:to@example.com>
            P-Asserted-Identity: <tel:+49-30>
            P-Asserted-Identity: "x, y" <sip:a@example.com>, <sip:asserted2@example.com>
            P-Preferred-Identity: sip:preferred@example.com


            """)
        let matches = try UserPattern(pattern).matches(parsed.message, in: parsed.bytes.span)
        #expect(matches == expected)
    }

    @Test func veryLongUsersCostNothing() throws {
        let user = [UInt8](repeating: UInt8(ascii: "a"), count: 60_000)
        let (some, all) = (try UserPattern("aab"), try UserPattern("*"))
        #expect(some.matches(user: user.span) == false)
        #expect(all.matches(user: user.span) == true)
    }
}
