# Cases in which SIP is inside of something else: WebSocket frames, HEP packets.

# Both clients are in one namespace, the server in the other.
case_websocket_kamailio() {
    pair
    sed "s|@ip@|$CALLEE4|g" "$HERE/websocket.cfg" >"$WORK/kamailio.cfg"
    record websocket callee eth0
    begin kamailio callee kamailio -DD -E -f "$WORK/kamailio.cfg" -m 32 -M 4 -u root -g root \
        -P "$WORK/kamailio.pid" -Y "$WORK"
    sleep 2.5
    begin bob caller python3 "$HERE/websocket.py" callee $CALLEE4
    sleep 0.7
    begin alice caller python3 "$HERE/websocket.py" caller $CALLEE4 1
    finish alice || fail "websocket.py: $(cat "$WORK/alice.log") $(cat "$WORK/kamailio.log")"
    finish bob || fail "websocket.py: $(cat "$WORK/bob.log")"
    halt kamailio; recorded websocket
    REPORT=$(cat "$WORK/alice.log")
    keep "$WORK/websocket.pcap"; describe; calls_are ended=1
    readme "A call over WebSocket" "$(version_of kamailio)" <<'T'
alice and bob (websocket.py, two clients without a library) register at kamailio over WebSocket, and alice calls bob: every
message is there twice, once on each connection, apart from kamailio's own 100. alice's INVITE comes in three frames and her
BYE in two, with pings between them that are nobody's; the clients mask their frames and the server does not. The SDP names
an address that does not exist, so there is no media. The handshakes, pongs and the closing frames belong to no call.
T
}

# The call of kamailio/rtpengine as its proxy and its relay report it.
case_hep_kamailio_rtpengine() {
    through proxy
    HEP_TO=$CALLER_INSIDE
    begin sink caller python3 -c "
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.bind(('$HEP_TO', 9060))
while True: s.recv(65536)"
    HOMER="--homer=$HEP_TO:9060 --homer-protocol=udp --homer-id=2002" \
        SIPTRACE=$HEP_TO proxy_up
    phone caller $CALLER_INSIDE 10000-10100 PCMA/8000/1 "$(account alice $MIDDLE_A manual)"
    phone callee $CALLEE_OUTSIDE 20000-20100 PCMA/8000/1 "$(account bob $MIDDLE_B auto)"
    record hep proxy legA udp dst port 9060
    dial 6 "sip:bob@$MIDDLE_A"
    recorded hep
    keep "$WORK/hep.pcap"; describe; calls_are ended=1
    readme "A call as HEP tells it" "$PROXIED" <<'T'
The call of kamailio/rtpengine, seen by nobody but its proxy: kamailio's siptrace module sends every SIP message, and rtpengine
every RTCP report (as JSON, with the Call-ID as correlation identifier), as HEP version 3 to port 9060. The capture has these
datagrams only, so both legs are in it and there is no RTP. The values come from tshark, which does not read HEP itself: the
payloads were put back into datagrams with their own addresses first (truth/hep.py).
T
}
