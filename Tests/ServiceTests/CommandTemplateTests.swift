import Calls
import Testing

@testable import Service

@Suite struct CommandTemplateTests {
    private let names = CommandTemplate.voipNames

    private func words(_ text: String, _ values: [String: String] = [:]) throws -> [String] {
        try CommandTemplate(text, names: names).filled(values)
    }

    @Test func wordsAndQuotes() throws {
        #expect(try words("notify a  b\tc") == ["notify", "a", "b", "c"])
        #expect(try words(#"notify 'a b' "c \"d\" \\ $e" f\ g '' "#) == ["notify", "a b", #"c "d" \ $e"#, "f g", ""])
        #expect(try words(#"n --x='y z'w"#) == ["n", "--x=y zw"])
        #expect(try words("n +%Y 5% %% 100%%") == ["n", "+%Y", "5%", "%", "100%"])
    }

    @Test func aValueStaysOneArgument() throws {
        let hostile = "a b' \" $(touch x); `y` | z\n&"
        #expect(
            try words(
                "notify --id=%callid% '%caller%:%called%'", ["callid": hostile, "caller": "%called%", "called": "2"])
                == ["notify", "--id=" + hostile, "%called%:2"])
    }

    @Test(arguments: [
        "notify | mail", "notify > file", "a; b", "a && b", "a `b`", "a $HOME", "a <b", "(a)",
    ]) func whatOnlyAShellUnderstandsIsAMistake(text: String) {
        #expect(throws: ValueProblem.self) { try words(text) }
    }

    @Test(arguments: ["", "  ", "a %nonsense%", "a %pcap%", "%callid% a", "a 'b", "a \"b"])
    func otherMistakes(text: String) {
        #expect(throws: ValueProblem.self) { try words(text) }
    }

    @Test func theMistakeIsNamedWithItsPlace() throws {
        let error = try #require(
            configurationError("voip:\n  voip_command: notify %calid%\n"))
        #expect(error.exitStatus == .configuration)
        #expect(error.place?.hasSuffix(":2:17") == true)
        #expect(error.description.contains("%calid%") && error.description.contains("%callid%"))
    }

    private func configurationError(_ file: String) -> CommandError? {
        do {
            _ = try resolve(file: file)
            return nil
        } catch {
            return error as? CommandError
        }
    }

    @Test func whatComesFromTheNetworkIsHarmless() throws {
        func value(_ callID: String) -> String {
            var call = CallRecord()
            call.callID = callID
            return HookValues.voip(call, in: "/d")["callid"] ?? ""
        }
        #expect(value("2-12159@198.18.10.1") == "2-12159@198.18.10.1")
        let hostile = [
            "$(touch /tmp/x)", "`id`", "; rm -rf /", "a' or 1=1", "--exec=sh", "-rf", "@/etc/passwd", "../../etc",
            "a\nb", "a\u{0}b", "|nc", "%dirname%", "a b", "\u{202e}abc", "~root", "*", "${IFS}", "a\\",
        ]
        var seen: Set<String> = []
        for callID in hostile {
            let value = value(callID)
            #expect(!value.isEmpty && seen.insert(value).inserted)
            #expect(!value.hasPrefix("-") && !value.hasPrefix("@") && !value.hasPrefix("."))
            #expect(
                value.utf8.allSatisfy { byte in
                    (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
                        || "._@+=-~".utf8.contains(byte)
                }, "\(value)")
        }
        #expect(value(String(repeating: "x", count: 5000)).utf8.count <= 1100)
    }

    @Test func theOtherValues() throws {
        var call = CallRecord()
        call.from.user = "+4930123"
        call.to.user = "bob;x"
        call.startTime = 1_767_323_045_000_000_000
        call.files = ["2026/01/a.pcap.gz"]
        let values = HookValues.voip(call, in: "/var/calls")
        #expect(values["caller"] == "+4930123")
        #expect(values["called"]?.hasPrefix("bob_x~") == true)
        #expect(values["calldate"] == "2026-01-02T03:04:05.000000000Z")
        #expect(values["dirname"] == "/var/calls/2026/01")
        #expect(HookValues.pcap("a.pcap", in: "/var/calls/")["pcap"] == "/var/calls/a.pcap")
        #expect(HookValues.voip(CallRecord(), in: "/d")["dirname"] == "/d")
        #expect(HookValues.voip(CallRecord(), in: nil)["dirname"] == nil)
    }
}
