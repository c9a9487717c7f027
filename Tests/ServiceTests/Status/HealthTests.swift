import Calls
import Engine
import Testing

@testable import Service

@Suite struct HealthTests {
    let second = StatusFixture.second
    let now = MonotonicClock.now

    @Test func allIsWell() throws {
        let fixture = try StatusFixture()
        fixture.publish(at: now)
        let report = fixture.health(at: now)
        #expect(report.status == .healthy)
        #expect(
            report.checks.map(\.name) == [
                "capture", "interface:eth0", "workers", "archive", "disk", "memory", "cpu", "records",
            ])
        #expect(report.checks.allSatisfy { $0.status == .healthy })
    }

    @Test func anyDropDegradesForAWhile() throws {
        let fixture = try StatusFixture()
        fixture.publish(at: now)
        var interface = InterfaceRecord(name: "eth0", state: "capturing")
        interface.kernelDropped = 1
        fixture.publish(interfaces: [interface], kernel: 1, at: now + second)
        #expect(fixture.check("capture", at: now + second) == .degraded)
        #expect(fixture.check("interface:eth0", at: now + second) == .degraded)
        #expect(fixture.health(at: now + second).status == .degraded)
        // Five minutes later it is forgotten, though the counter stays.
        for minute in 1...6 {
            fixture.publish(interfaces: [interface], kernel: 1, at: now + Int64(minute) * 60 * second)
        }
        #expect(fixture.check("capture", at: now + 361 * second) == .healthy)
        #expect(fixture.check("interface:eth0", at: now + 361 * second) == .healthy)
    }

    @Test func oneInterfaceAwayDegradesAllAwayIsUnhealthy() throws {
        let fixture = try StatusFixture()
        let (here, away) = (
            InterfaceRecord(name: "eth0", state: "capturing"), InterfaceRecord(name: "eth1", state: "lost")
        )
        fixture.publish(interfaces: [here, away], at: now)
        #expect(fixture.check("interface:eth1", at: now) == .unhealthy)
        #expect(fixture.check("capture", at: now) == .healthy)
        #expect(fixture.health(at: now).status == .degraded)
        fixture.publish(interfaces: [away], at: now)
        #expect(fixture.check("capture", at: now) == .unhealthy)
        #expect(fixture.health(at: now).status == .unhealthy)
    }

    @Test func aCaptureThatStandsStillIsUnhealthy() throws {
        let fixture = try StatusFixture()
        fixture.publish(at: now)
        #expect(fixture.check("capture", at: now + 9 * second) == .healthy)
        #expect(fixture.check("capture", at: now + 10 * second) == .unhealthy)
        fixture.board.enter(.stopping)
        #expect(fixture.check("capture", at: now + 10 * second) == .degraded)
    }

    @Test(arguments: [(74, 0), (75, 1), (89, 1), (90, 2)]) func memory(percent: Int, status: Int) throws {
        let fixture = try StatusFixture { $0.service.memoryBudget = 100 << 20 }
        fixture.publish(at: now) { $0.resident = percent << 20 }
        #expect(fixture.check("memory", at: now)?.rawValue == status)
        // The same for what is held for TCP.
        let other = try StatusFixture { $0.engine.limits.tcpMemoryLimit = 100 << 20 }
        other.publish(held: percent << 20, at: now)
        #expect(other.check("memory", at: now)?.rawValue == status)
    }

    @Test(arguments: [(79, 0), (80, 1), (89, 1), (90, 2)]) func disk(percent: UInt64, status: Int) throws {
        let fixture = try StatusFixture()
        fixture.publish(at: now) { $0.disk = DiskFigures(total: 110, available: 100 - percent, used: percent) }
        #expect(fixture.check("disk", at: now)?.rawValue == status)
    }

    @Test func thresholdsAreTheConfigurations() throws {
        let fixture = try StatusFixture {
            $0.service.memoryBudget = 100 << 20
            $0.health.memoryWarning = 10
            $0.health.memoryCritical = 20
            $0.health.cpuWarning = 50
        }
        fixture.publish(at: now) {
            $0.resident = 15 << 20
            $0.processorPercent = 60
        }
        #expect(fixture.check("memory", at: now) == .degraded)
        #expect(fixture.check("cpu", at: now) == .degraded)
    }

    @Test func oneThreadMayBeTheBottleneck() throws {
        let fixture = try StatusFixture()
        fixture.publish(at: now) { $0.busiestThreadPercent = 95 }
        #expect(fixture.check("cpu", at: now) == .degraded)
    }

    @Test func recordsAndArchive() throws {
        let fixture = try StatusFixture()
        fixture.publish(at: now)
        fixture.publish(keeping: [NamedCount("call_records_lost", 2)], at: now + second)
        #expect(fixture.check("records", at: now + second) == .degraded)
    }

    @Test func aFullQueueIsSeenWhenItStays() throws {
        let fixture = try StatusFixture()
        func publish(_ depth: Int, at time: Int64) {
            var progress = SnifferProgress(
                isRequested: false, packets: 1, bytes: 1, liveCalls: 0, ledger: PacketLedger(), counters: [],
                interfaces: [], tcpBytesHeld: 0)
            progress.queues = [QueueRecord(name: "workers", depth: depth, capacity: 4)]
            fixture.board.note(progress)
            fixture.board.control.beat()
            fixture.board.take(SystemFigures(), [], at: time)
        }
        publish(4, at: now)
        publish(4, at: now + 9 * second)
        #expect(fixture.check("workers", at: now + 9 * second) == .healthy)
        publish(4, at: now + 11 * second)
        #expect(fixture.check("workers", at: now + 11 * second) == .degraded)
        publish(3, at: now + 12 * second)
        #expect(fixture.check("workers", at: now + 12 * second) == .healthy)
    }

    @Test func lossWindowForgetsInSteps() {
        var window = LossWindow()
        let length = 300 * second
        window.take(["a": 5], at: 0, window: length)
        #expect(window.growth("a") == 5)
        window.take(["a": 5], at: 150 * second, window: length)
        #expect(window.growth("a") == 5)
        window.take(["a": 8], at: 310 * second, window: length)
        window.take(["a": 8], at: 455 * second, window: length)
        #expect(window.growth("a") == 3)
        window.take(["a": 8], at: 900 * second, window: length)
        #expect(window.growth("a") == 0)
        #expect(window.growth("b") == 0)
    }

    @Test func theSystemIsSeen() {
        var watch = SystemWatch()
        _ = watch.look("/")
        var value = 0.0
        let end = MonotonicClock.now + 50_000_000
        while MonotonicClock.now < end { value += 1 }
        let figures = watch.look("/")
        #expect(figures.resident > 1 << 20 && figures.processorTime > 0 && figures.openFiles > 2)
        #expect(figures.processorPercent > 0 && figures.processorPercent <= 100)
        #expect((figures.disk?.total ?? 0) > 0)
    }
}
