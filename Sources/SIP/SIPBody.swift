extension SIPMessage {
    /// Where the session description in the body is: the body itself, or the first such part of a multipart body.
    /// `absent` if there is none.
    public func sessionDescription(in bytes: Span<UInt8>) -> ByteRange { .absent }
}
