import Glibc
import Subprocess
import Synchronization

/// What a program of the system prints, within a time and a size.
enum ProgramOutput {
    /// Output and errors, as text; or why there is none.
    ///
    /// - Parameter descriptor: where its output goes instead; then only errors come back.
    static func text(
        _ command: [String], seconds: Int = 10, limit: Int = 4 << 20, into descriptor: Int32? = nil
    ) -> String {
        let box = Box()
        let work = Task {
            let text = await run(command, seconds, limit, descriptor)
            box.value.withLock { $0 = text }
        }
        // A second more than the program has.
        for _ in 0..<((seconds + 3) * 200) {
            if let text = box.value.withLock({ $0 }) { return text }
            usleep(5000)
        }
        work.cancel()
        return "\(command.first ?? ""): did not end\n"
    }

    /// The program's path, also where PATH leaves out the system's own.
    static func path(of name: String) -> String? {
        let folders = (processEnvironment()["PATH"] ?? "").split(separator: ":").map(String.init)
        return (folders + ["/usr/sbin", "/sbin", "/usr/bin", "/bin"]).map { $0 + "/" + name }.first {
            access($0, X_OK) == 0
        }
    }

    static func run(_ command: [String], _ seconds: Int, _ limit: Int, _ descriptor: Int32?) async -> String {
        guard let name = command.first, let program = path(of: name) else {
            return "\(command.first ?? "nothing"): not installed\n"
        }
        var options = PlatformOptions()
        options.createSession = true
        options.teardownSequence = [.gracefulShutDown(toProcessGroup: true, allowedDurationToNextStep: .seconds(1))]
        let configuration = Configuration(
            executable: .path(.init(program)), arguments: Arguments(Array(command.dropFirst())),
            // What is read here, people read too.
            environment: .inherit.updating(["LC_ALL": "C", "SYSTEMD_COLORS": "0", "SYSTEMD_PAGER": ""]),
            platformOptions: options)
        let child = Task {
            guard let descriptor else {
                let result = try await Subprocess.run(
                    configuration, input: .none, output: .bytes(limit: limit), error: .bytes(limit: 64 << 10))
                return (result.standardOutput + result.standardError, result.terminationStatus)
            }
            let result = try await Subprocess.run(
                configuration, input: .none,
                output: .fileDescriptor(.init(rawValue: descriptor), closeAfterSpawningProcess: false),
                error: .bytes(limit: 64 << 10))
            return (result.standardError, result.terminationStatus)
        }
        let timer = Task {
            try await Task.sleep(for: .seconds(seconds))
            child.cancel()
        }
        defer { timer.cancel() }
        do {
            let (bytes, status) = try await child.value
            var text = String(decoding: bytes, as: UTF8.self)
            if !status.isSuccess { text += "(\(status))\n" }
            return text
        } catch {
            return "\(program): \(error)\n"
        }
    }

    private final class Box: Sendable {
        let value = Mutex<String?>(nil)
    }
}
