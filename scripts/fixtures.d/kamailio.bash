# Cases of kamailio and rtpengine on the host in the middle: every call has two legs with one Call-ID.

proxy_up() {
    begin rtpengine proxy rtpengine --table=-1 --interface=$MIDDLE_A --interface=$MIDDLE_B --listen-ng=127.0.0.1:2223 --port-min=30000 \
        --port-max=31000 --foreground --log-stderr --log-level=4 --delete-delay=0
    sed "s|@a@|$MIDDLE_A|g; s|@b@|$MIDDLE_B|g" "$HERE/kamailio.cfg" >"$WORK/kamailio.cfg"
    begin kamailio proxy kamailio -DD -E -f "$WORK/kamailio.cfg" -m 32 -M 4 -u root -g root -P "$WORK/kamailio.pid" -Y "$WORK"
    sleep 2.5
}
account() { # USER PROXY-ADDRESS ANSWERMODE
    echo "<sip:$1@$2>;auth_pass=secret;regint=60;answermode=$3"
}
# What is between kamailio and rtpengine on the loopback device is no telephony.
NO_CONTROL='not port 2223'

case_kamailio_rtpengine() {
    through proxy
    proxy_up
    phone caller $CALLER_INSIDE 10000-10100 PCMA/8000/1 "$(account alice $MIDDLE_A manual)"
    phone callee $CALLEE_OUTSIDE 20000-20100 PCMA/8000/1 "$(account bob $MIDDLE_B auto)"
    record both proxy any -y LINUX_SLL2 "$NO_CONTROL"
    record legA proxy legA
    record legB proxy legB
    dial 6 "sip:bob@$MIDDLE_A"
    recorded both; recorded legA; recorded legB
    keep "$WORK/both.pcap"; describe; calls_are ended=1
    rtp_statistics "$CAPTURE"
    readme "A call through a proxy and a media relay" "$(version_of kamailio), $(version_of rtpengine-daemon), $(version_of baresip-core)" <<'T'
T
}
