import Glibc

/// The `lc` processes of this machine, as /proc shows them.
struct RunningPrograms {
    struct Program {
        var process: Int32
        var arguments: [String]
        /// Its errors go to the journal.
        var isService: Bool
    }

    static func all() -> [Program] {
        guard let listing = opendir("/proc") else { return [] }
        defer { closedir(listing) }
        var found: [Program] = []
        while let entry = readdir(listing) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            guard let process = Int32(name), process != getpid(), SystemFile.text("/proc/\(name)/comm") == "lc" else {
                continue
            }
            let arguments = (SystemFile.text("/proc/\(name)/cmdline") ?? "").split(separator: "\0").map(String.init)
            found.append(Program(process: process, arguments: arguments, isService: isService(process)))
        }
        return found.sorted { $0.process < $1.process }
    }

    private static func isService(_ process: Int32) -> Bool {
        var target = [CChar](repeating: 0, count: 256)
        let length = readlink("/proc/\(process)/fd/2", &target, target.count - 1)
        return length > 0
            && String(decoding: target[..<length].map { UInt8(bitPattern: $0) }, as: UTF8.self).hasPrefix("socket:")
    }

    /// What the kernel tells of one: memory, threads, capabilities, limits, descriptors, control group.
    static func text(_ program: Program, _ mask: LineMask) -> String {
        let folder = "/proc/\(program.process)"
        var text = "process \(program.process): \(BundleSecrets.arguments(program.arguments, mask))\n"
        for name in ["status", "limits", "cgroup", "io", "schedstat"] {
            text += "\n\(name):\n\(SystemFile.text("\(folder)/\(name)") ?? "cannot be read")\n"
        }
        var descriptors = 0
        if let listing = opendir(folder + "/fd") {
            while readdir(listing) != nil { descriptors += 1 }
            closedir(listing)
        }
        return text + "\nopen descriptors: \(max(0, descriptors - 2))\n"
    }
}
