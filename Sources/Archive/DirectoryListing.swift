import Glibc

/// What a directory holds, read before anything in it is changed.
struct DirectoryListing {
    var files: [[UInt8]] = []
    var directories: [[UInt8]] = []

    /// Regular files and directories only; symbolic links and everything else are not listed.
    init(of directory: Int32) throws(SystemCall.Failure) {
        // A descriptor of its own: closedir(3) closes it, and its read position is not shared.
        let copy = try SystemCall.openDirectory(at: directory, SystemCall.terminated([UInt8(ascii: ".")]))
        guard let stream = unsafe fdopendir(copy) else {
            let code = errno
            SystemCall.close(copy)
            throw SystemCall.Failure(code: code)
        }
        defer { unsafe closedir(stream) }
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { unsafe Array($0.prefix { $0 != 0 }) }
            guard name != [UInt8(ascii: ".")], name != Array("..".utf8) else { continue }
            // The type in the entry is not filled in by every file system.
            guard let status = try? SystemCall.status(at: directory, SystemCall.terminated(name)) else { continue }
            if SystemCall.isRegularFile(status) { files.append(name) }
            if SystemCall.isDirectory(status) { directories.append(name) }
        }
    }
}

extension [UInt8] {
    func hasSuffix(_ suffix: String) -> Bool {
        count >= suffix.utf8.count && self.suffix(suffix.utf8.count).elementsEqual(suffix.utf8)
    }
}
