# Cases of sipp. The scenarios are our own; media is tone.py's, echoed by the callee where it helps (-rtp_echo).

long_headers() { # COUNT: headers of 200 bytes each, as a UA behind many proxies would have
    local i; for ((i = 1; i <= $1; i++)); do printf '      X-Long-%02d: %0188d\n' "$i" "$i"; done
}
# scenario NAME KEY=FILE-OR-TEXT…: $WORK/NAME.xml with its marks filled in.
scenario() {
    python3 - "$HERE/scenarios/$1.xml" "$WORK/$1.xml" "${@:2}" <<'P'
import re, sys
text = open(sys.argv[1]).read()
for word in sys.argv[3:]:
    key, _, value = word.partition("=")
    text = text.replace(f"@{key}@", value)
open(sys.argv[2], "w").write(re.sub(r"\n?@[a-z-]+@(?=\n)", "", text))
P
}
TALK='  <nop><action><exec play_pcap_audio="talk.pcap"/></action></nop>
  <pause/>'
SILENCE='  <pause/>'

# sipp_callee SCENARIO TRANSPORT ADDRESS [ARGUMENTS…] in the background, sipp_caller SCENARIO TRANSPORT FROM TO CALLS
# PER-SECOND [ARGUMENTS…] to its end. The caller's own statistics become the case's report.
sipp_callee() {
    begin callee callee env -C "$WORK" sipp -sf "$1.xml" -t "$2" -i "$3" -p 5060 -mp 30000 -nostdin "${@:4}"
    sleep 0.7
}
sipp_caller() {
    begin caller caller env -C "$WORK" sipp -sf "$1.xml" -t "$2" -i "$3" -p 5060 -mp 20000 -nostdin -m "$5" \
        -r "$6" -trace_stat -stf caller.csv "${@:7}" "$4:5060"
    finish caller || fail "sipp: $(tail -40 "$WORK/caller.log")"
    REPORT+=$(python3 - "$WORK/caller.csv" "$1 over $2" <<'P'
import csv, sys
row = list(csv.DictReader(open(sys.argv[1]), delimiter=";"))[-1]
print(f"sipp {sys.argv[2]}: {row['TotalCallCreated']} calls, {row['SuccessfulCall(C)']} successful, "
      f"{row['FailedCall(C)']} failed, {row['Retransmissions(C)']} retransmissions")
P
    )$'\n'
}

case_sipp_udp() {
    pair
    python3 "$HERE/tone.py" rtp "$WORK/talk.pcap" 100
    scenario caller "talk=$TALK"; scenario callee
    record sipp callee eth0
    sipp_callee callee u1 $CALLEE4 -rtp_echo
    sipp_caller caller u1 $CALLER4 $CALLEE4 3 2 -d 2400
    halt callee; recorded sipp
    keep "$WORK/sipp.pcap"; describe; calls_are ended=3
    readme "Three calls over UDP with RTP" "$(version_of sip-tester)" <<'T'
Overlapping calls of 2.4 s: SIP over UDP, PCMA at 20 ms and one RFC 4733 digit (5) from the caller, everything echoed
by the callee. All streams have the SSRC 0x5EED, and the callee receives all of them on one port: neither tells the
calls apart, only the pair of endpoints does. sipp does not open the ports of the callers' SDP, so echoed packets are
answered with ICMP port unreachable, which quotes them and belongs to their call.
T
}

case_sipp_ipv6() {
    pair
    python3 "$HERE/tone.py" rtp "$WORK/talk.pcap" 60
    scenario caller "talk=$TALK"; scenario callee
    record sipp callee eth0
    sleep 2     # the hosts detect duplicate addresses until then, which is welcome noise
    sipp_callee callee u1 "[$CALLEE6]" -rtp_echo
    sipp_caller caller u1 "[$CALLER6]" "[$CALLEE6]" 2 1 -d 1600
    halt callee; recorded sipp
    keep "$WORK/sipp.pcap"; describe; calls_are ended=2
    readme "Two calls over IPv6" "$(version_of sip-tester)" <<'T'
SIP and RTP over IPv6 and UDP, with the neighbour discovery, router solicitations and MLD reports of two starting
hosts. As in sipp/udp, echoed packets meet closed ports: ICMPv6 errors quote them.
T
}

