import Archive
import Calls
import Capture
import Engine
import Logging
import Synchronization

/// What a killed run left open is finished, and gets records like any other call.
enum Recovery {
    /// Packets of a file that are looked at for its record: about half an hour of a call.
    static let packetLimit = 200_000
    /// After this long (nanoseconds) only the first packets of the remaining files are looked at, so that a service with
    /// thousands of open calls is back soon.
    static let patience: Int64 = 5_000_000_000
    static let hurriedPacketLimit = 64

    /// Finishes the files of the directory. Returns their records, in the order in which the calls began.
    static func run(_ directory: ArchiveDirectory) -> [CallRecord] {
        let logger = Logger(label: "recovery")
        let report = directory.recover()
        if report.skipped > 0 || report.foldersLocked > 0 {
            logger.warning(
                "some files were left as they are",
                metadata: ["files": "\(report.skipped)", "locked_folders": "\(report.foldersLocked)"])
        }
        if report.removed > 0 {
            logger.info("files without a packet removed", metadata: ["files": "\(report.removed)"])
        }
        let start = WallClock.now
        var records: [CallRecord] = []
        var indexOfCall: [String: Int] = [:]
        for files in groups(report.files) {
            let limit = WallClock.now - start < patience ? packetLimit : hurriedPacketLimit
            let record = record(of: files, in: directory.path, packetLimit: limit)
            for file in files {
                logger.notice(
                    "file recovered",
                    metadata: [
                        "file": "\(file.path)", "call_id": "\(record.callID)", "packets": "\(file.packets)",
                        "bytes_cut": "\(file.bytesCut)",
                    ])
            }
            // Packets of another link type lie in a file of their own.
            if !record.callID.isEmpty, let index = indexOfCall[record.callID] {
                records[index].join(record)
            } else {
                indexOfCall[record.callID] = records.count
                records.append(record)
            }
        }
        return records.sorted { ($0.startTime ?? 0, $0.callID) < ($1.startTime ?? 0, $1.callID) }
    }

    /// Files that differ in their `{kind}` only belong to one call, which the one with the media does not name.
    private static func groups(_ files: [RecoveredFile]) -> [[RecoveredFile]] {
        var groups: [[RecoveredFile]] = []
        var indexOfPath: [String: Int] = [:]
        for file in files {
            indexOfPath[file.path] = groups.count
            groups.append([file])
        }
        for (index, file) in files.enumerated() {
            for place in file.path.ranges(of: "rtp") {
                var other = file.path
                other.replaceSubrange(place, with: "sip")
                guard let signalling = indexOfPath[other], !groups[signalling].isEmpty else { continue }
                groups[signalling].append(file)
                groups[index] = []
                break
            }
        }
        return groups.filter { !$0.isEmpty }
    }

    /// The call whose packets the files hold, as the engine sees it.
    private static func record(
        of files: [RecoveredFile], in directory: String, packetLimit: Int
    ) -> CallRecord {
        var record = replay(files.map { directory + "/" + $0.path }, packetLimit: packetLimit) ?? CallRecord()
        record.endReason = .recovered
        record.files = files.map(\.path)
        record.packets = files.reduce(0) { $0 + $1.packets }
        record.bytes = files.reduce(0) { $0 + $1.bytes }
        record.startTime = record.startTime ?? files.map(\.firstTimestamp).min()
        record.endTime = files.map(\.lastTimestamp).max()
        // Figures of a part would pass for figures of the whole.
        if record.packets > UInt64(packetLimit) { record.streams = [] }
        return record
    }

    private static func replay(_ paths: [String], packetLimit: Int) -> CallRecord? {
        guard let merged = try? MergedSource(paths: paths) else { return nil }
        let source = WindowedSource(merged, CaptureWindow(count: packetLimit), isLive: false)
        var options = EngineOptions()
        options.calls.allDialogs = true
        let records = Mutex<[CallRecord]>([])
        let sniffer = Sniffer(
            options, formats: RecordFormats(json: false, line: .none), directory: nil, isLive: false,
            control: SnifferControl(), deliver: { outgoing in records.withLock { $0.append(outgoing.record) } })
        guard (try? sniffer.run(source)) != nil else { return nil }
        // A TCP segment may carry messages of other calls too; the file's own call has the most of it.
        return records.withLock { records in
            records.enumerated().max { ($0.element.packets, -$0.offset) < ($1.element.packets, -$1.offset) }?.element
        }
    }
}

extension CallRecord {
    /// Adds what another file of the same call holds.
    fileprivate mutating func join(_ other: CallRecord) {
        files += other.files
        packets += other.packets
        bytes += other.bytes
        streams += other.streams
        startTime = [startTime, other.startTime].compactMap(\.self).min()
        endTime = [endTime, other.endTime].compactMap(\.self).max()
    }
}
