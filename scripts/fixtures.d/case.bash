# What every case does with its capture: keep it, describe it, check it.

fail() { echo "FAIL  $CASE: $*" >&2; exit 1; }

# keep CAPTURE [AS]: the capture of this case.
keep() {
    CAPTURE=$OUTPUT/$CASE/${2:-capture.pcap}
    mkdir -p "$OUTPUT/$CASE"
    cp "$1" "$CAPTURE"
    chmod 644 "$CAPTURE"
}

# describe NOTE: expected.json beside the capture. wanted FIELD=N… afterwards compares it with what the stacks reported.
describe() {
    python3 "$HERE/expected.py" "$CAPTURE" "${1:-}" >"${CAPTURE%/*}/expected.json" || fail "expected.py"
    sound
}

# capinfos reads the whole capture without an error, and tshark's expert finds nothing malformed.
sound() {
    capinfos "$CAPTURE" >/dev/null || fail "capinfos"
    ! tshark -n -r "$CAPTURE" -q -z expert 2>/dev/null | grep -i malformed || fail "malformed packets"
    local size; size=$(stat -c %s "$CAPTURE")
    [ "$size" -le 409600 ] || fail "$size bytes are more than a checked-in capture should have"
}

# readme TITLE STACK <<TEXT: README.md from the text, the stack's report and the figures of expected.json.
readme() {
    python3 "$HERE/readme.py" "$CASE" "$1" "$2" "${CAPTURE%/*}/expected.json" "${REPORT:-}" >"${CAPTURE%/*}/README.md" ||
        fail "readme.py"
}

# calls_are STATE=COUNT…: the states in expected.json, counted.
calls_are() {
    local have; have=$(python3 - "${CAPTURE%/*}/expected.json" <<'P'
import collections, json, sys
print(*(f"{s}={n}" for s, n in sorted(collections.Counter(c["state"] for c in json.load(open(sys.argv[1]))["calls"]).items())))
P
    )
    [ "$have" = "$*" ] || fail "calls are $have, not $*"
}
version_of() { dpkg-query -W -f '${Package} ${Version}' "$1"; }
