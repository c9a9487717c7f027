import Foundation
import Testing

@Suite struct SupportBundleTests {
    @Test func anArchiveOfItsOwnersOnly() throws {
        let folder = try Command.folder()
        let log = folder + "/lc.log"
        try "2026-01-02 03:04:05.678 error capture: x call_id=secret-call@example\n".write(
            toFile: log, atomically: true, encoding: .utf8)
        let configuration = try Command.file(
            "log_file: \(log)\nvoip:\n  sip_user: [alice-the-secret]\n  output_dir: \(folder)\n")
        let archive = folder + "/support.tar.gz"
        let run = try Command.run("support-bundle", "-c", configuration, "--output", archive)
        #expect(run.status == 0 && run.output == archive + "\n", "\(run.error)")
        let mode = try FileManager.default.attributesOfItem(atPath: archive)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        let names = try Command.run(list: ["-tzf", archive], program: "/bin/tar").output
        for name in ["CONTENTS", "version", "doctor", "log", "journal", "unit", "disk", "interfaces", "network"] {
            #expect(names.contains("/\(name).txt\n"), "\(name)")
        }
        let everything = try Command.run(list: ["-xzOf", archive], program: "/bin/tar").output
        #expect(everything.contains("error capture: x call_id=~") && everything.contains("lc (lippycat)"))
        #expect(!everything.contains("secret-call") && !everything.contains("alice-the-secret"))
        #expect(try Command.run("support-bundle", "--output", archive).status == 73)
        #expect(try Command.run("support-bundle", "--output", archive, "--overwrite").status == 0)
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.contains("partial") }.isEmpty)
    }

    /// A wrong configuration is what it may have been called for.
    @Test func aWrongConfigurationIsInIt() throws {
        let archive = try Command.folder() + "/support.tar.gz"
        let configuration = try Command.file("voip:\n  max_gorutines: 1\n")
        #expect(try Command.run("support-bundle", "-c", configuration, "-o", archive).status == 0)
        let everything = try Command.run(list: ["-xzOf", archive], program: "/bin/tar").output
        #expect(everything.contains("did you mean 'max_goroutines'") && everything.contains("not ready"))
    }
}
