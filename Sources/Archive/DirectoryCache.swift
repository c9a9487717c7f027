import Glibc

/// Descriptors of the directories used last below the archive's own, so that a pattern with `/` does not walk from the top
/// for every flush. Every component is opened without following symbolic links.
struct DirectoryCache: ~Copyable {
    /// Descriptors kept.
    static let limit = 4

    private struct Entry {
        var path: [UInt8]
        var descriptor: Int32
    }

    private let root: Int32
    private var entries: [Entry] = []

    init(root: Int32) { self.root = root }

    deinit { for entry in entries { SystemCall.close(entry.descriptor) } }

    /// A directory's descriptor; made where it is missing.
    private mutating func resolve(_ directory: ArraySlice<UInt8>) throws(SystemCall.Failure) -> Int32 {
        if directory.isEmpty { return root }
        if let index = entries.firstIndex(where: { $0.path.elementsEqual(directory) }) {
            return entries[index].descriptor
        }
        let descriptor = try open(directory)
        if entries.count >= Self.limit { SystemCall.close(entries.removeFirst().descriptor) }
        entries.append(Entry(path: Array(directory), descriptor: descriptor))
        return descriptor
    }

    /// Does something with a path's directory and last component. A cached directory that was removed meanwhile, or
    /// descriptors used up: once more without the cache.
    mutating func with<Result>(
        _ path: ArchivePath, _ action: (_ directory: Int32, _ name: [CChar]) throws(SystemCall.Failure) -> Result
    ) throws(SystemCall.Failure) -> Result {
        do throws(SystemCall.Failure) {
            return try action(resolve(path.directory), path.name)
        } catch {
            guard !entries.isEmpty, error.code == ENOENT || error.code == EMFILE else { throw error }
        }
        reset()
        return try action(resolve(path.directory), path.name)
    }

    mutating func with<Result>(
        _ path: [UInt8], _ action: (_ directory: Int32, _ name: [CChar]) throws(SystemCall.Failure) -> Result
    ) throws(SystemCall.Failure) -> Result {
        try with(ArchivePath(path), action)
    }

    /// Forgets every descriptor: somebody removed a directory, or descriptors have run out.
    private mutating func reset() {
        for entry in entries { SystemCall.close(entry.descriptor) }
        entries.removeAll()
    }

    private func open(_ path: ArraySlice<UInt8>) throws(SystemCall.Failure) -> Int32 {
        var current = root
        for component in path.split(separator: UInt8(ascii: "/")) {
            let name = SystemCall.terminated(Array(component))
            let parent = current
            defer { if parent != root { SystemCall.close(parent) } }
            do throws(SystemCall.Failure) {
                current = try SystemCall.openDirectory(at: parent, name)
            } catch {
                guard error.code == ENOENT else { throw error }
                try SystemCall.makeDirectory(at: parent, name)
                current = try SystemCall.openDirectory(at: parent, name)
            }
        }
        // An empty path cannot come from a stem; a descriptor of our own is what the cache closes later.
        guard current == root else { return current }
        return try SystemCall.openDirectory(at: root, SystemCall.terminated([UInt8(ascii: ".")]))
    }
}
