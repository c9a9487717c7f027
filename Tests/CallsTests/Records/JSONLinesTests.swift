import Foundation
import PacketDecoding
import RTP
import Testing

@testable import Calls

@Suite("JSON Lines")
struct JSONLinesTests {
    func object(_ line: String) throws -> [String: Any] {
        #expect(line.hasSuffix("}\n") && line.dropLast().allSatisfy { $0 != "\n" && $0 != "\r" })
        return try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
    }

    /// The whole line: keys, their order and the form of every number are what users rely on.
    @Test func callLine() throws {
        let line = text { JSONLines.append(.sample, to: &$0) }
        let expected = [
            #"{"type":"call","call_id":"a84b4c76e66710@a.example","group_id":"first-leg@a.example","#,
            #""state":"ended","end_reason":"bye","joined":false,"#,
            #""partial_media":false,"synthesized":false,"start_time":"2026-01-02T03:04:05.000000000Z","#,
            #""ringing_time":"2026-01-02T03:04:05.200000000Z","progress_time":null,"#,
            #""answer_time":"2026-01-02T03:04:08.100000000Z","end_time":"2026-01-02T03:04:20.445678901Z","#,
            #""duration_s":12.345678901,"post_dial_delay_s":0.2,"setup_time_s":3.1,"hangup_by":"caller","#,
            #""status_code":200,"status_reason":"OK","#,
            #""from":{"user":"alice","host":"a.example","display":null,"tag":"x"},"#,
            #""to":{"user":"bob","host":"b.example","display":"Bob","tag":"y"},"request_uri":"sip:bob@b.example","#,
            #""p_asserted_identity":null,"user_agents":["Phone/1.0"],"transport":"udp","#,
            #""signalling_addresses":["198.18.0.1:5060","[2001:db8::1]:5060"],"dialogs":1,"#,
            #""sip_messages":{"total":7,"methods":{"INVITE":1,"ACK":1,"BYE":1},"#,
            #""statuses":{"100":1,"180":1,"200":2}},"sip_retransmissions":0,"copies":0,"#,
            #""codecs":[{"payload_type":0,"name":"PCMU","clock_rate_hz":8000,"channels":1}],"#,
            #""media":null,"dtmf":[],"files":["20260102_030405_abc.pcap"],"packets":1234,"bytes":56789,"#,
            #""streams":[{"ssrc":"0x1234abcd","source":"198.18.0.1:4000","destination":"198.18.0.2:5000","#,
            #""payload_types":[0,101],"codec":"PCMU","clock_rate_hz":8000,"packets":500,"bytes":86000,"#,
            #""expected_packets":502,"lost_packets":3,"rfc3550_lost":-1,"loss_percent":0.59761,"duplicates":1,"#,
            #""out_of_order":0,"copies":0,"jitter_mean_ms":0.1,"jitter_max_ms":0.3,"largest_gap_ms":20.1,"#,
            #""first_packet_time":"2026-01-02T03:04:05.000000000Z","#,
            #""last_packet_time":"2026-01-02T03:04:15.000000001Z","dtmf":null,"dtmf_events":[],"media":null,"#,
            #""sent_by":null,"srtp":null,"srtp_keying":null,"early_packets":null,"comfort_noise_packets":0,"#,
            #""silences":0,"silence_ms":0.0,"round_trip_ms":null,"rtcp":null,"mos":null,"#,
            #""mos_scale":null,"mos_null_reason":null,"r_factor":null,"burst_ratio":null,"one_way_delay_ms":null,"#,
            #""intervals":null}]}"#, "\n",
        ].joined()
        #expect(line == expected)
        _ = try object(line)
    }

    @Test func emptyCallIsValid() throws {
        let parsed = try object(text { JSONLines.append(CallRecord(), to: &$0) })
        #expect(parsed["state"] as? String == "trying")
        #expect(parsed["end_reason"] is NSNull && parsed["start_time"] is NSNull && parsed["duration_s"] is NSNull)
        #expect((parsed["streams"] as? [Any])?.isEmpty == true)
        #expect(parsed.count == 37)
    }

    /// Hostile text in every text field comes back as it was, and nothing in the line can drive a terminal.
    @Test(arguments: hostileTexts)
    func hostileText(_ hostile: String) throws {
        var call = CallRecord.sample
        call.callID = hostile
        call.statusReason = hostile
        call.from = .init(user: hostile, host: hostile, display: hostile, tag: hostile)
        call.userAgents = TextList([hostile, "Phone/1.0"])
        call.codecs[0].name = hostile
        call.files = [hostile]
        call.streams[0].codec = hostile
        call.streams[0].media.dtmf = hostile
        call.sipMessages.count(method: hostile)
        let line = text { JSONLines.append(call, to: &$0) }
        let dangerous = line.dropLast().unicodeScalars.filter { $0.properties.generalCategory == .control }
        #expect(dangerous.isEmpty)
        let parsed = try object(line)
        #expect(parsed["call_id"] as? String == hostile)
        #expect((parsed["from"] as? [String: Any])?["display"] as? String == hostile)
        #expect(parsed["user_agents"] as? [String] == [hostile, "Phone/1.0"])
        let methods = (parsed["sip_messages"] as? [String: Any])?["methods"] as? [String: Int]
        #expect(methods?[hostile] == 1)
        #expect((parsed["streams"] as? [[String: Any]])?[0]["dtmf"] as? String == hostile)
    }

    @Test func invalidUTF8BecomesReplacementCharacters() {
        #expect(String(wire: ([0x61, 0xff, 0x62] as [UInt8]).span) == "a\u{fffd}b")
        let long = [UInt8](repeating: 0x78, count: 2000)
        #expect(String(wire: long.span).utf8.count == String.wireTextLimit)
    }

