# What every case does with its capture: keep it, describe it, check it.

fail() { echo "FAIL  $CASE: $*" >&2; exit 1; }

# keep FILE [AS]: the capture of this case, and where its companions go.
keep() {
    if [ "$CASE" = test-sip-tcp ]; then     # lies beside the folders, because users name it on the command line
        CAPTURE=$OUTPUT/$CASE.pcap EXPECTED=$OUTPUT/$CASE.expected.json README=$OUTPUT/$CASE.md
    else
        mkdir -p "$OUTPUT/$CASE"
        CAPTURE=$OUTPUT/$CASE/${2:-capture.pcap} EXPECTED=$OUTPUT/$CASE/expected.json README=$OUTPUT/$CASE/README.md
    fi
    cp "$1" "$CAPTURE"
    chmod 644 "$CAPTURE"
}

# describe [NOTE]: expected.json.
describe() {
    python3 "$HERE/expected.py" "$CAPTURE" "${1:-}" >"$EXPECTED" || fail "expected.py"
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
    python3 "$HERE/readme.py" "$CASE" "$1" "$2" "$EXPECTED" "${REPORT:-}" >"$README" ||
        fail "readme.py"
}

# calls_are STATE=COUNT…: the states in expected.json, counted.
calls_are() {
    local have; have=$(python3 - "$EXPECTED" <<'P'
import collections, json, sys
states = collections.Counter(call["state"] for call in json.load(open(sys.argv[1]))["calls"])
print(*(f"{state}={count}" for state, count in sorted(states.items())))
P
    )
    [ "$have" = "$*" ] || fail "calls are $have, not $*"
}
version_of() { dpkg-query -W -f '${Package} ${Version}' "$1"; }
