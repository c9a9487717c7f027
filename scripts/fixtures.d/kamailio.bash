# Cases of kamailio and rtpengine on the host in the middle: every call has two legs with one Call-ID.

proxy_up() {
    begin rtpengine proxy rtpengine --table=-1 --interface=a/$MIDDLE_A --interface=b/$MIDDLE_B \
        --listen-ng=127.0.0.1:2223 --port-min=30000 --port-max=31000 \
        --foreground --log-stderr --log-level=4 --delete-delay=0 ${HOMER:-}
    sed "s|@a@|$MIDDLE_A|g; s|@b@|$MIDDLE_B|g" "$HERE/kamailio.cfg" >"$WORK/kamailio.cfg"
    [ -z "${SIPTRACE:-}" ] || sed -i "s|^#!SIPTRACE ||; s|@hep@|$SIPTRACE|g" "$WORK/kamailio.cfg"
    begin kamailio proxy kamailio -DD -E -f "$WORK/kamailio.cfg" -m 32 -M 4 -u root -g root \
        -P "$WORK/kamailio.pid" -Y "$WORK"
    sleep 2.5
}
account() { # USER PROXY-ADDRESS ANSWERMODE
    echo "<sip:$1@$2>;auth_pass=secret;regint=60;answermode=$3"
}
# What is between kamailio and rtpengine on the loopback device is no telephony.
NO_CONTROL='not port 2223'

# One call of alice to bob, recorded on all devices of the proxy (both) and on each leg.
proxied_call() {
    through proxy
    proxy_up
    phone caller $CALLER_INSIDE 10000-10100 PCMA/8000/1 "$(account alice $MIDDLE_A manual)"
    phone callee $CALLEE_OUTSIDE 20000-20100 PCMA/8000/1 "$(account bob $MIDDLE_B auto)"
    record both proxy any -y LINUX_SLL2 "$NO_CONTROL"
    record legA proxy legA
    record legB proxy legB
    dial 6 "sip:bob@$MIDDLE_A"
    recorded both; recorded legA; recorded legB
}
PROXIED="$(version_of kamailio), $(version_of rtpengine-daemon), $(version_of baresip-core)"

case_kamailio_rtpengine() {
    proxied_call
    keep "$WORK/both.pcap"; describe; calls_are ended=1
    rtp_statistics "$CAPTURE"
    readme "A call through a proxy and a media relay" "$PROXIED" <<'T'
alice and bob register at kamailio (401, then with credentials), alice calls bob (407, ACK, then with credentials).
Recorded on `any` of the proxy as LINUX_SLL2, so that both legs are in it: what follows the challenge is there twice,
apart from the proxy's own 100, with one Call-ID and different top Via; and four RTP streams, because rtpengine relays
the media and keeps the SSRC. The control traffic between kamailio and rtpengine (loopback, port 2223) is filtered
out. Both phones unregister at the end.
T
}

# bob has two phones. The proxy forks the INVITE; the first phone answers, the second is cancelled.
case_kamailio_forked() {
    through proxy
    local second=${CALLEE_OUTSIDE%.*}.3
    ip -n "$NET-callee" addr add "$second/24" dev eth0
    proxy_up
    phone caller $CALLER_INSIDE 10000-10100 PCMA/8000/1 "$(account alice $MIDDLE_A manual)"
    phone callee $CALLEE_OUTSIDE 20000-20100 PCMA/8000/1 "$(account bob $MIDDLE_B auto)"
    phone other $second 22000-22100 PCMA/8000/1 "$(account bob $MIDDLE_B manual)"
    record both proxy any -y LINUX_SLL2 "$NO_CONTROL"
    begin other callee baresip -f "$WORK/other" -s -t 14
    sleep 0.5
    dial 3 "sip:bob@$MIDDLE_A"
    halt other; recorded both
    keep "$WORK/both.pcap"; describe; calls_are ended=1
    readme "A forked call" "$PROXIED" <<'T'
As kamailio/rtpengine, but bob has registered two phones. kamailio forks the INVITE to both, and both send 180, with
different To tags; 198.18.12.2 answers, 198.18.12.3 gets CANCEL and sends 487. One Call-ID, so one call, and it ended
normally. The call is too short for a report of the phones.
T
}
