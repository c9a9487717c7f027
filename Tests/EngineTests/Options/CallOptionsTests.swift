import PacketDecoding
import RTP
import Testing

@testable import Engine

/// `pcap_grace_period`, `ring_timeout`, `call_idle_timeout`, `all_dialogs`, `orphan_rtp`.
@Suite struct CallOptionsTests {
    private static let s: Int64 = 1_000_000_000

    @Test(arguments: [1, 5, 8] as [Int64]) func packetsOfTheGracePeriodBelongToTheCall(_ seconds: Int64) throws {
        var scenario = Scenario()
        let call = Call(id: "c")
        call.setUp(&scenario, at: 0)
        call.hangUp(&scenario, at: 2)
        for index in 1...10 {
            scenario.rtp(
                2 + Double(index) - 0.5, call.callerMedia, call.calleeMedia, sequence: UInt16(index),
                in: index <= Int(seconds) ? ["c"] : [])
        }
        let outcome = try scenario.runAllWays { $0.calls.gracePeriod = seconds * Self.s }
        #expect(scenario.wrongFiles(outcome) == [])
    }

    @Test(arguments: [10, 30] as [Int64]) func anUnansweredCallTimesOut(_ seconds: Int64) throws {
        var scenario = Scenario()
        let call = Call(id: "c")
        scenario.sip(0, .request("INVITE", "c"), call.caller, call.callee)
        scenario.sip(1, .response(180, "INVITE", "c"), call.callee, call.caller)
        scenario.quiet(from: 2, until: 20)
        let record = try #require(try scenario.runAllWays { $0.calls.ringTimeout = seconds * Self.s }.record("c"))
        #expect((record.state == .timedOut) == (seconds == 10))
    }

    @Test(arguments: [10, 30] as [Int64]) func aSilentCallEnds(_ seconds: Int64) throws {
        var scenario = Scenario()
        let call = Call(id: "c")
        call.setUp(&scenario, at: 0)
        scenario.quiet(from: 1, until: 20)
        let record = try #require(try scenario.runAllWays { $0.calls.idleTimeout = seconds * Self.s }.record("c"))
        #expect(record.endReason == (seconds == 10 ? .idle : .endOfCapture))
    }

    @Test(arguments: ["REGISTER", "OPTIONS", "MESSAGE", "SUBSCRIBE", "PUBLISH"])
    func otherDialogsAreRecordedWhenAsked(_ method: String) throws {
        var scenario = Scenario()
        let call = Call(id: "c")
        scenario.sip(0, .request(method, "c"), call.caller, call.callee)
        scenario.sip(0.1, .response(200, method, "c"), call.callee, call.caller)
        #expect(try scenario.runAllWays().records.isEmpty)
        let outcome = try scenario.runAllWays { $0.calls.allDialogs = true }
        #expect(scenario.wrongFiles(outcome) == [])
    }

    @Test(arguments: [2, 5]) func notMoreCallsAreTrackedThanAllowed(_ most: Int) throws {
        var scenario = Scenario()
        for index in 0..<4000 {
            scenario.sip(
                Double(index) / 100, .request("INVITE", "c\(index)"), Peer("198.18.0.1", 5060), Peer("198.18.0.2", 5060)
            )
        }
        try scenario.track(batch: 100) {
            $0.limits.maxCalls = most
            $0.limits.tcpCleanupInterval = 1_000_000_000
        } _: { tracker, _ in
            #expect(tracker.calls.count <= most)
            // Nor does anything stay behind of those that made room, or ended.
            #expect(tracker.idleCalls.count < 1500)
        }
    }

    /// Once calls had to make room the idle ones are queued: calls that end by themselves leave the queue too.
    @Test func callsThatEndedAreForgottenAfterAnEviction() throws {
        var scenario = Scenario()
        let (a, b) = (Peer("198.18.0.1", 5060), Peer("198.18.0.2", 5060))
        for id in ["x", "y", "z"] { scenario.sip(0, .request("INVITE", id), a, b) }
        for index in 0..<3000 {
            let time = 300 + Double(index) * 10
            scenario.sip(time, .request("INVITE", "c\(index)"), a, b)
            scenario.sip(time + 1, .response(486, "INVITE", "c\(index)"), b, a)
            scenario.sip(time + 1, .request("ACK", "c\(index)", toTag: "callee"), a, b)
        }
        var evictions: UInt64 = 0
        var most = 0
        try scenario.track(batch: 50) {
            $0.limits.maxCalls = 2
        } _: { tracker, _ in
            evictions = tracker.counters.callsEvicted
            most = max(most, tracker.idleCalls.count)
        }
        // The clock takes the jump to 300 s after a few packets only.
        #expect((1...10).contains(evictions))
        #expect(most < 1300)
    }

    // MARK: Orphans

    private func orphans(_ sequences: [UInt16]) throws -> Outcome {
        var scenario = Scenario()
        for (index, sequence) in sequences.enumerated() {
            scenario.rtp(
                Double(index) / 50, Peer("198.18.3.1", 4000), Peer("198.18.3.2", 4002), sequence: sequence, in: [])
        }
        #expect(try scenario.run().orphans.isEmpty, "only when asked")
        return try scenario.runAllWays { $0.calls.orphanRTP = true }
    }

    @Test func fourPacketsInSequenceQualify() throws {
        #expect(try orphans([1, 2, 3, 4]).orphans.map(\.stream.packets) == [4])
        #expect(try orphans([65_534, 65_535, 0, 1]).orphans.count == 1)
        #expect(try orphans([9, 1, 2, 3, 4]).orphans.count == 1)
    }

    @Test func threeDoNot() throws {
        #expect(try orphans([1, 2, 3]).orphans.isEmpty)
        #expect(try orphans([1, 2, 3, 7, 8, 9, 20, 30]).orphans.isEmpty)
    }

    @Test func mediaThatACallAdoptsIsNoOrphan() throws {
        var scenario = Scenario()
        let call = Call(id: "c")
        for index in 0..<8 {
            scenario.rtp(
                Double(index) / 50, call.calleeMedia, call.callerMedia, sequence: UInt16(index), in: ["c"])
            scenario.rtp(
                Double(index) / 50, Peer("198.18.3.1", 4000), Peer("198.18.3.2", 4002), sequence: UInt16(index), in: [])
        }
        call.setUp(&scenario, at: 0.5)
        let outcome = try scenario.runAllWays { $0.calls.orphanRTP = true }
        #expect(scenario.wrongFiles(outcome) == [])
        #expect(outcome.orphans.map(\.stream.source.port) == [4000])
    }

    @Test func orphanStreamsAreBounded() {
        var orphans = OrphanStreams(hash: FlowHash(seed: 1))
        for ssrc in 0..<UInt32(OrphanStreams.limit + 10) {
            let bytes = Frame.rtp(1, ssrc: ssrc)
            orphans.receive(
                LookBack.Entry(
                    packet: .init(
                        timestamp: 0, offset: 0, capturedLength: UInt32(bytes.count),
                        originalLength: UInt32(bytes.count),
                        interface: 0),
                    since: 0, position: 0, bytes: bytes, source: Endpoint(IPAddress(high: 0, low: 1), 4000),
                    destination: Endpoint(IPAddress(high: 0, low: 2), 4002), payloadOffset: 0,
                    payloadLength: UInt16(bytes.count), flow: 1, kind: .rtp, isCopy: false, isTaken: false))
        }
        #expect(orphans.refused == 10)
    }
}
