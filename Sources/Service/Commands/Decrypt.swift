import Archive
import Sealing

/// `lc decrypt`: the captures inside of encrypted files.
public enum Decrypt {
    /// Every file for itself: one that is damaged does not keep the others from being decrypted.
    ///
    /// - Returns: the status of the first that failed.
    public static func run(
        _ files: [String], keyFile: String, outputDirectory: String?, overwrites: Bool
    ) throws(CommandError) -> ExitStatus {
        let key = try KeyFile.read(keyFile)
        var status = ExitStatus.ok
        for file in files {
            do throws(CommandError) {
                let output = try decrypt(file, key, outputDirectory, overwrites)
                StandardStream.output.write(sanitised(output) + "\n")
            } catch {
                StandardStream.error.write(error.description + "\n")
                if status == .ok { status = error.exitStatus }
            }
        }
        return status
    }

    private static func decrypt(
        _ file: String, _ key: SealingKey, _ directory: String?, _ overwrites: Bool
    ) throws(CommandError) -> String {
        let input = try InputFile(file)
        let path = OutputBeside.path(
            for: file,
            named: { name in
                let suffix = FileName.encryptedSuffix
                return name.hasSuffix(suffix) && name != suffix
                    ? String(name.dropLast(suffix.count)) : name + ".decrypted"
            }, in: directory)
        let output = try OutputBeside(path, replaces: overwrites)
        let decryption = FileDecryption(key)
        while true {
            let bytes = try input.read(256 << 10)
            do {
                try decryption.update(bytes[...], isLast: bytes.isEmpty) { try output.write($0) }
            } catch let error as SealingError {
                throw CommandError(error, at: file)
            } catch {
                throw error as? CommandError ?? CommandError("\(error)", at: file, exitStatus: .inputOutput)
            }
            if bytes.isEmpty { break }
        }
        try output.finish()
        return path
    }
}

extension CommandError {
    init(_ error: SealingError, at file: String) {
        switch error {
        case .notEncrypted:
            self.init("this is no file that lc has encrypted", at: file, exitStatus: .badData)
        case .wrongKey:
            self.init(
                "encrypted with another key", at: file, remedy: "give that one with --key-file",
                exitStatus: .badData)
        case .truncated(let chunk):
            self.init("the file is cut off at chunk \(chunk); nothing was written", at: file, exitStatus: .badData)
        case .damaged(let chunk):
            self.init(
                "chunk \(chunk) of the file was changed or is cut off; nothing was written", at: file,
                exitStatus: .badData)
        }
    }
}
