# Cases with a router between caller and callee, recorded at the callee.

router() { # NFT-RULESET
    through router
    on router sysctl -qw net.ipv4.ip_forward=1
    on router nft -f - <<<"$1" || fail nft
}
routed_call() { # SECONDS
    phone caller $CALLER_INSIDE 10000-10100 PCMA/8000/1 \
        "<sip:alice@$CALLER_INSIDE;transport=udp>;regint=0;answermode=manual"
    phone callee $CALLEE_OUTSIDE 20000-20100 PCMA/8000/1 \
        "<sip:bob@$CALLEE_OUTSIDE;transport=udp>;regint=0;answermode=auto"
    record baresip callee eth0
    dial "$1" "sip:bob@$CALLEE_OUTSIDE"
    recorded baresip
    keep "$WORK/baresip.pcap"; describe; calls_are ended=1
    rtp_statistics "$CAPTURE"
}

case_nat_phone() {
    router 'table ip nat {
        chain out { type nat hook postrouting priority srcnat; oifname "legB" masquerade; }
        chain pass { type filter hook forward priority filter; iifname "legB" ct state new drop; }
    }'
    routed_call 6
    readme "A phone behind NAT" "$(version_of baresip-core), nftables masquerading in a router" <<'T'
The caller is behind a router that translates its address, and its SDP names the inside address. The callee hears it,
from an address that no SDP names; what the callee sends goes to the inside address and the router drops it (one-way
audio). So only the callee has statistics to report.
T
}

case_baresip_loss() {
    router 'table ip loss {
        chain forward {
            type filter hook forward priority filter;
            iifname "legA" udp dport 20000-20100 ip length 200 numgen inc mod 20 == 7 drop
        }
    }'
    routed_call 6
    readme "A call that loses packets" "$(version_of baresip-core), nftables in a router" <<'T'
A router drops every 20th RTP packet from the caller to the callee. Recorded behind the router, so the losses are gaps
in the sequence numbers of one stream. PL in X-RTP-Stat is what the stacks noticed themselves up to their last RTCP
report.
T
}
