import Archive
import Calls
import Capture
import Glibc
import Synchronization
import TestSupport

@testable import Engine

extension FuzzTarget {
    /// A capture through the whole engine with 1 and with 3 workers: the same records, summary and files, and a ledger
    /// whose sums agree. The options come from header bytes that readers ignore, so that seeds are plain captures.
    static func engine(_ file: [UInt8]) {
        let capture = MutableCapture(file)
        guard !capture.packets.isEmpty else { return }
        let one = EngineRun(capture, workers: 1)
        let three = EngineRun(capture, workers: 3)
        require(one.lines == three.lines, "records differ between 1 and 3 workers")
        require(one.summary == three.summary, "summaries differ:\n\(one.summary)\n\(three.summary)")
        require(one.files == three.files, "files differ between 1 and 3 workers")
        require(one.ledger.check() == nil, "the ledger does not add up: \(one.ledger.check()!)")
        require(one.ledger.captured == UInt64(capture.packets.count), "packets not counted")
    }
}

/// What the engine made of a capture.
struct EngineRun {
    var lines: [[UInt8]] = []
    var summary = ""
    var ledger = PacketLedger()
    var files: [String: [UInt8]] = [:]

    private final class Delivered: Sendable {
        let lines = Mutex<[[UInt8]]>([])
    }

    init(_ capture: MutableCapture, workers: Int) {
        var options = EngineRun.options(capture.options)
        options.workers = workers
        let folder = capture.options[1] & 1 == 1 ? EngineRun.folder : nil
        options.archive = folder.map { ArchiveOptions(directory: $0) }
        if capture.options[1] & 2 == 2 { options.archive?.pattern = "{kind}/{from}-{callid}" }
        if capture.options[1] & 4 == 4 { options.archive?.maxFileSize = 1000 }
        let delivered = Delivered()
        do {
            let directory = try folder.map { try ArchiveDirectory(path: $0, use: .replay(overwrite: true)) }
            let sniffer = Sniffer(
                options, formats: RecordFormats(json: true, line: .table(width: 100)), directory: directory,
                isLive: false, control: SnifferControl(),
                deliver: { record in delivered.lines.withLock { $0.append(record.json + record.line) } })
            let result = try sniffer.run(MemorySource(capture))
            var bytes: [UInt8] = []
            JSONLines.append(result.summary, to: &bytes)
            summary = String(decoding: bytes, as: UTF8.self)
            ledger = result.summary.ledger
            require(result.fileError == nil, "\(result.fileError!)")
        } catch {
            fail("the engine failed: \(error)")
        }
        lines = delivered.lines.withLock { $0 }
        if let folder { EngineRun.takeFiles(folder, "", into: &files) }
    }

    private static func options(_ bytes: [UInt8]) -> EngineOptions {
        var options = EngineOptions()
        options.calls.allDialogs = bytes[0] & 1 == 1
        options.calls.orphanRTP = bytes[0] & 2 == 2
        options.calls.deduplicate = bytes[0] & 4 == 4
        if bytes[0] & 8 == 8 { options.selection.sipUsers = ["alice", "*1"] }
        if bytes[0] & 16 == 16 { options.selection.sipPorts = [5060] }
        if bytes[0] & 32 == 32 { options.selection.udpOnly = true }
        if bytes[0] & 64 == 64 { setSmallLimits(&options) }
        if bytes[0] & 128 == 128 { options.limits.bufferStrategy = .ring }
        let batches = [1024, 1, 2, 3, 7, 64, 256, 1000]
        options.limits.batchSize = batches[Int(bytes[2] & 7)]
        return options
    }

    /// So small that a few packets reach them.
    private static func setSmallLimits(_ options: inout EngineOptions) {
        options.limits.maxStreamParsers = 2
        options.limits.maxTCPBuffers = 3
        options.limits.tcpMemoryLimit = 8192
        options.limits.tcpAssemblerMaxPages = 1
        options.limits.lookBackBytes = 2048
        options.limits.writeBufferBytes = 4096
        options.limits.maxCalls = 3
        options.limits.memoryOptimization = true
    }

    // MARK: Files

    private static let folder: String = {
        let base = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        let path = "\(base)/lcfuzz-\(getpid())"
        mkdir(path, 0o700)
        return path
    }()

    /// Reads every file below the folder, and removes it.
    private static func takeFiles(_ folder: String, _ prefix: String, into files: inout [String: [UInt8]]) {
        guard let directory = opendir(folder) else { return }
        defer { closedir(directory) }
        while let entry = readdir(directory) {
            let name = withUnsafeBytes(of: &entry.pointee.d_name) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            guard !name.hasPrefix(".") else { continue }
            let path = folder + "/" + name
            let descriptor = open(path, O_RDONLY)
            var status = stat()
            fstat(descriptor, &status)
            if status.st_mode & S_IFMT == S_IFDIR {
                takeFiles(path, prefix + name + "/", into: &files)
                rmdir(path)
            } else {
                files[prefix + name] = [UInt8](unsafeUninitializedCapacity: Int(status.st_size)) { buffer, count in
                    count = max(0, read(descriptor, buffer.baseAddress, buffer.count))
                }
                require(!name.hasSuffix(".partial"), "\(name) was not finished")
                unlink(path)
            }
            close(descriptor)
        }
    }
}
