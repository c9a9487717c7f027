import XCTest

@testable import HEP

final class RTCPReportJSONTests: XCTestCase {
    /// What rtpengine 10 sends, with other numbers.
    private static let text = """
        { "sender_information":{"ntp_timestamp_sec":3900000000,"ntp_timestamp_usec":1081498534,"octets":40000,\
        "rtp_timestamp":76596, "packets":250},"ssrc":3334983284,"type":200,"report_count":1,"report_blocks":\
        [{"source_ssrc":84826882,"highest_seq_no":21500,"fraction_lost":5,"ia_jitter":17,"packets_lost":-3,\
        "lsr":287454020,"dlsr":65536}],"sdes_ssrc":3334983284,"sdes_report_count":1,\
        "sdes_information": [ { "type":1,"text":"a \\"b\\" c"} ]}
        """

    func testSenderReport() throws {
        let report = try XCTUnwrap(RTCPReportJSON(Array(Self.text.utf8).span))
        var bytes: [UInt8] = []
        report.appendRTCP(to: &bytes)
        // RFC 3550 section 6.4.1: V=2, one block, SR, 12 words behind the first.
        let expected: [UInt32] = [
            0x81c8_000c, 3_334_983_284, 3_900_000_000, 1_081_498_534, 76_596, 250, 40_000, 84_826_882, 0x05ff_fffd,
            21_500, 17, 0x1122_3344, 0x0001_0000,
        ]
        XCTAssertEqual(bytes, expected.flatMap { HEP3.long($0) })
    }

    func testReceiverReportWithoutBlocks() throws {
        let report = try XCTUnwrap(RTCPReportJSON(Array(#"{"ssrc":1,"type":201,"report_blocks":[]}"#.utf8).span))
        var bytes: [UInt8] = []
        report.appendRTCP(to: &bytes)
        XCTAssertEqual(bytes, [0x80, 201, 0, 1, 0, 0, 0, 1])
    }

    func testNothingElse() {
        for text in ["", "[]", "{", "{}", #"{"type":202}"#, #"{"type":200"#, #"{"type":200]"#, "\u{80}\u{c8}"] {
            XCTAssertNil(RTCPReportJSON(Array(text.utf8).span), text)
        }
        let deep = String(repeating: #"{"a":"#, count: 5000)
        XCTAssertNil(RTCPReportJSON(Array(deep.utf8).span))
        XCTAssertNil(RTCPReportJSON(Array(#"{"ssrc":99999999999999999999999,"type":200}"#.utf8).span))
    }

    func testEveryPrefix() {
        let bytes = Array(Self.text.utf8)
        for count in 0..<bytes.count { XCTAssertNil(RTCPReportJSON(Array(bytes[..<count]).span), "\(count) bytes") }
    }

    /// A report has at most 31 blocks.
    func testManyBlocks() throws {
        let blocks = String(repeating: #"{"source_ssrc":1},"#, count: 100)
        let text = #"{"type":201,"ssrc":1,"report_blocks":["# + blocks + "]}"
        let report = try XCTUnwrap(RTCPReportJSON(Array(text.utf8).span))
        XCTAssertEqual(report.blocks.count, 31)
    }
}
