import Glibc

@testable import Service

/// A setting of the table by its key, of those that `sniff voip` has.
func setting(_ key: String) throws -> Setting {
    guard let found = SettingTable.all.first(where: { $0.key == key && $0.belongs(to: .voip) }) else {
        throw CommandError("no setting \(key)", exitStatus: .software)
    }
    return found
}

/// The option as the command line gives it.
func option(_ key: String, _ texts: String...) throws -> GivenSetting {
    let setting = try setting(key)
    return GivenSetting(
        setting, texts: GivenSetting.separated(texts, for: setting),
        source: .commandLine(option: "--" + setting.optionNames[0]))
}

/// A directory of its own that is removed at the end.
final class TemporaryDirectory {
    let path: String

    init() {
        var template = Array("/tmp/lippycat-test-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
    }

    /// Writes a file, its folders included, and returns its path.
    @discardableResult
    func write(_ text: String, to name: String) -> String {
        let parts = name.split(separator: "/").dropLast()
        var folder = path
        for part in parts {
            folder += "/" + part
            mkdir(folder, 0o700)
        }
        let file = path + "/" + name
        let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
        _ = writeAll(text, to: descriptor)
        close(descriptor)
        return file
    }

    func read(_ name: String) -> String {
        guard case .success(let bytes) = readSmallFile(path + "/" + name, limit: 1 << 20) else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }

    deinit { remove(path) }

    private func remove(_ path: String) {
        if let folder = opendir(path) {
            while let entry = readdir(folder) {
                let name = withUnsafePointer(to: &entry.pointee.d_name) {
                    $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
                }
                if name != ".", name != ".." { remove(path + "/" + name) }
            }
            closedir(folder)
        }
        _ = Glibc.remove(path)
    }
}

/// Resolves options, environment and the text of a configuration file, without looking at this machine's own files.
func resolve(
    _ options: [GivenSetting] = [], environment: [String: String] = [:], file: String? = nil,
    table: [Setting] = SettingTable.all, for command: Setting.Command = .voip
) throws -> ResolvedSettings {
    let directory = TemporaryDirectory()
    var environment = environment
    if let file { directory.write(file, to: "lippycat/config.yaml") }
    environment["XDG_CONFIG_HOME"] = directory.path
    var resolution = Resolution(commandLine: options, environment: environment)
    resolution.table = table
    resolution.systemPath = directory.path + "/none.yaml"
    return try resolution.resolve(for: command)
}

/// The error that a configuration file gives, its place without the directory.
func fileError(_ text: String) -> CommandError? {
    do {
        _ = try resolve(file: text)
        return nil
    } catch let error as CommandError {
        var error = error
        error.place = error.place.map { place in place.split(separator: "/").last.map(String.init) ?? place }
        return error
    } catch {
        return nil
    }
}
