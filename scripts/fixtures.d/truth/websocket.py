"""The messages in one direction of a WebSocket connection (RFC 6455 section 5)."""


def websocket_messages(stream):
    """Pairs of a message and the byte ranges of its frames, control frames left out."""
    at = stream.index(b"\r\n\r\n") + 4
    found, data, parts = [], b"", []
    while at < len(stream):
        start = at
        final, opcode = stream[at] & 0x80, stream[at] & 15
        masked, length = stream[at + 1] & 0x80, stream[at + 1] & 0x7F
        at += 2
        if length > 125:
            size = 2 if length == 126 else 8
            length = int.from_bytes(stream[at:at + size], "big")
            at += size
        key = stream[at:at + 4] if masked else bytes(4)
        at += 4 if masked else 0
        payload = bytes(byte ^ key[i % 4] for i, byte in enumerate(stream[at:at + length]))
        at += length
        if opcode & 8:
            continue
        data, parts = data + payload, [*parts, (start, at)]
        if final:
            if data.strip():
                found.append((data, parts))
            data, parts = b"", []
    return found
