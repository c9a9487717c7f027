import Glibc
import Testing

@testable import Capture

@Suite struct InputTests {
    let scratch = Scratch()

    private func manyPackets(_ count: Int) -> [UInt8] {
        var file = CaptureBytes.classic()
        for number in 0..<count { file.record(UInt32(number), 0, packet(number, count: 50 + number % 900)) }
        return file.bytes
    }

    // MARK: gzip

    @Test func gzipOfSeveralMembers() throws {
        let plain = manyPackets(700)
        let whole = try readFile(scratch.write("a.pcap", plain))
        let third = plain.count / 3
        let members = gzip(Array(plain[..<third])) + gzip([]) + gzip(Array(plain[third...]))
        #expect(try readFile(scratch.write("one", gzip(plain))) == whole)
        #expect(try readFile(scratch.write("several", members)) == whole)
        #expect(try readFile(scratch.write("padded", members + [UInt8](repeating: 0, count: 200_000))) == whole)
        let pcapng = PcapngTests.mixed().bytes
        #expect(try readFile(scratch.write("ng", gzip(pcapng))) == PcapngTests.mixedPackets)
    }

    @Test func damagedGzip() throws {
        let plain = manyPackets(700)
        let whole = try readFile(scratch.write("a.pcap", plain))
        let packed = gzip(plain)
        let cut = try FileSource(path: scratch.write("cut", Array(packed[..<(packed.count / 2)])))
        let packets = try readAll(cut)
        #expect(!packets.isEmpty && packets == Array(whole[..<packets.count]))
        #expect(cut.damages.first?.kind == .truncated)

        let trailing = try FileSource(path: scratch.write("trailing", packed + Array("garbage".utf8)))
        #expect(try readAll(trailing) == whole)
        #expect(trailing.damages.first?.kind == .corrupt)

        var checksum = packed
        checksum[packed.count - 6] ^= 1
        let wrong = try FileSource(path: scratch.write("crc", checksum))
        #expect(try readAll(wrong) == whole)
        #expect(wrong.damages.count == 1)

        for cut in 0..<min(packed.count, 60) {
            guard let source = try? FileSource(path: scratch.write("cut", Array(packed[..<cut]))) else { continue }
            _ = try readAll(source)
            #expect(!source.damages.isEmpty)
        }
    }

    // MARK: Pipes

    @Test func pipe() throws {
        let plain = manyPackets(700)
        let path = scratch.write("a.pcap", plain)
        let whole = try readFile(path)
        for command in ["cat '\(path)'", "gzip -c '\(path)'"] {
            let stream = try #require(popen(command, "r"))
            defer { pclose(stream) }
            #expect(try readAll(FileSource(path: "/dev/fd/\(fileno(stream))")) == whole)
        }
    }

    /// What a live writer has written is handed on though the arena is not full.
    @Test func slowPipe() throws {
        var ends: [Int32] = [-1, -1]
        #expect(Glibc.pipe(&ends) == 0)
        let file = TruncationTests.smallClassic()
        let half = 24 + 36 + 16 + 5
        _ = write(ends[1], file, half)
        let source = try FileSource(path: "/dev/fd/\(ends[0])")
        var batch = PacketBatch()
        #expect(try source.read(into: &batch, limit: 100) == .packets)
        var count = batch.count
        #expect(count == 1)
        _ = write(ends[1], Array(file[half...]), file.count - half)
        close(ends[1])
        #expect(try source.read(into: &batch, limit: 100) == .packets)
        count = batch.count
        #expect(count == 2)
        #expect(try source.read(into: &batch, limit: 100) == .endOfInput)
        close(ends[0])
    }

    @Test func standardInput() throws {
        let file = TruncationTests.smallClassic()
        let path = scratch.write("a.pcap", file)
        let saved = dup(STDIN_FILENO)
        let opened = open(path, O_RDONLY)
        dup2(opened, STDIN_FILENO)
        close(opened)
        defer {
            dup2(saved, STDIN_FILENO)
            close(saved)
        }
        #expect(try readFile("-").count == 3)
    }

    // MARK: What is no capture

    @Test func errors() throws {
        func error(_ path: String) -> CaptureError? {
            do throws(CaptureError) {
                _ = try FileSource(path: path)
                return nil
            } catch {
                return error
            }
        }
        let missing = error(scratch.path + "/missing.pcap")
        #expect(missing?.code == .notFound && missing?.exitStatus == 66)
        #expect(missing?.description.contains("No such file or directory") == true)
        #expect(error(scratch.path)?.code == .isDirectory)
        #expect(error(scratch.path)?.exitStatus == 66)
        #expect(error(scratch.write("empty", []))?.code == .empty)
        #expect(error(scratch.write("short", [0xd4]))?.code == .notACapture)
        #expect(error(scratch.write("text", Array("hello, world".utf8)))?.exitStatus == 65)
        #expect(error(scratch.write("text.gz", gzip(Array("hello".utf8))))?.code == .notACapture)
        #expect(error(scratch.write("empty.gz", gzip([])))?.code == .empty)
        #expect(error(scratch.write("snoop", Array("snoop\0\0\0\0\0\0\u{2}".utf8)))?.hint.contains("editcap") == true)
        #expect(error(scratch.write("zst", [0x28, 0xb5, 0x2f, 0xfd, 0]))?.hint.contains("zstd -dc") == true)
        let version = CaptureBytes.classic(version: (3, 0)).bytes
        #expect(error(scratch.write("version", version))?.code == .unsupportedVersion)
        var section = CaptureBytes()
        section.section()
        section.bytes[12] = 2
        #expect(error(scratch.write("section", section.bytes))?.code == .notACapture)
        if getuid() != 0 {
            let path = scratch.write("secret", version)
            chmod(path, 0)
            #expect(error(path)?.code == .permissionDenied)
        }
    }
}
