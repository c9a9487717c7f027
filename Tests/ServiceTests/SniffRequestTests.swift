import Testing

@testable import Service

@Suite struct SniffRequestTests {
    let directory = TemporaryDirectory()

    func replay(_ options: GivenSetting..., file: String? = nil) throws -> SniffRequest {
        let capture = directory.write("", to: "in.pcap")
        return try SniffRequest(resolve([option("read_file", capture)] + options, file: file))
    }

    @Test func liveCapturesGoWhereTheConfigurationSays() throws {
        let request = try SniffRequest(resolve(file: "voip: {output_dir: /var/lib/calls}"))
        #expect(request.engine.archive?.directory == "/var/lib/calls")
        #expect(request.engine.archive?.live == true)
        #expect(request.capture.interfaces == ["any"])
    }

    @Test func aReplayWritesOnlyWhereItIsTold() throws {
        #expect(try replay(file: "voip: {output_dir: /var/lib/calls}").engine.archive == nil)
        let request = try replay(option("output_dir", "out"))
        #expect(request.engine.archive?.directory == "out")
        #expect(request.engine.archive?.live == false)
        #expect(request.capture.interfaces.isEmpty)
    }

    @Test(arguments: [
        ("out", ".", "out_{kind}_{callid}.pcap"), ("a/b/out", "a/b", "out_{kind}_{callid}.pcap"),
        ("/out", "/", "out_{kind}_{callid}.pcap"),
    ])
    func aPrefix(prefix: String, folder: String, pattern: String) throws {
        let archive = try replay(option("write_file", prefix)).engine.archive
        #expect(archive?.directory == folder)
        #expect(archive?.pattern == pattern)
        #expect(archive?.namePrefix == "out")
    }

    @Test(arguments: ["a/", "{x}", "{callid}"]) func noPrefix(prefix: String) {
        #expect(throws: CommandError.self) { try replay(option("write_file", prefix)) }
    }

    @Test func aPrefixOnTheCommandLineBeatsADirectoryInTheFile() throws {
        let archive = try SniffRequest(resolve([option("write_file", "x")], file: "voip: {output_dir: /y}")).engine
            .archive
        #expect(archive?.directory == ".")
    }

    @Test func directoryAndPrefixTogetherAreAnError() {
        #expect {
            try replay(option("write_file", "x"), option("output_dir", "y"))
        } throws: { ($0 as? CommandError)?.exitStatus == .usage }
        #expect {
            try SniffRequest(resolve(file: "voip: {output_dir: /y, write_file: x}"))
        } throws: { ($0 as? CommandError)?.exitStatus == .configuration }
    }

    @Test func hepComesInsteadOfInterfaces() throws {
        let request = try SniffRequest(
            resolve([option("hep_listen", "udp:127.0.0.1:9060")], file: "voip: {interface: eth0}"))
        #expect(request.capture.hepListen == ["udp:127.0.0.1:9060"])
        #expect(request.capture.interfaces.isEmpty)
        #expect(request.capture.isLive)
        #expect(request.engine.isSynthesized)
        // An interface on the command line beats HEP in the file, and so do files.
        let live = try SniffRequest(
            resolve([option("interface", "lo")], file: "voip: {hep_listen: 'udp:127.0.0.1:9060'}"))
        #expect(live.capture.hepListen.isEmpty && live.capture.interfaces == ["lo"])
        #expect(!live.engine.isSynthesized)
        #expect(try replay(file: "voip: {hep_listen: 'udp:127.0.0.1:9060'}").capture.hepListen.isEmpty)
    }

    @Test func hepTogetherWithOthersIsAnError() {
        #expect {
            try replay(option("hep_listen", "udp:127.0.0.1:9060"))
        } throws: { ($0 as? CommandError)?.exitStatus == .usage }
        #expect {
            try SniffRequest(resolve([option("hep_listen", "udp:127.0.0.1:9060"), option("interface", "lo")]))
        } throws: { ($0 as? CommandError)?.exitStatus == .usage }
        #expect {
            try SniffRequest(resolve(file: "voip: {hep_listen: 'udp:127.0.0.1:9060', interface: lo}"))
        } throws: { ($0 as? CommandError)?.exitStatus == .configuration }
        #expect {
            try SniffRequest(resolve([option("hep_listen", "udp:9060")]))
        } throws: {
            let error = $0 as? CommandError
            return error?.exitStatus == .usage && error?.description.contains("udp:127.0.0.1:9060") == true
        }
    }

    @Test func interfacesAndFilesTogetherAreAnError() throws {
        #expect {
            try replay(option("interface", "eth0"))
        } throws: { ($0 as? CommandError)?.exitStatus == .usage }
        // One from the configuration gives way.
        #expect(try replay(file: "voip: {interface: eth0}").capture.interfaces.isEmpty)
    }

    @Test func filesAreLookedAtFirst() throws {
        #expect {
            try SniffRequest(resolve([option("read_file", directory.path + "/none.pcap")]))
        } throws: { ($0 as? CommandError)?.exitStatus == .cannotOpenInput }
        #expect {
            try SniffRequest(resolve([option("read_file", directory.path)]))
        } throws: { ($0 as? CommandError)?.exitStatus == .cannotOpenInput }
        #expect(try SniffRequest(resolve([option("read_file", "-")])).capture.files == ["-"])
        #expect(throws: CommandError.self) { try SniffRequest(resolve([option("read_file", "-", "-")])) }
    }

    @Test func anEmptyWindowIsAnError() {
        #expect(throws: CommandError.self) { try replay(option("from_time", "10"), option("to_time", "10")) }
    }

    @Test func usersComeFromAFileToo() throws {
        let file = directory.write("# users\nalice*\n\n  *99 \t\r\n", to: "users")
        let request = try replay(option("sip_user", "bob"), option("sip_user_file", file))
        #expect(request.engine.selection.sipUsers == ["bob", "alice*", "*99"])
        let empty = directory.write("# nobody\n", to: "nobody")
        #expect(throws: CommandError.self) { try replay(option("sip_user_file", empty)) }
        #expect(throws: CommandError.self) { try replay(option("sip_user_file", empty + "2")) }
    }

    @Test func quietLogsErrorsOnlyUnlessALevelIsGiven() throws {
        #expect(try replay(option("quiet", "true")).log.level == "error")
        #expect(try replay(option("quiet", "true"), option("log_level", "debug")).log.level == "debug")
    }
}
