import Testing

@testable import RTP

@Suite("Static payload types (RFC 3551)")
struct StaticPayloadTypeTests {
    @Test func tableIsWhole() {
        let assigned = (UInt8(0)...127).filter { StaticPayloadType($0) != nil }
        #expect(assigned == [0] + Array(3...18) + [25, 26, 28, 31, 32, 33, 34])
        #expect(assigned == (UInt8(0)...127).filter { StaticPayloadType.clockRate(of: $0) != nil })
        #expect(StaticPayloadType(9)?.clockRate == 8000 && StaticPayloadType(10)?.channels == 2)
    }
}
