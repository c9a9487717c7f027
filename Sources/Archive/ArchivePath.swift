/// A path relative to the archive's directory, taken apart once for a file that is opened often.
struct ArchivePath {
    /// Without the slash behind it; empty for the archive's own.
    let directory: ArraySlice<UInt8>
    /// The last component, for system calls.
    let name: [CChar]

    static let none = ArchivePath([])

    init(_ path: [UInt8]) {
        var start = path.count
        while start > 0, path[start - 1] != UInt8(ascii: "/") { start -= 1 }
        directory = path[..<max(start - 1, 0)]
        name = SystemCall.terminated(path[start...])
    }
}
