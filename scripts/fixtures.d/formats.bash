# Cases of capture file formats.

case_formats_gzip() {
    local origin=$OUTPUT/baresip/opus/capture.pcap
    [ -e "$origin" ] || fail "needs $origin: make that case first"
    gzip -9n <"$origin" >"$WORK/capture.pcap.gz"
    keep "$WORK/capture.pcap.gz" capture.pcap.gz; describe; calls_are ended=1
    readme "A gzipped capture" "the capture of baresip/opus, gzip -9" <<<"The same packets as baresip/opus."
}

case_formats_pcapng() {
    proxied_call
    mergecap -F pcapng -I none -w "$WORK/merged.pcapng" "$WORK/legA.pcap" "$WORK/legB.pcap" || fail mergecap
    [ "$(capinfos -I "$WORK/merged.pcapng" | grep -c '^Interface #')" = 2 ] || fail "not two interfaces"
    keep "$WORK/merged.pcapng" capture.pcapng; describe; calls_are ended=1
    rtp_statistics "$CAPTURE"
    readme "A pcapng of two interfaces" "$PROXIED, joined by mergecap" <<'T'
A call as in kamailio/rtpengine, recorded on the Ethernet of each leg at the same time; mergecap made one pcapng of
them, with two interface description blocks and the packets in order of time.
T
}

case_formats_nanosecond() {
    pair
    python3 "$HERE/tone.py" rtp "$WORK/talk.pcap" 50
    scenario caller "talk=$TALK"; scenario callee
    record sipp callee eth0 --time-stamp-precision=nano
    sipp_callee callee u1 $CALLEE4 -rtp_echo
    sipp_caller caller u1 $CALLER4 $CALLEE4 1 1 -d 1400
    halt callee; recorded sipp
    # tcpdump wrote the nanoseconds; editcap only makes sure of the format.
    editcap -F nsecpcap "$WORK/sipp.pcap" "$WORK/nano.pcap" || fail editcap
    keep "$WORK/nano.pcap"; describe; calls_are ended=1
    readme "Time stamps in nanoseconds" "$(version_of sip-tester)" <<'T'
One call with RTP, recorded with `--time-stamp-precision=nano`: the magic number is 0xA1B23C4D.
T
}