case_sipp_tcp_one_connection() {
    pair
    scenario caller "talk=$SILENCE"; scenario callee
    record sipp callee eth0
    sipp_callee callee t1 $CALLEE4
    sipp_caller caller t1 $CALLER4 $CALLEE4 10 10 -d 300
    halt callee; recorded sipp
    keep "$WORK/sipp.pcap"; describe; calls_are ended=10
    readme "Ten calls in one TCP connection" "$(version_of sip-tester)" <<'T'
Overlapping calls without media: the messages of the calls alternate in one byte stream.
T
}

case_sipp_tcp_connection_per_call() {
    pair
    scenario caller "talk=$SILENCE"; scenario callee
    record sipp callee eth0
    sipp_callee callee t1 $CALLEE4 -max_socket 100
    sipp_caller caller tn $CALLER4 $CALLEE4 10 10 -d 300 -max_socket 100
    halt callee; recorded sipp
    keep "$WORK/sipp.pcap"; describe; calls_are ended=10
    readme "Ten calls, each in its own TCP connection" "$(version_of sip-tester)" <<'T'
Overlapping calls without media.
T
}

case_sipp_rejected() {
    pair
    local reason
    record sipp callee eth0
    for reason in "486 Busy Here" "404 Not Found" "600 Busy Everywhere"; do
        scenario caller-rejected "status=${reason%% *}"; scenario callee-rejecting "reason=$reason"
        sipp_callee callee-rejecting u1 $CALLEE4
        sipp_caller caller-rejected u1 $CALLER4 $CALLEE4 1 10
        halt callee
    done
    recorded sipp
    keep "$WORK/sipp.pcap"; describe; calls_are busy=2 failed=1
    readme "Rejected calls: 486, 404 and 600" "$(version_of sip-tester)" <<'T'
Three calls, one after the other. None has media although each INVITE has SDP.
T
}

case_sipp_redirected() {
    pair
    record sipp callee eth0
    scenario caller-rejected status=302; scenario callee-rejecting "reason=302 Moved Temporarily"
    sipp_callee callee-rejecting u1 $CALLEE4
    sipp_caller caller-rejected u1 $CALLER4 $CALLEE4 1 10
    halt callee; recorded sipp
    keep "$WORK/sipp.pcap"; describe; calls_are redirected=1
    readme "A redirected call: 302" "$(version_of sip-tester)" <<<"The caller does not follow the redirection."
}

case_sipp_cancelled() {
    pair
    record sipp callee eth0
    scenario caller-cancelling; scenario callee-ringing
    sipp_callee callee-ringing u1 $CALLEE4
    sipp_caller caller-cancelling u1 $CALLER4 $CALLEE4 2 2
    halt callee; recorded sipp
    keep "$WORK/sipp.pcap"; describe; calls_are cancelled=2
    readme "Cancelled calls" "$(version_of sip-tester)" <<'T'
Two calls that the caller gives up while they ring: CANCEL, its 200, 487, ACK.
T
}

case_sipp_early_media() {
    pair
    python3 "$HERE/tone.py" rtp "$WORK/talk.pcap" 100
    scenario caller "talk=$SILENCE"; scenario callee-early-media
    record sipp callee eth0
    sipp_callee callee-early-media u1 $CALLEE4
    sipp_caller caller u1 $CALLER4 $CALLEE4 1 1 -d 1300
    halt callee; recorded sipp
    keep "$WORK/sipp.pcap"; describe; calls_are ended=1
    readme "Early media" "$(version_of sip-tester)" <<'T'
The callee sends 183 with SDP and plays 2 s of RTP to the caller, about half of it before its 200. The caller sends
none.
T
}
