/// Sizes as users write them: `16MiB`, `100MB`, `64k`, plain bytes.
///
/// `k`, `M`, `G` alone are powers of 1024, as with tcpdump's buffers and dd; `kB`, `MB`, `GB` are powers of 1000 and
/// `KiB`, `MiB`, `GiB` powers of 1024, as the standards say.
enum SizeText {
    private static let units: [(name: String, bytes: Int64)] = [
        ("", 1), ("b", 1), ("k", 1 << 10), ("m", 1 << 20), ("g", 1 << 30), ("t", 1 << 40),
        ("kb", 1_000), ("mb", 1_000_000), ("gb", 1_000_000_000), ("tb", 1_000_000_000_000),
        ("kib", 1 << 10), ("mib", 1 << 20), ("gib", 1 << 30), ("tib", 1 << 40),
    ]

    static func parse(_ text: String) throws(ValueProblem) -> Int {
        let problem = ValueProblem(what: "'\(text)' is not a size", remedy: "write it like 16MiB, 100MB, 64k or 65536")
        let number = text.prefix { ("0"..."9").contains($0) || $0 == "." }
        var unit = text.dropFirst(number.count)
        while unit.first == " " { unit = unit.dropFirst() }
        guard let scale = units.first(where: { $0.name == unit.lowercased() })?.bytes,
            let bytes = DecimalText.scaled(number, by: scale), let size = Int(exactly: bytes)
        else { throw problem }
        return size
    }

    /// Whole binary units where they fit, else bytes.
    static func format(_ bytes: Int) -> String {
        for (name, scale) in [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10)]
        where bytes != 0 && bytes % scale == 0 {
            return "\(bytes / scale) \(name)"
        }
        return "\(bytes) bytes"
    }
}
