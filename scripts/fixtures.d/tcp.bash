# Cases in which messages and TCP segments do not coincide.

case_tcp_split() {
    pair
    # 256 - 20 (IPv4) - 20 (TCP) - 12 (timestamps) = 204 bytes of payload; an RTP packet of 200 bytes still fits.
    # IPv6 is off on such a link.
    ip -n "$NET-caller" link set eth0 mtu 256
    ip -n "$NET-callee" link set eth0 mtu 256
    python3 "$HERE/tone.py" rtp "$WORK/talk.pcap" 60
    scenario caller "talk=$TALK"; scenario callee
    record sipp callee eth0
    sipp_callee callee t1 $CALLEE4 -rtp_echo
    sipp_caller caller t1 $CALLER4 $CALLEE4 2 2 -d 1600
    halt callee; recorded sipp
    keep "$WORK/sipp.pcap"; describe; calls_are ended=2
    readme "Messages over several TCP segments" "$(version_of sip-tester)" <<'T'
Two calls with RTP in one TCP connection over a link with an MTU of 256: a segment carries at most 204 bytes, so that
every INVITE and 200 takes several, and a Content-Length or a header name may be cut anywhere.
T
}

# agents CALLS TALK-SECONDS HEADER-BYTES: a recorded run of agent.py.
agents() {
    pair
    record agents callee eth0
    begin callee callee python3 "$HERE/agent.py" callee $CALLEE4
    sleep 0.5
    begin caller caller python3 "$HERE/agent.py" caller $CALLER4 $CALLEE4 "$@"
    finish caller || fail "agent.py: $(cat "$WORK/caller.log")"
    finish callee || fail "agent.py: $(cat "$WORK/callee.log")"
    recorded agents
    REPORT=$(cat "$WORK/caller.log")
    keep "$WORK/agents.pcap"; describe
}

# most_messages FILTER: how many SIP messages the fullest frame has.
most_messages() {
    tshark -n -r "$CAPTURE" -Y sip -T fields -E occurrence=a -E aggregator=' ' -e sip.CSeq.method 2>/dev/null |
        awk '{ print NF }' | sort -n | tail -1
}

case_tcp_coalesced() {
    agents 2 2 0
    calls_are ended=2
    [ "$(most_messages)" -ge 3 ] || fail "no segment with several messages"
    readme "Several messages in one TCP segment" "agent.py of this repository on the kernel's sockets" <<'T'
Two calls in one connection. Both INVITE are in one segment, so are the two ACK, the two BYE and their two responses;
the six responses to the INVITE (100, 180 and 200 of each call) come from one write and fill a segment and a part of
the next.
T
}

case_tcp_retransmitted() {
    through router
    on router sysctl -qw net.ipv4.ip_forward=1
    on router nft -f - <<'N'
table ip loss {
    chain forward {
        type filter hook forward priority 0;
        ip protocol tcp ip length > 60 numgen inc mod 7 == 3 drop
    }
}
N
    ip -n "$NET-caller" link set eth0 mtu 400
    ip -n "$NET-callee" link set eth0 mtu 400
    scenario caller "talk=$SILENCE"; scenario callee
    record sipp router legA
    sipp_callee callee t1 $CALLEE_OUTSIDE
    sipp_caller caller t1 $CALLER_INSIDE $CALLEE_OUTSIDE 6 3 -d 500
    halt callee; recorded sipp
    keep "$WORK/sipp.pcap"; describe; calls_are ended=6
    readme "Lost and retransmitted TCP segments" "$(version_of sip-tester), nftables in a router" <<'T'
Six calls in one connection through a router that loses every 7th TCP packet of more than 60 bytes (segments with
payload, and acknowledgements with SACK). Recorded before the router drops what the caller sends (the same bytes come
again) and after it dropped what the callee sends (later segments come first). The MTU of both ends is 400.
T
}

case_tcp_offload() {
    OFFLOADS=on pair
    scenario caller "talk=$SILENCE" "long-headers=$(long_headers 24)"; scenario callee
    record sipp caller eth0
    sipp_callee callee t1 $CALLEE4
    sipp_caller caller t1 $CALLER4 $CALLEE4 2 2 -d 300
    halt callee; recorded sipp
    keep "$WORK/sipp.pcap"; describe; calls_are ended=2
    readme "TCP with segmentation and checksum offload" "$(version_of sip-tester)" <<'T'
Two calls with INVITEs of more than 5000 bytes on a device with its offloads on, recorded on the caller: frames larger
than the MTU of 1500, and TCP checksums that the device would have finished, so they are wrong in the capture.
T
}

# The capture that users try first.
case_test_sip_tcp() {
    agents 1 2.5 2600
    calls_are ended=1
    [ "$(most_messages)" -ge 2 ] || fail "no segment with several messages"
    tshark -n -r "$CAPTURE" -Y 'sip.Method == INVITE && tcp.segment.count >= 2' 2>/dev/null | grep -q . ||
        fail "the INVITE is in one segment"
    readme "One call, SIP over TCP" "agent.py of this repository on the kernel's sockets" <<'T'
One call with RTP both ways (PCMU, 20 ms). Its INVITE has a long header and takes three segments of one TCP
connection; its 100, 180 and 200 are in one segment.

    lc sniff voip --read-file test-sip-tcp.pcap --tcp-performance-mode balanced
T
}
