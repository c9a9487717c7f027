# Cases of SIP in IP fragments.

fragmented() { # FROM TO
    scenario caller "talk=$TALK" "long-headers=$(long_headers 14)"; scenario callee
    python3 "$HERE/tone.py" rtp "$WORK/talk.pcap" 40
    record sipp callee eth0
    sleep 2
    sipp_callee callee u1 "$2" -rtp_echo
    sipp_caller caller u1 "$1" "$2" 2 2 -d 1200
    halt callee; recorded sipp
    keep "$WORK/sipp.pcap"; describe; calls_are ended=2
}
case_fragments_ipv4() {
    pair
    fragmented $CALLER4 $CALLEE4
    readme "INVITEs in IPv4 fragments" "$(version_of sip-tester)" <<'T'
Two calls with RTP over UDP. Each INVITE has 14 long headers and more than 3300 bytes, and is sent in three fragments.
T
}
case_fragments_ipv6() {
    pair
    fragmented "[$CALLER6]" "[$CALLEE6]"
    readme "INVITEs in IPv6 fragments" "$(version_of sip-tester)" <<'T'
Two calls with RTP over UDP and IPv6. Each INVITE has 14 long headers and more than 3300 bytes, and is sent in three
packets with a fragment header.
T
}
