# A live `lc` between two hosts, with tcpdump beside it. Sourced behind network.bash and case.bash; $WORK and $NET are set.

# Each packet socket stamps a packet on its own unless some socket of the machine asked for receive timestamps: then the
# kernel stamps it once, and all see the same time. CLOCK has to be killed at the end.
same_time() {
    python3 -c 'import socket, time
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM); s.setsockopt(socket.SOL_SOCKET, 29, 1); time.sleep(7200)' &
    CLOCK=$!
}

# capture NAME ARGUMENTS…: `lc` on the callee's host, with the variables $ENVIRONMENT; comes back when it captures. PROCESS is lc.
# Its files are in $WORK/NAME, or where OUTPUT says.
capture() {
    local name=$1 i pid
    shift
    local output=${OUTPUT:-$WORK/$name}
    : >"$WORK/$name.log"
    timeout -k 2 7200 ip netns exec "$NET-callee" env "${ENVIRONMENT[@]}" "$PWD/lc" sniff voip --format json -o "$output" "$@" \
        >"$WORK/$name.log" 2>&1 </dev/null &
    JOB[$name]=$!
    for i in {1..100}; do [ -e "$output/calls.jsonl" ] && break; sleep 0.1; done
    sleep 0.3
    PROCESS=
    for pid in $(ip netns pids "$NET-callee"); do
        [ "$(cat "/proc/$pid/comm")" != lc ] || PROCESS=$pid
    done
    [ -n "$PROCESS" ] || fail "lc does not start: $(tail -5 "$WORK/$name.log")"
}
ENVIRONMENT=()
# end_capture NAME [STATUS]: by SIGTERM to lc itself, for `timeout` would kill one that takes longer than it likes.
end_capture() {
    local rc=0
    kill -TERM "$PROCESS"
    finish "$1" || rc=$?
    # shellcheck disable=SC2053
    [[ $rc = ${2:-0} ]] || fail "lc ended with status $rc: $(tail -5 "$WORK/$1.log" | cut -c 1-500)"
    [ -z "$(find "${OUTPUT:-$WORK/$1}" -name '*.partial')" ] || fail "open files are left"
}
# summary NAME EXPRESSION: of the run's summary, in python.
summary() {
    python3 - "$WORK/$1.log" "$2" <<'P'
import json, sys
line = [line for line in open(sys.argv[1]) if '"type":"summary"' in line][-1]
def flat(value): return sum(map(flat, value.values())) if isinstance(value, dict) else value
print(eval(sys.argv[2], {"s": json.loads(line), "flat": flat}))
P
}

# beside NAME: tcpdump with a ring that does not overflow.
beside() {
    local i
    begin "$1" callee tcpdump -Z root -n -s 262144 -B 131072 -i eth0 -w "$WORK/$1.pcap" ip
    for i in {1..50}; do grep -q "listening on" "$WORK/$1.log" && return; sleep 0.1; done
    fail "tcpdump does not start: $(cat "$WORK/$1.log")"
}
# recorded_beside NAME: ends it; BESIDE is how many packets came, none of them lost to tcpdump.
recorded_beside() {
    recorded "$1"
    BESIDE=$(sed -n 's/^\([0-9]*\) packets received by filter$/\1/p' "$WORK/$1.log")
}

# equal NAME REPLAYED: the captures and records of a live run and of a replay are the same, byte for byte.
equal() {
    local file same=0 different=0
    for file in "$WORK/$2"/*.pcap; do
        if cmp -s "$file" "${OUTPUT:-$WORK/$1}/${file##*/}"; then same=$((same + 1)); else different=$((different + 1)); fi
    done
    local extra; extra=$(comm -13 <(cd "$WORK/$2" && ls) <(cd "${OUTPUT:-$WORK/$1}" && ls) | head -3)
    [ $different = 0 ] && [ -z "$extra" ] ||
        fail "$1: $different of $((same + different)) captures differ between live and replay; only live: ${extra:-none}"
    diff <(sort "${OUTPUT:-$WORK/$1}/calls.jsonl") <(sort "$WORK/$2/calls.jsonl") >"$WORK/records" ||
        fail "$1: the records of live and replay differ: $(head -c 1500 "$WORK/records")"
    EQUAL=$same
}
