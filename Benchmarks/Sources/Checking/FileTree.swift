import Glibc
import Traffic

/// The files below a directory, by relative path, sorted.
public struct FileTree {
    public private(set) var files: [String] = []
    private let root: String

    public init(_ root: String) {
        self.root = root
        collect("")
        files.sort()
    }

    private mutating func collect(_ folder: String) {
        guard let directory = opendir(folder.isEmpty ? root : "\(root)/\(folder)") else { return }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard name != ".", name != ".." else { continue }
            let path = folder.isEmpty ? name : "\(folder)/\(name)"
            if Int32(entry.pointee.d_type) == Int32(DT_DIR) { collect(path) } else { files.append(path) }
        }
    }

    /// What is not the same, byte for byte, in two trees; empty when they are equal.
    public static func differences(_ left: String, _ right: String, most: Int) -> [String] {
        let (first, second) = (FileTree(left).files, FileTree(right).files)
        var differences: [String] = []
        if first.isEmpty, second.isEmpty { differences.append("both are empty or cannot be read") }
        let (firstSet, secondSet) = (Set(first), Set(second))
        differences += first.filter { !secondSet.contains($0) }.map { "only in \(left): \($0)" }
        differences += second.filter { !firstSet.contains($0) }.map { "only in \(right): \($0)" }
        let (one, other) = (FileBytes(), FileBytes())
        for path in first where secondSet.contains(path) && differences.count < most {
            do {
                try one.load("\(left)/\(path)")
                try other.load("\(right)/\(path)")
            } catch {
                differences.append("\(error)")
                continue
            }
            if !isEqual(one.bytes, other.bytes) { differences.append("differs: \(path)") }
        }
        return differences
    }

    private static func isEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        guard left.count == right.count, let one = left.baseAddress, let other = right.baseAddress else {
            return left.count == right.count
        }
        return memcmp(one, other, left.count) == 0
    }
}
