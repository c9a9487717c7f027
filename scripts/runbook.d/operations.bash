# docs/operations.md: every command of its blocks ```sh, from the document itself and in its order.
#
# `# → TEXT` behind a command: its output has TEXT (or one of several, with | between). `# status 0-1`: that, too, is well (grep that
# finds nothing). `<!-- not run: REASON -->` above a block: its commands are only listed, as skipped. What an incident's section is
# about is made to happen when its heading comes (incident_…), and WANT says what a command then has to find.

declare -A WANT=()

part_operations() {
    install_machine
    CWD=/root
    [ -d /root ] || CWD=/
    local kind text
    while IFS=$'\t' read -r kind text; do
        case $kind in
            heading) incident "$text" ;;
            skip) REASON=$text ;;
            listed) skipped "$text" "$REASON" ;;
            command) operate "$text" ;;
        esac
    done < <(document)
    systemctl stop lippycat || true
}

# Lines of kind and text: heading, skip (the reason), listed (a command not run), command.
document() {
    awk '
        /^#+ / { sub(/^#+ /, ""); print "heading\t" $0; next }
        /^<!-- not run: .* -->$/ { sub(/^<!-- not run: /, ""); sub(/ -->$/, ""); reason = $0; next }
        /^```sh$/ { inside = 1; if (reason != "") print "skip\t" reason; next }
        /^```/ { inside = 0; reason = ""; next }
        inside && /\\$/ { sub(/ *\\$/, ""); held = held $0 " "; next }
        inside && /[^ ]/ { print (reason != "" ? "listed" : "command") "\t" held $0; held = "" }
    ' "$ROOT/docs/operations.md"
}

operate() {
    local line=$1 wanted='' statuses=0 key
    if [[ $line = *"# → "* ]]; then wanted=${line##*"# → "} line=${line%%"# → "*}; fi
    if [[ $line = *"# status 0-1"* ]]; then statuses="0 1" line=${line%%"# status 0-1"*}; fi
    line=$(sed 's/ *$//' <<<"$line")
    for key in "${!WANT[@]}"; do [[ $line != *"$key"* ]] || { wanted=${WANT[$key]}; unset "WANT[$key]"; }; done
    if [[ $line = *journalctl* ]] && [ $has_journal != yes ]; then skipped "$line" "there is no journald"; return; fi
    if [[ $line = *logrotate\ --* ]] && ! command -v logrotate >/dev/null; then skipped "$line" "there is no logrotate"; return; fi
    case $line in
        *"-mtime +30 -delete"*) touch -d "40 days ago" "$(finished | head -n 1)" ;;
        *"kill -USR1"*) sleep 0.5 ;;
    esac
    typed "$line"
    case $line in *"kill -USR1"* | *"systemctl reload"*) sleep 1 ;; esac
    if [[ " $statuses " != *" $RC "* ]]; then
        bad "status $RC"
    elif [ -n "$wanted" ] && ! grep -qF -- "${wanted//|/$'\n'}" "$WORK/out"; then
        bad "does not show '$wanted'"
    else
        ok "status $RC${wanted:+, shows '$wanted'}"
    fi
    case $line in *"enable --now lippycat"*) [ -n "${called:-}" ] || first_calls ;; esac
}
finished() { find /var/lib/lippycat/pcap -name '*.pcap'; }

