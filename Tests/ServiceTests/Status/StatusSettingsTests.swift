import Glibc
import Testing

@testable import Service

@Suite struct StatusSettingsTests {
    private func request(_ options: [GivenSetting] = [], file: String? = nil) throws -> SniffRequest {
        try SniffRequest(try resolve(options, file: file))
    }

    @Test func offByDefault() throws {
        #expect(!(try request().status.isWanted))
    }

    @Test func loopbackNeedsNothing() throws {
        for address in ["127.0.0.1:9464", "127.9.9.9:1", "[::1]:9464"] {
            #expect(try request([option("status_listen", address)]).status.listen == address)
        }
    }

    @Test(arguments: ["0.0.0.0:9464", "[::]:9464", "192.0.2.1:80", "[2001:db8::1]:9464", "[::ffff:127.0.0.1]:9464"])
    func othersNeedTLSAndAToken(_ address: String) throws {
        let listen = "status_listen: '\(address)'\n"
        let tls = "status_tls_certificate: c\nstatus_tls_key: k\n"
        for text in [listen, listen + tls, listen + "status_token_file: t\n"] {
            let error = #expect(throws: CommandError.self) { try request(file: text) }
            #expect(error?.exitStatus == .configuration)
            #expect(error?.what.contains("open to others") == true)
            #expect(error?.place?.contains("config.yaml:1") == true)
        }
        #expect(try request(file: listen + tls + "status_token_file: t\n").status.isWanted)
        let error = #expect(throws: CommandError.self) { try request([option("status_listen", address)]) }
        #expect(error?.exitStatus == .usage)
    }

    @Test func aCertificateNeedsItsKey() throws {
        let error = #expect(throws: CommandError.self) {
            try request(file: "status_listen: 127.0.0.1:1\nstatus_tls_certificate: c\n")
        }
        #expect(error?.remedy?.contains("status_tls_key") == true)
    }

    @Test(arguments: ["localhost:9464", "9464", "127.0.0.1", "127.0.0.1:0", "127.0.0.1:65536", ":9464", "::1:9464"])
    func whatIsNoAddress(_ text: String) throws {
        #expect(throws: CommandError.self) { try request(file: "status_listen: '\(text)'\n") }
    }

    @Test func warningsComeFirst() throws {
        #expect(throws: CommandError.self) { try request(file: "health_memory_warning: 91\n") }
        #expect(throws: CommandError.self) { try request(file: "health_disk_critical: 79\n") }
        #expect(try request(file: "health_memory_warning: 90\n").health.memoryWarning == 90)
    }

    /// The service's configuration is found by a replay beside it, which must not want its address.
    @Test func aReplayListensOnlyWhenItIsToldTo() throws {
        let directory = TemporaryDirectory()
        let capture = directory.write("", to: "a.pcap")
        let file = "status_listen: 127.0.0.1:9464\nstatus_socket: /run/lc.sock\n"
        #expect(try request(file: file).status.isWanted)
        #expect(!(try request([option("read_file", capture)], file: file).status.isWanted))
        let told = try request([option("read_file", capture), option("status_socket", "here")], file: file)
        #expect(told.status.socket == "here" && told.status.listen == nil)
    }

    @Test func secretsAreReadWithCare() throws {
        let directory = TemporaryDirectory()
        var options = StatusOptions()
        options.socket = "s"
        options.tokenFile = directory.write("0123456789abcdef\n", to: "token")
        #expect(try StatusCredentials(options).permit("Bearer 0123456789abcdef"))
        chmod(try #require(options.tokenFile), 0o644)
        #expect(throws: CommandError.self) { try StatusCredentials(options) }
        for text in ["", "short", "with a space in it..", "0123456789abcde\u{e9}"] {
            options.tokenFile = directory.write(text, to: "other")
            #expect(throws: CommandError.self) { try StatusCredentials(options) }
        }
        options.tokenFile = directory.path + "/none"
        #expect(throws: CommandError.self) { try StatusCredentials(options) }
        options.tokenFile = directory.path
        #expect(throws: CommandError.self) { try StatusCredentials(options) }
    }

    @Test func whereTheServiceIsAsked() throws {
        let directory = TemporaryDirectory()
        let configuration = directory.write("status_socket: /here/lc.sock\n", to: "c.yaml")
        let none = ["HOME": directory.path, "XDG_CONFIG_HOME": directory.path]
        #expect(try StatusSocket.path(configuration: configuration, environment: none) == "/here/lc.sock")
        let inside = none.merging(["RUNTIME_DIRECTORY": "/run/lippycat:/run/other"]) { $1 }
        #expect(try StatusSocket.path(configuration: nil, environment: inside) == "/run/lippycat/lc.sock")
    }
}
