"""Single SIP messages: each goes through lc in a capture of one UDP packet, as tshark's view of it was made."""
import os
import struct
import tempfile

LINKTYPE_RAW = 101
MAX_PAYLOAD = 65400


def capture_of(message, directory):
    """A capture with `message` from 192.0.2.1:5060 to 192.0.2.2:5060, as raw IP."""
    udp = struct.pack(">HHHH", 5060, 5060, 8 + len(message), 0) + message
    packet = struct.pack(">BBHHHBBH4s4s", 0x45, 0, 20 + len(udp), 1, 0, 64, 17, 0, bytes([192, 0, 2, 1]),
                         bytes([192, 0, 2, 2])) + udp
    handle, path = tempfile.mkstemp(suffix=".pcap", dir=directory)
    with os.fdopen(handle, "wb") as file:
        file.write(struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, LINKTYPE_RAW))
        file.write(struct.pack("<IIII", 1, 0, len(packet), len(packet)) + packet)
    return path


def first(value):
    return (value[0] if value else None) if isinstance(value, list) else value


def must_be_read(entry):
    """RFC 4475 calls it valid, or its fault one of the application."""
    return any(section in entry.get("expect", "") for section in ("3.1.1", "3.2", "3.3", "3.4"))


def differences(entry, outcome):
    """Method or status and Call-ID against tshark's; tags, URI and CSeq are compared by the tests of the parser."""
    truth = entry["truth"].get("tshark", {})
    found = outcome.summary["sip_messages"]
    method, status = first(truth.get("sip.Method")), first(truth.get("sip.Status-Code"))
    expected = 1 if method or status or must_be_read(entry) else 0
    if found["total"] != expected:
        yield "sip messages", expected, found["total"]
    elif method and found["methods"] != {method: 1}:
        yield "sip method", method, " ".join(found["methods"]) or "none"
    elif status and found["statuses"] != {status: 1}:
        yield "sip status", status, " ".join(found["statuses"]) or "none"
    if not expected:
        return
    call_id = first(truth.get("sip.Call-ID"))
    for record in outcome.calls:
        # Of a Call-ID with blanks around or line breaks in it, tshark shows them.
        if record["call_id"] != (call_id or "").replace("\\r\\n", "").strip():
            yield "call-id", call_id, record["call_id"]
