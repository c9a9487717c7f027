# Hosts are network namespaces named $NET-<host>. All addresses are for benchmarks and documentation (RFC 2544,
# RFC 3849) and no namespace has a route to the outside.
NET=fx$$
CALLER4=198.18.10.1 CALLEE4=198.18.10.2
CALLER6=2001:db8:10::1 CALLEE6=2001:db8:10::2
declare -A JOB=()

hosts() { local h; for h in "$@"; do ip netns add "$NET-$h" && ip -n "$NET-$h" link set lo up || exit 2; done; }

# cable HOST IF ADDRESS HOST IF ADDRESS: one Ethernet between two hosts. OFFLOADS=on leaves the device's offloads on:
# then TCP frames grow above the MTU and checksums stay unfinished, which most cases do not want.
cable() {
    ip link add "$2" netns "$NET-$1" type veth peer name "$5" netns "$NET-$4" || exit 2
    local h i a
    while read -r h i a; do
        ip -n "$NET-$h" addr add "$a" dev "$i"
        [ "${OFFLOADS:-off}" = on ] || on "$h" ethtool -K "$i" tx off rx off tso off gso off gro off >/dev/null 2>&1
        ip -n "$NET-$h" link set "$i" up
    done <<<"$1 $2 $3"$'\n'"$4 $5 $6"
}

# The usual network: caller and callee on one Ethernet, IPv4 and IPv6.
pair() {
    hosts caller callee
    cable caller eth0 "$CALLER4/24" callee eth0 "$CALLEE4/24"
    ip -n "$NET-caller" -6 addr add "$CALLER6/64" dev eth0 nodad
    ip -n "$NET-callee" -6 addr add "$CALLEE6/64" dev eth0 nodad
}

# caller - middle - callee, the middle host being 198.18.11.254 and 198.18.12.254 (kamailio, or a router).
CALLER_INSIDE=198.18.11.1 CALLEE_OUTSIDE=198.18.12.2 MIDDLE_A=198.18.11.254 MIDDLE_B=198.18.12.254
through() {
    hosts caller "$1" callee
    cable caller eth0 "$CALLER_INSIDE/24" "$1" legA "$MIDDLE_A/24"
    cable callee eth0 "$CALLEE_OUTSIDE/24" "$1" legB "$MIDDLE_B/24"
    ip -n "$NET-caller" route add 198.18.12.0/24 via "$MIDDLE_A"
    ip -n "$NET-callee" route add 198.18.11.0/24 via "$MIDDLE_B"
}

on() { local h=$1; shift; ip netns exec "$NET-$h" "$@"; }

# begin NAME HOST COMMAND…: in the background, output in $WORK/NAME.log. finish NAME waits for it, halt NAME ends it.
begin() {
    local name=$1 host=$2; shift 2
    : >"$WORK/$name.log"
    # `timeout` directly under the shell, so that the job's process is one that passes signals on.
    timeout -k 2 120 ip netns exec "$NET-$host" "$@" >"$WORK/$name.log" 2>&1 </dev/null &
    JOB[$name]=$!
}
finish() { local rc=0; wait "${JOB[$1]}" || rc=$?; unset "JOB[$1]"; return $rc; }
# What status a program ends with that is told to end is not what a case is about: `timeout` sends the signal to the process and
# to its group, and the second one kills baresip, whose handler is gone until it has put it back.
halt() { kill -TERM "${JOB[$1]}" 2>/dev/null || true; finish "$1" || true; }

# record NAME HOST IF [TCPDUMP-ARGUMENTS…]: into $WORK/NAME.pcap from now on. recorded NAME ends it with nothing
# left in the ring.
record() {
    local name=$1 host=$2 interface=$3 i; shift 3
    begin "$name" "$host" tcpdump --immediate-mode -U -Z root -n -s 262144 -B 16384 -i "$interface" \
        -w "$WORK/$name.pcap" "$@"
    for i in {1..50}; do grep -q "listening on" "$WORK/$name.log" && return; sleep 0.1; done
    fail "tcpdump does not start: $(cat "$WORK/$name.log")"
}
recorded() {
    sleep 1.3
    halt "$1"
    grep -q "^0 packets dropped by kernel" "$WORK/$1.log" || fail "$1: tcpdump lost packets: $(cat "$WORK/$1.log")"
}

take_down() {
    local name host pid
    # A job may have ended already, which must not end the cleaning up of who runs with `set -e`.
    for name in "${!JOB[@]}"; do kill -TERM "${JOB[$name]}" 2>/dev/null || true; done
    for host in $(ip netns list | awk -v net="$NET-" 'index($1, net) == 1 { print $1 }'); do
        for pid in $(ip netns pids "$host"); do kill -KILL "$pid" 2>/dev/null || true; done
        ip netns del "$host"
    done
    JOB=()
}
