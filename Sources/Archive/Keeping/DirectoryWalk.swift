import Glibc

/// The entries of a directory one after the other, without keeping their names: there may be millions.
enum DirectoryWalk {
    /// Calls `body` with name and status (of the entry itself, links not followed) until it returns false. Entries that
    /// vanish meanwhile are left out.
    static func visit(
        _ directory: Int32, _ body: (_ name: [UInt8], _ status: stat) -> Bool
    ) throws(SystemCall.Failure) {
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
            guard let status = try? SystemCall.status(at: directory, SystemCall.terminated(name)) else { continue }
            if !body(name, status) { return }
        }
    }
}
