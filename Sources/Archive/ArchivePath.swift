/// A path relative to the archive's directory, taken apart once for a file that is opened often.
struct ArchivePath {
    /// Without the slash behind it; empty for the archive's own.
    let directory: ArraySlice<UInt8>
    /// The last component, for system calls.
    let name: [CChar]

    static let none = ArchivePath([])

    init(_ path: [UInt8]) {
        let slash = path.lastIndex(of: UInt8(ascii: "/"))
        directory = path[..<(slash ?? 0)]
        name = SystemCall.terminated(slash.map { Array(path[($0 + 1)...]) } ?? path)
    }
}
