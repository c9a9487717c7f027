# Cases of baresip: real codecs, RTCP, and its own statistics in the BYE (X-RTP-Stat).

# phone NAME ADDRESS RTP-PORTS CODEC ACCOUNT: $WORK/NAME, a configuration folder. The source must have the codec's exact
# rate and channels.
phone() {
    local dir=$WORK/$1 rate=8000 channels=1
    case $4 in opus*) rate=48000 channels=2 ;; G722*) rate=16000 ;; esac
    mkdir -p "$dir"
    python3 "$HERE/tone.py" wav "$dir/tone.wav" $rate $channels 12
    sed "s|@dir@|$dir|; s|@address@|$2|; s|@rtp_ports@|$3|" "$HERE/baresip.config" >"$dir/config"
    echo "$5;audio_codecs=$4" >"$dir/accounts"
    : >"$dir/contacts"
    printf 'fixture-%s' "$1" >"$dir/uuid"       # without a newline, or baresip puts it into its headers
}
# The statistics that both ends put into BYE and its 200, as seen in the capture.
rtp_statistics() {
    REPORT=$(tshark -n -r "$1" -Y sip -T fields -e sip.CSeq.method -e sip.msg_hdr 2>/dev/null |
        sed -n 's/^\(BYE\).*X-RTP-Stat: \([^\\]*\)\\r\\n.*/X-RTP-Stat: \2/p' | uniq)
}
established() { grep -aq "Call established" "$WORK/$1.log" || fail "no call: $(cat "$WORK/$1.log")"; }

# dial SECONDS URI: caller calls callee, which answers, and hangs up after SECONDS.
dial() {
    begin callee callee baresip -f "$WORK/callee" -s -t $(($1 + 6))
    sleep 1.2
    begin caller caller baresip -f "$WORK/caller" -s -t "$1" -e "/dial $2"
    finish caller || fail "baresip: $(tail -20 "$WORK/caller.log")"
    halt callee
    established caller
}

codec_case() { # CODEC TRANSPORT TITLE
    pair
    phone caller $CALLER4 10000-10100 "$1" "<sip:alice@$CALLER4;transport=$2>;regint=0;answermode=manual"
    phone callee $CALLEE4 20000-20100 "$1" "<sip:bob@$CALLEE4;transport=$2>;regint=0;answermode=auto"
    record baresip callee eth0
    dial 6 "sip:bob@$CALLEE4"
    recorded baresip
    keep "$WORK/baresip.pcap"; describe; calls_are ended=1
    rtp_statistics "$CAPTURE"
    readme "$3" "$(version_of baresip-core)" <<T
One call of about 6 s, SIP over ${2^^}, $1 from a WAV file in both directions, RTCP sender reports on ports of their
own.

X-RTP-Stat below is a snapshot of the last RTCP report: CD duration in s, PS/PR packets sent and received, PL lost, PD
discarded, JI jitter, EN/DE codecs. Its packets are those up to that report, its loss must be that of the streams.
T
}
case_baresip_pcmu() { codec_case PCMU/8000/1 udp "A call with PCMU"; }
case_baresip_pcma() { codec_case PCMA/8000/1 tcp "A call with PCMA, SIP over TCP"; }
case_baresip_g722() { codec_case G722/16000/1 udp "A call with G.722"; }
case_baresip_opus() { codec_case opus/48000/2 udp "A call with Opus"; }
