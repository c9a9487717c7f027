# Cases about what media tells beside its packets: RTCP's round trips, key presses, silence, hold.

# A cable of DELAY ms each way between caller and callee.
far_apart() { # DELAY
    hosts caller wire callee
    cable caller eth0 "$CALLER4/24" wire legA 198.18.9.1/32
    cable callee eth0 "$CALLEE4/24" wire legB 198.18.9.2/32
    begin wire wire python3 "$HERE/wire.py" legA legB "$1"
    sleep 0.5
}

# Recorded at the callee: the way to it is short, the way to the caller and back takes twice the delay.
case_media_round_trip() {
    far_apart 40
    phone caller $CALLER4 10000-10100 opus/48000/2 "<sip:alice@$CALLER4;transport=udp>;regint=0;answermode=manual"
    phone callee $CALLEE4 20000-20100 opus/48000/2 "<sip:bob@$CALLEE4;transport=udp>;regint=0;answermode=auto"
    record baresip callee eth0
    dial 18 "sip:bob@$CALLEE4"
    recorded baresip; halt wire
    keep "$WORK/baresip.pcap"; describe; calls_are ended=1
    rtp_statistics "$CAPTURE"
    readme "A call over a long cable" "$(version_of baresip-core), wire.py" <<'T'
Caller and callee are 40 ms apart (`wire.py`, 80 ms there and back), recorded at the callee, with three RTCP reports of
each side. From the point of capture the round trip to the callee is next to nothing, that to the caller 80 ms, and the
sum is what an endpoint measures.
T
}

# Keys, then hold and resume, by the caller's own user interface.
case_media_hold_and_keys() {
    pair
    phone caller $CALLER4 10000-10100 PCMA/8000/1 "<sip:alice@$CALLER4;transport=udp>;regint=0;answermode=manual"
    phone callee $CALLEE4 20000-20100 PCMA/8000/1 "<sip:bob@$CALLEE4;transport=udp>;regint=0;answermode=auto"
    printf 'module_app ctrl_tcp.so\nctrl_tcp_listen 127.0.0.1:4444\n' >>"$WORK/caller/config"
    record baresip callee eth0
    begin control caller sh -c "sleep 2.2; exec python3 '$HERE/control.py' 127.0.0.1 4444 \
        1:sndcode:4 0.4:sndcode:2 0.4:sndcode:2 0.4:sndcode:# 1:hold 2:resume"
    dial 9 "sip:bob@$CALLEE4"
    finish control || fail "control: $(cat "$WORK/control.log")"
    recorded baresip
    keep "$WORK/baresip.pcap"; describe; calls_are ended=1
    rtp_statistics "$CAPTURE"
    readme "Keys, hold and resume" "$(version_of baresip-core), control.py" <<'T'
The caller presses 4, 2, 2 and # (RFC 4733), then puts the callee on hold for 2 s by re-INVITE.
T
}

case_media_info() {
    pair
    python3 "$HERE/tone.py" rtp "$WORK/talk.pcap" 40
    local info='' number=2 line
    for line in 'application/dtmf-relay|Signal=7|Duration=160' 'application/dtmf-relay|Signal=10|Duration=250' \
        'application/dtmf|3|'; do
        info+=$(info_request $number "${line%%|*}" "$(cut -d'|' -f2 <<<"$line")" "$(cut -d'|' -f3 <<<"$line")")
        number=$((number + 1))
    done
    scenario caller "talk=$TALK$info"
    sed -i 's/CSeq: 2 BYE/CSeq: 9 BYE/' "$WORK/caller.xml"
    scenario callee-informed
    record sipp callee eth0
    sipp_callee callee-informed u1 $CALLEE4
    sipp_caller caller u1 $CALLER4 $CALLEE4 1 1 -d 1200
    halt callee; recorded sipp
    keep "$WORK/sipp.pcap"; describe; calls_are ended=1
    readme "Keys by INFO" "$(version_of sip-tester)" <<'T'
One key by telephone-event (5), then three by INFO: 7 and * (`Signal=10`) as application/dtmf-relay with durations, 3 as
application/dtmf.
T
}
info_request() { # CSEQ TYPE LINE LINE
    cat <<T

  <send retrans="500"><![CDATA[
      INFO sip:bob@[remote_ip]:[remote_port] SIP/2.0
      Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]
      From: "Alice" <sip:alice@[local_ip]:[local_port]>;tag=[call_number]caller
      To: <sip:bob@[remote_ip]:[remote_port]>[peer_tag_param]
      Call-ID: [call_id]
      CSeq: $1 INFO
      Max-Forwards: 70
      Content-Type: $2
      Content-Length: [len]

      $3
      $4
  ]]></send>
  <recv response="200"/>
  <pause milliseconds="200"/>
T
}
