import Glibc
import Testing

@testable import Service

@Suite struct KeepingTests {
    private static let hour: Int64 = 3_600_000_000_000

    @Test func aClockThatIsSetIsNotBelievedForAnHour() {
        var clock = TrustedClock()
        let start: Int64 = 1_700_000_000_000_000_000
        #expect(clock.time(wall: start, monotonic: 0) == start)
        // NTP's small steps are nothing.
        #expect(clock.time(wall: start + 61_000_000_000, monotonic: 60_000_000_000) != nil)
        let later = start + 365 * 24 * Self.hour
        #expect(clock.time(wall: later, monotonic: 120_000_000_000) == nil)
        #expect(clock.time(wall: later + Self.hour / 2, monotonic: 120_000_000_000 + Self.hour / 2) == nil)
        #expect(clock.time(wall: later + Self.hour, monotonic: 120_000_000_000 + Self.hour) == later + Self.hour)
        // And back again.
        #expect(clock.time(wall: start, monotonic: 130_000_000_000 + Self.hour) == nil)
    }

    @Test func thePlaceOfAKeyIsNoSecret() throws {
        let resolved = try resolve(file: "voip:\n  encrypt_key_file: /etc/lippycat/archive.key\n")
        #expect(ShowConfig.text(resolved, sources: false).contains("\"/etc/lippycat/archive.key\""))
    }

    @Test func namesFollowTheForm() {
        var options = KeepingOptions()
        #expect(options.suffix == "" && !options.leavesPending)
        options.compression = .gzip
        #expect(options.suffix == ".gz" && options.leavesPending)
        options.keyFile = "k"
        #expect(options.suffix == ".gz.enc")
        options.compression = .none
        #expect(options.suffix == ".enc" && options.leavesPending)
        options.keyFile = nil
        options.synchronise = .finish
        #expect(options.suffix == "" && options.leavesPending)
        options.synchronise = .interval
        #expect(!options.leavesPending)
    }

    @Test func keyFiles() throws {
        let folder = TemporaryDirectory()
        let path = folder.write(String(repeating: "0123456789abcdef", count: 4) + "\n", to: "key")
        chmod(path, 0o600)
        _ = try KeyFile.read(path)
        chmod(path, 0o400)
        _ = try KeyFile.read(path)
        for mode in [0o640, 0o604, 0o660, 0o620] as [mode_t] {
            chmod(path, mode)
            #expect(throws: CommandError.self, "\(mode)") { try KeyFile.read(path) }
        }
        let short = folder.write("abc", to: "short")
        #expect(throws: CommandError.self) { try KeyFile.read(short) }
        #expect(throws: CommandError.self) { try KeyFile.read("/nonexistent/key") }
        #expect(throws: CommandError.self) { try KeyFile.read("/") }
        #expect(throws: CommandError.self) { try KeyFile.read("/dev/zero") }
    }
}
