# Cases of link layers.

cooked() { # LINKTYPE
    pair
    python3 "$HERE/tone.py" rtp "$WORK/talk.pcap" 50
    scenario caller "talk=$TALK"; scenario callee
    record sipp callee any -y "$1"
    sipp_callee callee u1 $CALLEE4 -rtp_echo
    sipp_caller caller u1 $CALLER4 $CALLEE4 1 1 -d 1400
    halt callee; recorded sipp
    keep "$WORK/sipp.pcap"; describe; calls_are ended=1
}
case_sll2_any() {
    cooked LINUX_SLL2
    readme "A call on the device any, LINUX_SLL2" "$(version_of sip-tester)" <<'T'
One call with RTP, recorded with `-i any -y LINUX_SLL2` on the callee.
T
}
case_sll_any() {
    cooked LINUX_SLL
    readme "A call on the device any, LINUX_SLL" "$(version_of sip-tester)" <<'T'
One call with RTP, recorded with `-i any -y LINUX_SLL` on the callee.
T
}

# The kernel need not have VLAN devices, so the tags are added to a capture of real traffic.
tagged() { # CASE-OF-ORIGIN TCPREWRITE-ARGUMENTS…
    local origin=$OUTPUT/$1/capture.pcap; shift
    [ -e "$origin" ] || fail "needs $origin: make that case first"
    cp "$origin" "$WORK/0.pcap"
    local n=0 arguments
    for arguments in "$@"; do
        # shellcheck disable=SC2086
        tcprewrite --enet-vlan=add --enet-vlan-cfi=0 $arguments -i "$WORK/$n.pcap" -o "$WORK/$((n + 1)).pcap" ||
            fail tcprewrite
        n=$((n + 1))
    done
    keep "$WORK/$n.pcap"; describe
}
case_vlan_802_1q() {
    tagged sipp/early-media "--enet-vlan-tag=100 --enet-vlan-pri=5"
    calls_are ended=1
    readme "A call in a VLAN" "the capture of sipp/early-media, every frame tagged by $(version_of tcpreplay)" <<'T'
Real traffic, but the tag was added afterwards: tcprewrite put 802.1Q VLAN 100, priority 5, into every frame, ARP and
neighbour discovery too. Addresses and times are those of the original.
T
}
case_vlan_qinq() {
    tagged sipp/cancelled "--enet-vlan-tag=100 --enet-vlan-pri=5" \
        "--enet-vlan-tag=200 --enet-vlan-pri=3 --enet-vlan-proto=802.1ad"
    calls_are cancelled=2
    readme "Calls in a VLAN inside a VLAN" \
        "the capture of sipp/cancelled, every frame tagged twice by $(version_of tcpreplay)" <<'T'
Real traffic, but the tags were added afterwards by tcprewrite: 802.1Q VLAN 100 inside 802.1ad VLAN 200.
T
}
