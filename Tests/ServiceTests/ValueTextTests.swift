import Testing

@testable import Service

@Suite struct ValueTextTests {
    @Test(
        arguments: [
            ("5s", 5_000_000_000), ("300s", 300_000_000_000), ("5m", 300_000_000_000), ("1h30m", 5_400_000_000_000),
            ("250ms", 250_000_000), ("1.5s", 1_500_000_000), ("0", 0), ("0s", 0), ("10us", 10_000), ("3ns", 3),
            ("1d", 86_400_000_000_000), ("0.5m", 30_000_000_000), ("1h0m0.25s", 3_600_250_000_000),
            ("2.5h", 9_000_000_000_000),
        ] as [(String, Int64)])
    func durations(text: String, nanoseconds: Int64) throws {
        #expect(try DurationText.parse(text) == nanoseconds)
        #expect(try DurationText.parse(DurationText.format(nanoseconds)) == nanoseconds)
    }

    @Test(arguments: [
        "", "5", "s", "5x", "5s5", "-5s", "+5s", "1..5s", ".5s", "5.s", "5 s", "1e3s", "99999999999h", "٥s",
    ])
    func noDurations(text: String) {
        #expect(throws: ValueProblem.self) { try DurationText.parse(text) }
    }

    @Test(arguments: [
        ("16MiB", 16 << 20), ("100MB", 100_000_000), ("64k", 65_536), ("65536", 65_536), ("0", 0), ("1.5GiB", 3 << 29),
        ("2kb", 2000), ("1 MiB", 1 << 20), ("3G", 3 << 30), ("7b", 7), ("1TiB", 1 << 40),
    ])
    func sizes(text: String, bytes: Int) throws {
        #expect(try SizeText.parse(text) == bytes)
    }

    @Test(arguments: ["", "MiB", "-1", "1XB", "0x10", "1,5M", "9223372036854775807k", "1M1", "+1", "1e6"])
    func noSizes(text: String) {
        #expect(throws: ValueProblem.self) { try SizeText.parse(text) }
    }

    @Test(arguments: ["true", "yes", "on", "True", "ON"]) func truth(text: String) {
        #expect(SettingKind.boolean.parse([text]) == .success(.boolean(true)))
    }

    @Test(arguments: ["false", "no", "off", "False"]) func falsehood(text: String) {
        #expect(SettingKind.boolean.parse([text]) == .success(.boolean(false)))
    }

    @Test(
        arguments: [
            ("1970-01-01T00:00:00Z", 0), ("2026-01-02T03:04:05Z", 1_767_323_045_000_000_000),
            ("2026-01-02T03:04:05.678Z", 1_767_323_045_678_000_000),
            ("2026-01-02t03:04:05.000000001z", 1_767_323_045_000_000_001),
            ("2026-01-02T04:04:05+01:00", 1_767_323_045_000_000_000),
            ("2026-01-01T22:04:05-05:00", 1_767_323_045_000_000_000),
            ("2024-02-29 12:00:00Z", 1_709_208_000_000_000_000), ("2000-02-29T00:00:00Z", 951_782_400_000_000_000),
            ("1767323045", 1_767_323_045_000_000_000), ("1767323045.5", 1_767_323_045_500_000_000),
            ("2016-12-31T23:59:60Z", 1_483_228_800_000_000_000),
        ] as [(String, Int64)])
    func instants(text: String, nanoseconds: Int64) throws {
        #expect(try InstantText.parse(text) == nanoseconds)
        #expect(try InstantText.parse(InstantText.format(nanoseconds)) == nanoseconds)
    }

    @Test(arguments: [
        "", "now", "2026-01-02", "2026-01-02T03:04:05", "2026-13-02T03:04:05Z", "2026-02-29T03:04:05Z",
        "2026-01-02T24:04:05Z", "2026-01-02T03:04:05+0100", "1969-01-01T00:00:00Z", "2026-01-02T03:04:05.Z", "-5",
        "2026-01-02T03:04:05.0000000001Z", "9999-01-01T00:00:00Z", "99999999999999999999",
    ])
    func noInstants(text: String) {
        #expect(throws: ValueProblem.self) { try InstantText.parse(text) }
    }

    @Test(arguments: ["0", "65536", "-1", "a", "", "+80", "10-", "-10", "20-10", "1-2-3"]) func noPortRanges(
        text: String
    ) {
        #expect(throws: ValueProblem.self) { try PortText.range(text) }
    }

    @Test(arguments: [
        ("kitten", "sitting", 3), ("", "abc", 3), ("ab", "ba", 1), ("max_goroutines", "max_gorutines", 1),
        ("a", "a", 0),
    ])
    func edits(a: String, b: String, distance: Int) {
        #expect(editDistance(Array(a.utf8), Array(b.utf8)) == distance)
    }

    @Test(arguments: ["{callid}.pcap", "{date}/{hour}/{kind}_{from}_{to}_{timestamp}_{callid}.pcap", "a..b{callid}"])
    func patterns(pattern: String) throws {
        try FileNamePattern.check(pattern)
    }

    @Test(arguments: [
        "", "x.pcap", "{callid", "callid}", "{}{callid}", "{user}{callid}", "/tmp/{callid}", "../{callid}",
        "a/../{callid}", "{{callid}}",
    ])
    func noPatterns(pattern: String) {
        #expect(throws: ValueProblem.self) { try FileNamePattern.check(pattern) }
    }
}