# As the package leaves it: its files where this tree has them, else what they come to.
install_machine() {
    systemctl stop lippycat 2>/dev/null || true
    rm -rf /var/lib/lippycat/* /var/log/lippycat/* /etc/lippycat/*
    install -m 0755 "$ROOT"/lc /usr/local/bin/lc
    install -m 0755 -t /usr/libexec/lippycat "$ROOT"/scripts/ops/*
    if [ -e "$ROOT/packaging/systemd/lippycat.service" ]; then
        sed 's|/usr/bin/lc|/usr/local/bin/lc|' "$ROOT/packaging/systemd/lippycat.service" >"$RUNBOOK_UNIT"
        install -m 0755 -t /usr/libexec/lippycat "$ROOT"/packaging/libexec/configuration
        install -m 0600 "$ROOT/packaging/lippycat.yaml" /etc/lippycat/config.yaml
        install -m 0644 "$ROOT/packaging/logrotate/lippycat" /etc/logrotate.d/lippycat
    else
        cat >"$RUNBOOK_UNIT" <<'U'
[Service]
Type=notify
ExecStart=/usr/local/bin/lc sniff voip --config /etc/lippycat/config.yaml
ExecReload=/bin/kill -HUP $MAINPID
Restart=always
StandardOutput=null
U
        printf '%s\n' 'log_file: /var/log/lippycat/lippycat.log' 'audit_log: /var/log/lippycat/audit.log' 'voip:' \
            '  interface: [any]' '  output_dir: /var/lib/lippycat/pcap' '  retention_age: 30d' >/etc/lippycat/config.yaml
        chmod 600 /etc/lippycat/config.yaml
        printf '/var/log/lippycat/*.log {\n  rotate 14\n  postrotate\n    systemctl reload lippycat\n  endscript\n}\n' \
            >/etc/logrotate.d/lippycat
    fi
    chmod 644 /etc/logrotate.d/lippycat
    # What the document tells to do first, and a ring that can overflow.
    sed -i 's/interface: \[any\]/interface: [eth0]\n  pcap_buffer_size: 1MiB\n  pcap_grace_period: 1s/' /etc/lippycat/config.yaml
}

# Calls for what the checks look at: sipp's, and one with real codecs and RTCP.
first_calls() {
    called=yes
    calls_begin 4
    calls_end
    if command -v baresip >/dev/null; then
        phone caller $CALLER4 10000-10100 PCMU/8000/1 "<sip:alice@$CALLER4;transport=udp>;regint=0;answermode=manual"
        phone callee $CALLEE4 20000-20100 PCMU/8000/1 "<sip:bob@$CALLEE4;transport=udp>;regint=0;answermode=auto"
        dial 4 "sip:bob@$CALLEE4"
    fi
    COMMAND="20 calls of sipp$(command -v baresip >/dev/null && echo ', one of baresip')"
    RC=0 && : >"$WORK/out" >"$WORK/err"
    local wanted=20 have
    ! command -v baresip >/dev/null || wanted=21
    # The last one's file gets its name after the grace period.
    captures() { [ "$(finished | wc -l)" = "$wanted" ]; }
    await 10 captures || true
    have=$(grep -c '"state":"ended"' /var/lib/lippycat/pcap/calls.jsonl || true)
    check "$have records of calls that ended, $(finished | wc -l) captures" is "$wanted $wanted" "$have $(finished | wc -l)"
}

# --- Incidents: what a section is about, when its heading comes

incident() {
    case $1 in
        "The service is down") incident_killed ;;
        "Packets are dropped") incident_drops ;;
        "The disk is full or broken") incident_disk ;;
        "The interface is gone") incident_interface ;;
    esac
}

incident_killed() {
    local process; process=$(systemctl show -p MainPID --value lippycat)
    calls_begin 3
    sleep 1.5
    kill -KILL "$process"
    again() { [ "$(systemctl show -p MainPID --value lippycat)" != "$process" ] && systemctl --quiet is-active lippycat; }
    await 10 again || fail "the service was not started again"
    calls_end
    sleep 1.5
}

# A process that is stopped takes nothing out of its ring.
incident_drops() {
    local process; process=$(systemctl show -p MainPID --value lippycat)
    kill -STOP "$process"
    on caller python3 -c "
import socket
s = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
s.connect(('$CALLEE4', 9))
sent = 0
while sent < 20000:
    try: s.send(bytes(200)); sent += 1
    except ConnectionRefusedError: pass"
    kill -CONT "$process"
    # Told every ten seconds at most.
    await 15 grep -q 'packets dropped by' /var/log/lippycat/lippycat.log || true
    WANT['packets dropped by']="packets dropped by the kernel on eth0"
}

# A file takes all the room there is while calls come.
incident_disk() {
    mount -o remount,size=64m /var/lib/lippycat
    calls_begin 4
    sleep 1
    head -c 200M /dev/zero >/var/lib/lippycat/filler 2>/dev/null || true
    await 10 grep -q ' archive: .*stop' /var/log/lippycat/lippycat.log || true
    calls_end
    rm /var/lib/lippycat/filler
    sleep 2.5
    WANT["' archive: '"]="writing goes on"
}

incident_interface() {
    ip -n "$NET-callee" link set eth0 down
    await 10 grep -q 'interface is down' /var/log/lippycat/lippycat.log || true
    ip -n "$NET-callee" link set eth0 up
    await 10 grep -q 'interface is up again' /var/log/lippycat/lippycat.log || true
    # What is asked is told a few times a second.
    sees() { on callee lc show status interface:eth0 >/dev/null 2>&1; }
    await 10 sees || true
    WANT['capture: interface']="interface is up again"
}
