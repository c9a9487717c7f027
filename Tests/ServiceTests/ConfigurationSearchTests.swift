import Glibc
import Testing

@testable import Service

@Suite struct ConfigurationSearchTests {
    @Test func order() {
        #expect(
            ConfigurationSearch.candidates(environment: ["HOME": "/h", "XDG_CONFIG_HOME": "/x"]) == [
                "/x/lippycat/config.yaml", "/h/.config/lippycat.yaml", "/h/.lippycat.yaml", "/etc/lippycat/config.yaml",
            ])
        #expect(ConfigurationSearch.candidates(environment: ["HOME": "/h"]).first == "/h/.config/lippycat/config.yaml")
        // A relative value is no base directory.
        #expect(
            ConfigurationSearch.candidates(environment: ["HOME": "h", "XDG_CONFIG_HOME": "x"]) == [
                "/etc/lippycat/config.yaml"
            ])
    }

    @Test func theBestExistingFileIsRead() throws {
        let home = TemporaryDirectory()
        var resolution = Resolution(
            commandLine: [], environment: ["HOME": home.path, "XDG_CONFIG_HOME": home.path + "/xdg"])
        resolution.systemPath = home.path + "/etc.yaml"
        #expect(try resolution.resolve().configurationFile == nil)
        // From the last candidate to the first: each one hides those before.
        for (index, name) in ["etc.yaml", ".lippycat.yaml", ".config/lippycat.yaml", "xdg/lippycat/config.yaml"]
            .enumerated()
        {
            home.write("voip: {workers: \(index + 11)}", to: name)
            let resolved = try resolution.resolve()
            #expect(resolved.configurationFile == home.path + "/" + name)
            #expect(resolved.settings.engine.workers == index + 11)
        }
        let other = home.write("voip: {workers: 99}", to: "config.yaml.minimal")
        resolution.commandLine = [
            GivenSetting(try setting("config"), texts: [other], source: .commandLine(option: "--config"))
        ]
        #expect(try resolution.resolve().settings.engine.workers == 99)
    }

    @Test func aMissingNamedFileIsAnError() throws {
        var resolution = Resolution(commandLine: [try option("config", "/nonexistent/x.yaml")], environment: [:])
        #expect {
            try resolution.resolve()
        } throws: { ($0 as? CommandError)?.exitStatus == .cannotOpenInput }
        resolution.commandLine = [try option("config", "/tmp")]
        #expect {
            try resolution.resolve()
        } throws: { ($0 as? CommandError)?.exitStatus == .cannotOpenInput }
    }

    @Test(.enabled(if: geteuid() != 0)) func anUnreadableSystemFileIsAWarning() throws {
        let home = TemporaryDirectory()
        var resolution = Resolution(commandLine: [], environment: [:])
        resolution.systemPath = home.write("voip: {}", to: "etc.yaml")
        chmod(resolution.systemPath, 0)
        #expect(try resolution.resolve().warnings.count == 1)
    }
}
