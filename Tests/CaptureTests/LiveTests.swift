import Foundation
import Glibc
import Synchronization
import Testing

@testable import Capture

/// What can be tested without privileges; the rest needs a network namespace.
@Suite struct LiveTests {
    @Test func listsTheLoopback() throws {
        let devices = try NetworkDevice.all()
        guard let loopback = devices.first(where: \.isLoopback) else {
            print("no loopback device here: skipped")
            return
        }
        #expect(!loopback.name.isEmpty)
        if loopback.isUp { #expect(loopback.addresses.contains("127.0.0.1")) }
    }

    @Test func unknownDevice() {
        var options = LiveOptions()
        options.interfaces = ["nosuchdevice0"]
        do throws(CaptureError) {
            _ = try LiveSource(options)
            Issue.record("it was opened")
        } catch {
            #expect(error.code == .noSuchDevice && error.exitStatus == 66)
            #expect(error.subject == "nosuchdevice0")
        }
    }

    /// Without permission the error says how to get it; with it, a stop ends a capture in time.
    @Test func openAndStop() throws {
        var options = LiveOptions()
        options.interfaces = ["lo"]
        // Not what the other test sends meanwhile: 8 bytes of header and 5 of text.
        options.filter = "udp port 9 and udp[4:2] = 13"
        options.timeoutMilliseconds = 10
        let source: LiveSource
        do throws(CaptureError) {
            source = try LiveSource(options)
        } catch {
            #expect(error.code == .permissionDenied || error.code == .noSuchDevice || error.code == .deviceUnavailable)
            if error.code == .permissionDenied { #expect(error.exitStatus == 77 && error.hint.contains("setcap")) }
            return
        }
        #expect(source.linkTypes == [1])
        var batch = PacketBatch()
        #expect(try source.read(into: &batch, limit: 10) == .idle)
        sendToDiscard("hello")
        source.stopper.stop()
        var packets = 0
        var reads = 0
        while try source.read(into: &batch, limit: 10) != .endOfInput, reads < 1000 {
            packets += batch.count
            reads += 1
        }
        // The loopback device shows a packet once to a socket that receives, and perhaps once more.
        #expect(packets >= 1 && reads < 1000)
        #expect(source.statistics.received >= 1)
    }

    /// A slow disk keeps the reader away for longer than draining may take; what the kernel holds is still all there.
    @Test func aStopWaitsForAReaderThatIsSlow() throws {
        var options = LiveOptions()
        options.interfaces = ["lo"]
        options.filter = "udp port 9 and udp[4:2] = 24"
        options.timeoutMilliseconds = 10
        guard let source = try? LiveSource(options) else {
            print("no right to capture here: skipped")
            return
        }
        for _ in 0..<100 { sendToDiscard("one of a hundred") }
        usleep(50_000)
        source.stopper.stop()
        var batch = PacketBatch()
        var packets = 0
        while try source.read(into: &batch, limit: 10) == .packets {
            packets += batch.count
            if packets < 40 { usleep(700_000) }
        }
        while try source.read(into: &batch, limit: 10) != .endOfInput { packets += batch.count }
        #expect(packets >= 100)
        #expect(source.statistics.interfaces.map(\.packets) == [UInt64(packets)])
    }

    /// libpcap keeps what came before it sets the filter, and loses what comes meanwhile.
    @Test func aCaptureWithAFilterBeginsWithoutAHole() throws {
        final class Flag: Sendable { let isSet = Atomic(false) }
        let ended = Flag()
        defer { ended.isSet.store(true, ordering: .relaxed) }
        Thread.detachNewThread {
            var number = 0
            while !ended.isSet.load(ordering: .relaxed) {
                sendToDiscard(String(format: "%09d", number))
                number += 1
            }
        }
        var options = LiveOptions()
        options.interfaces = ["lo"]
        options.filter = "udp port 9 and udp[4:2] = 17"
        options.timeoutMilliseconds = 10
        for _ in 0..<20 {
            guard let source = try? LiveSource(options) else {
                print("no right to capture here: skipped")
                return
            }
            var batch = PacketBatch()
            var numbers: [Int] = []
            var reads = 0
            while numbers.count < 1000, reads < 1000 {
                _ = try source.read(into: &batch, limit: 1000)
                for packet in batch.packets {
                    let text = batch.bytes[Int(packet.offset)..<Int(packet.offset + packet.capturedLength)].suffix(9)
                    numbers.append(try #require(Int(String(decoding: text, as: UTF8.self))))
                }
                reads += 1
            }
            try #require(numbers.count >= 1000)
            // The last ones may have overtaken each other on their way from one processor to another.
            let begin = numbers.prefix(800).sorted()
            #expect(Set(begin[0]...begin[799]).subtracting(numbers).isEmpty)
        }
    }

    private func sendToDiscard(_ text: String) {
        let descriptor = socket(AF_INET, Int32(SOCK_DGRAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(9).bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let bytes = Array(text.utf8)
        _ = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                sendto(descriptor, bytes, bytes.count, 0, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }

    @Test func mergesDevicesByTime() {
        var batch = PacketBatch()
        for (interface, times) in [[5, 4, 9], [1, 4, 8], [6]].enumerated() {
            for time in times {
                batch.packets.append(
                    CapturedPacket(
                        timestamp: Int64(time), offset: 0, capturedLength: 0, originalLength: 0,
                        interface: UInt16(interface)))
            }
        }
        batch.mergeRuns(startingAt: [0, 3, 6])
        let merged = batch.packets
        #expect(merged.map(\.timestamp) == [1, 4, 5, 4, 6, 8, 9])
        #expect(merged.map(\.interface) == [1, 1, 0, 0, 2, 1, 0])
    }
}
