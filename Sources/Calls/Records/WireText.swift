extension String {
    /// Bytes a record keeps of one text from the wire, by default: far beyond any real name or address.
    public static let wireTextLimit = 1024

    /// Text out of a packet: what is not UTF-8 becomes U+FFFD, what is longer than `limit` bytes is cut.
    public init(wire bytes: Span<UInt8>, limit: Int = wireTextLimit) {
        let kept = bytes.extracting(first: Swift.min(bytes.count, Swift.max(limit, 0)))
        if let text = try? UTF8Span(validating: kept) {
            self.init(copying: text)
            return
        }
        var copy: [UInt8] = []
        copy.reserveCapacity(kept.count)
        for index in kept.indices { copy.append(kept[index]) }
        self.init(decoding: copy, as: UTF8.self)
    }
}
