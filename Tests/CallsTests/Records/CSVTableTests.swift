import Testing

@testable import Calls

@Suite("CSV")
struct CSVTableTests {
    /// A reader after RFC 4180, for the test only.
    func rows(_ text: String) -> [[String]] {
        var rows: [[String]] = []
        var row: [String] = []
        var cell = String.UnicodeScalarView()
        var isQuoted = false
        let scalars = Array(text.unicodeScalars)
        var index = 0
        while index < scalars.count {
            let scalar = scalars[index]
            index += 1
            if isQuoted {
                if scalar != "\"" {
                    cell.append(scalar)
                } else if index < scalars.count, scalars[index] == "\"" {
                    cell.append(scalar)
                    index += 1
                } else {
                    isQuoted = false
                }
            } else if scalar == "\"" {
                isQuoted = true
            } else if scalar == "," || scalar == "\n" {
                row.append(String(cell))
                cell = .init()
                if scalar == "\n" {
                    rows.append(row)
                    row = []
                }
            } else {
                cell.append(scalar)
            }
        }
        #expect(row.isEmpty && cell.isEmpty && !isQuoted)
        return rows
    }

    func cells(of call: CallRecord) -> [String: String] {
        let table = rows(
            text {
                CSVTable.appendHeader(to: &$0)
                CSVTable.append(call, to: &$0)
            })
        #expect(table.count == 2 && table[0].count == table[1].count)
        return Dictionary(uniqueKeysWithValues: zip(table[0], table[1]))
    }

    @Test func sample() {
        let cells = cells(of: .sample)
        #expect(cells["call_id"] == "a84b4c76e66710@a.example" && cells["group_id"] == "first-leg@a.example")
        #expect(cells["start_time"] == "2026-01-02T03:04:05.000000000Z" && cells["progress_time"] == "")
        #expect(cells["duration_s"] == "12.345678901" && cells["hangup_by"] == "caller")
        #expect(cells["status_code"] == "200" && cells["from_user"] == "alice" && cells["to_display"] == "Bob")
        #expect(cells["signalling_addresses"] == "198.18.0.1:5060 [2001:db8::1]:5060")
        #expect(cells["sip_messages"] == "7" && cells["codecs"] == "PCMU" && cells["streams"] == "1")
        #expect(cells["rtp_packets"] == "500" && cells["lost_packets"] == "3")
        #expect(cells["worst_loss_percent"] == "0.59761" && cells["max_jitter_ms"] == "0.3")
        #expect(cells["files"] == "20260102_030405_abc.pcap")
    }

    @Test func emptyCall() {
        let cells = cells(of: CallRecord())
        #expect(cells["call_id"] == "" && cells["worst_loss_percent"] == "" && cells["max_jitter_ms"] == "")
    }

    /// Everything but control characters and the guard comes back as it was; one call is one line.
    @Test(arguments: hostileTexts)
    func roundTrip(_ hostile: String) {
        var call = CallRecord.sample
        call.from.display = hostile
        call.files = [hostile]
        let row = text { CSVTable.append(call, to: &$0) }
        #expect(row.unicodeScalars.filter { $0.properties.generalCategory == .control } == ["\n"])
        var expected = String.UnicodeScalarView()
        if let first = hostile.unicodeScalars.first, "=+-@＝".unicodeScalars.contains(first) { expected.append("'") }
        for scalar in hostile.unicodeScalars {
            expected.append(scalar.properties.generalCategory == .control ? "\u{fffd}" : scalar)
        }
        let cells = cells(of: call)
        #expect(cells["from_display"] == String(expected))
        #expect(cells["files"] == String(expected))
    }
}
