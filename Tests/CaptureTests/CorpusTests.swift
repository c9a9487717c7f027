import Foundation
import Testing

@testable import Capture

/// Our reader against libpcap's, packet for packet, on every capture at hand.
///
/// The captures are not part of the repository: `LIPPYCAT_CAPTURES`, or `../shared/captures` beside the checkout.
@Suite struct CorpusTests {
    static let directory: String = {
        if let given = ProcessInfo.processInfo.environment["LIPPYCAT_CAPTURES"] { return given }
        let checkout = URL(fileURLWithPath: #filePath).appending(path: "../../..").standardizedFileURL
        return checkout.appending(path: "../shared/captures").standardizedFileURL.path
    }()

    static func captures() -> [String] {
        let all = FileManager.default.enumerator(atPath: directory)?.compactMap { $0 as? String } ?? []
        let endings = [".pcap", ".pcapng", ".cap", ".dmp", ".gz", ".ntar"]
        return all.filter { name in endings.contains { name.hasSuffix($0) } }.sorted()
    }

    /// Packets by path, as tshark counted them.
    static func counts() -> [String: Int] {
        struct Manifest: Decodable {
            struct File: Decodable {
                var path: String
                var packets: Int?
            }
            var files: [File]
        }
        guard let data = FileManager.default.contents(atPath: directory + "/manifest.json"),
            let manifest = try? JSONDecoder().decode(Manifest.self, from: data)
        else { return [:] }
        return manifest.files.reduce(into: [:]) { $0[$1.path] = $1.packets }
    }

    @Test func agreesWithLibpcap() throws {
        let names = CorpusTests.captures()
        guard !names.isEmpty else {
            print("no captures in \(CorpusTests.directory): skipped")
            return
        }
        let counts = CorpusTests.counts()
        var (compared, counted) = (0, 0)
        for name in names {
            let path = CorpusTests.directory + "/" + name
            let source: FileSource
            do throws(CaptureError) {
                source = try FileSource(path: path)
            } catch {
                let theirs = LibpcapReading(path)
                #expect(theirs.packets.isEmpty && theirs.error != nil, "\(error)")
                continue
            }
            let theirs = LibpcapReading(path, fractionUnit: source.isNanosecond ? 1 : 1000)
            let ours = try readAll(source)
            if theirs.error == nil {
                compared += 1
                #expect(source.damages.isEmpty, "\(name): \(source.damages)")
                for interface in source.interfaces {
                    #expect(LinkType.dlt(interface.linkType) == theirs.dlt, "\(name)")
                }
            }
            if let count = counts[name] {
                counted += 1
                #expect(ours.count == count, "\(name): manifest, libpcap says \(theirs.error ?? "nothing")")
            }
            #expect(ours.count >= theirs.packets.count, "\(name)")
            if theirs.error == nil { #expect(ours.count == theirs.packets.count, "\(name)") }
            let hasSimplePackets = name.hasSuffix(".pcapng") && theirs.packets.contains { $0.time == 0 }
            for (index, pair) in zip(ours, theirs.packets).enumerated() {
                var mine = pair.0
                // A simple packet has no time: libpcap says 1970, we take the time of the packet before.
                if hasSimplePackets, pair.1.time == 0, mine.time == (index > 0 ? ours[index - 1].time : 0) {
                    mine.time = 0
                }
                mine.interface = 0
                // libpcap cuts what is longer than the file's snaplen; we keep what was captured.
                if mine.bytes.count > theirs.snapLength { mine.bytes.removeLast(mine.bytes.count - theirs.snapLength) }
                guard mine == pair.1 else {
                    Issue.record("\(name), packet \(index): \(mine.time) \(pair.1.time) \(mine.bytes.count)")
                    break
                }
            }
        }
        print("\(names.count) captures: \(compared) as libpcap reads them, \(counted) counted as tshark does")
    }
}
