/// What is known about the capture as a whole, written as the truth's last line.
public struct TruthSummary {
    public internal(set) var captured = 0
    var inNoCall = 0
    var kinds = [Int](repeating: 0, count: PacketKind.allCases.count)
    var messages = MessageCounts()
    public private(set) var calls = 0
    private var states: [(String, Int)] = []
    /// Call-IDs of REGISTER and OPTIONS, which make no call.
    public var otherCallIDs = 0

    mutating func count(_ call: CallTruth) {
        calls += 1
        guard let state = call.state else { return }
        if let place = states.firstIndex(where: { $0.0 == state }) {
            states[place].1 += 1
        } else {
            states.append((state, 1))
        }
    }

    func json() -> [UInt8] {
        var json = JSONText()
        json.open("{")
        json.key("type")
        json.string("summary")
        for (key, value) in [("captured", captured), ("calls", calls), ("call_ids", calls + otherCallIDs)] {
            json.key(key)
            json.number(value)
        }
        json.key("calls_by_state")
        json.open("{")
        for (state, count) in states.sorted(by: { $0.0 < $1.0 }) {
            json.key(state)
            json.number(count)
        }
        json.close("}")
        json.key("ownership")
        json.open("{")
        json.key("in_call")
        json.number(captured - inNoCall)
        json.key("no_call")
        json.number(inNoCall)
        json.close("}")
        messages.write(to: &json, transports: true)
        json.key("packets_by_kind")
        json.open("{")
        for kind in PacketKind.allCases {
            json.key("\(kind.name)")
            json.number(kinds[kind.rawValue])
        }
        json.close("}")
        json.close("}")
        return json.line()
    }
}
