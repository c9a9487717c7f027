/// The truth's first line: what the lines after it are about.
public enum TruthHeader {
    public static func line(
        seed: UInt64, nanoseconds: Bool, link: LinkType, classes: [String], cut: Bool
    ) -> [UInt8] {
        var json = JSONText()
        json.open("{")
        json.key("type")
        json.string("truth")
        json.key("version")
        json.number(1)
        json.key("seed")
        json.number(seed)
        json.key("nanoseconds")
        json.bool(nanoseconds)
        json.key("linktype")
        json.number(link.number)
        json.key("cut")
        json.bool(cut)
        json.key("classes")
        json.open("[")
        for name in classes { json.string(name) }
        json.close("]")
        json.close("}")
        return json.line()
    }
}