    @Test func numbers() {
        #expect(text { $0.append(seconds: 0) } == "0.0")
        #expect(text { $0.append(seconds: 5_000_000_000) } == "5.0")
        #expect(text { $0.append(seconds: 1) } == "0.000000001")
        #expect(text { $0.append(seconds: -1_500_000_000) } == "-1.5")
        #expect(text { $0.append(seconds: .min) } == "-9223372036.854775808")
        #expect(text { $0.append(milliseconds: 123_456_789) } == "123.456789")
        #expect(text { $0.append(decimal: UInt64.max) } == "18446744073709551615")
        #expect(text { $0.append(decimal: Int64.min) } == "-9223372036854775808")
        for power in 0...19 {
            let value = (0..<power).reduce(UInt64(1)) { product, _ in product * 10 }
            #expect(text { $0.append(decimal: value) } == String(value))
            #expect(text { $0.append(decimal: value - 1) } == String(value - 1))
        }
        #expect(text { $0.append(hexadecimal: 0xab) } == "0x000000ab")
    }

    @Test func whatIsNoNumberIsNull() throws {
        for odd in [Double.nan, .infinity, -.infinity, 1e300] {
            var stream = StreamRecord.sample
            stream.lossPercent = odd
            stream.jitterMean = odd
            stream.mos = odd
            let parsed = try object(text { JSONLines.append(OrphanStreamRecord(stream), to: &$0) })
            #expect(parsed["loss_percent"] is NSNull && parsed["jitter_mean_ms"] is NSNull && parsed["mos"] is NSNull)
        }
    }

    @Test func orphanStream() throws {
        let line = text { JSONLines.append(OrphanStreamRecord(.sample), to: &$0) }
        #expect(line.hasPrefix(#"{"type":"rtp_stream","ssrc":"0x1234abcd","source":"198.18.0.1:4000","#))
        #expect(try object(line)["rfc3550_lost"] as? Int == -1)
    }

    @Test func streamFromStatistics() {
        var statistics = StreamStatistics()
        for sequence: UInt16 in [1, 2, 2, 4] {
            statistics.receive(
                sequence: sequence, timestamp: UInt32(sequence) * 160, marker: false, payloadType: 8, clockRate: 0,
                isTelephoneEvent: false, arrival: sampleStart + Int64(sequence) * 20_000_000, payloadBytes: 172)
        }
        statistics.countCopy()
        let stream = StreamRecord(
            ssrc: 1, source: Endpoint("192.0.2.1", port: 1), destination: Endpoint("192.0.2.2", port: 2),
            statistics: statistics)
        #expect(stream.codec == "PCMA" && stream.clockRate == 8000 && stream.payloadTypes == [8])
        #expect(stream.packets == 4 && stream.bytes == 688 && stream.expectedPackets == 4)
        #expect(stream.lostPackets == 1 && stream.rfc3550LostPackets == 0 && stream.lossPercent == 25)
        #expect(stream.duplicates == 1 && stream.copies == 1 && stream.largestGap == 40_000_000)
        #expect(stream.firstPacketTime == sampleStart + 20_000_000)
    }

    /// 300 packets of G.711 in 6 s, of which numbers 100 to 104 did not come.
    @Test func qualityAndIntervals() throws {
        var statistics = StreamStatistics()
        var intervals: StreamIntervals?
        for number in (0..<300) where !(100..<105).contains(number) {
            let arrival = sampleStart + Int64(number) * 20_000_000
            func receive(_ statistics: inout StreamStatistics) {
                statistics.receive(
                    sequence: UInt16(number), timestamp: UInt32(number) * 160, marker: false, payloadType: 0,
                    clockRate: 8000, isTelephoneEvent: false, arrival: arrival, payloadBytes: 172)
            }
            if number == 250 {
                var ended = StreamIntervals(start: sampleStart)
                _ = ended.receive(&statistics, arrival: arrival, receive)
                intervals = ended
            } else {
                receive(&statistics)
            }
        }
        var stream = StreamRecord(
            ssrc: 1, source: Endpoint("192.0.2.1", port: 1), destination: Endpoint("192.0.2.2", port: 2),
            statistics: statistics)
        stream.rate(
            statistics, codec: RatedCodec(CodecImpairment.lookup("PCMU")),
            intervals: try #require(intervals).all(statistics), oneWayDelay: 40)
        let line = text { JSONLines.append(OrphanStreamRecord(stream), to: &$0) }
        // 5 of 300 in one burst: BurstR = 5 * 295 / 300, and for the first interval 5 * 245 / 250.
        #expect(line.contains(#""mos_scale":"narrowband","mos_null_reason":null,"#))
        #expect(line.contains(#""burst_ratio":4.917,"one_way_delay_ms":40.0,"#))
        #expect(
            line.contains(
                #""intervals":{"length_s":5.0,"packets":[245,50],"lost":[5,0],"jitter_max_ms":[0.0,0.0],"mos":["#))
        let score = try #require(try object(line)["mos"] as? Double)
        #expect(score > 3.9 && score < 4.41)
    }

    @Test func linesAreAppended() throws {
        var bytes = Array("before\n".utf8)
        JSONLines.append(.sample, to: &bytes)
        JSONLines.append(SummaryRecord(), to: &bytes)
        let lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
        #expect(lines.count == 3 && lines[0] == "before")
        #expect(try object(lines[1] + "\n")["type"] as? String == "call")
        #expect(try object(lines[2] + "\n")["type"] as? String == "summary")
    }
}
