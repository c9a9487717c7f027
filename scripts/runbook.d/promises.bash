# What operators are promised, in the order of their own runbook: each line is typed as it stands there.

part_promises() {
    promise_install
    promise_replay
    promise_config
    promise_live
    promise_service
    promise_archive
    for line in status hunters topology; do
        skipped "lc show $line -P processor:55555 --tls-ca ca.crt" "distributed mode is not built yet"
    done
}

promise_install() {
    COMMAND="make build"
    # What may be shared: libpcap (and what it links itself), zlib, the C library and its loader.
    local foreign
    foreign=$(readelf -d lc | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' |
        grep -vE '^(libpcap|libz|libc|libm|libdl|librt|libpthread|libresolv|libutil|ld-linux[-a-z0-9_]*)\.so' || true)
    check "one binary, only libpcap, zlib and the libc family shared${foreign:+ (also: $foreign)}" is "$foreign" ""
    COMMAND="make dist"
    make -n dist >"$WORK/out" 2>"$WORK/err" || true
    check "leaves lc and SHA256SUMS (its steps were printed, not run again)" says 'sha256sum lc > SHA256SUMS'
    CWD=$ROOT
    typed "sudo cp lc /usr/local/bin/"
    check "lc is found" is "$(PATH=/usr/local/bin lc --version 2>&1)" "$(./lc --version)"
    typed "sudo setcap cap_net_raw,cap_net_admin=eip /usr/local/bin/lc"
    if ! status_is 0; then
        skipped "$COMMAND" "this file system has no file capabilities: $(cat "$WORK/err")"
        return
    fi
    check "set" is "$(getcap /usr/local/bin/lc 2>/dev/null)" "/usr/local/bin/lc cap_net_admin,cap_net_raw=eip"
    install -d -o nobody "$WORK/nobody"
    chmod 711 "$WORK"
    CWD=$WORK/nobody
    begin nobody callee setpriv --reuid=65534 --regid=65534 --clear-groups --inh-caps=-all \
        /usr/local/bin/lc sniff voip -i any -o "$WORK/nobody" --count 1
    COMMAND="lc sniff voip (as nobody, after setcap)"
    await 5 capturing || true
    on caller ping -c 2 -i 0.3 -q "$CALLEE4" >/dev/null || true
    RC=0; finish nobody || RC=$?
    cp "$WORK/nobody.log" "$WORK/err"; cp "$WORK/nobody.log" "$WORK/out"
    check "captures without root" says '"captured":1,'
}

promise_replay() {
    CWD=$ROOT/testdata
    typed "lc sniff voip --read-file test-sip-tcp.pcap --tcp-performance-mode balanced"
    check "the call on stdout, status 0" says '"type":"call".*"state":"ended"'
    check "the ledger's sum is what was captured" says '"captured":246,'
    typed "lc sniff voip --read-file missing.pcap --tcp-performance-mode balanced"
    check "a missing file is an error, status $RC" status_is 66
    check "that says what, where and what to do" complains '^lc: cannot open the capture: no such file or directory: missing.pcap \(.*\)$'
    printf 'no capture' >"$WORK/nonsense.pcap"
    typed "lc sniff voip --read-file $WORK/nonsense.pcap"
    check "an unreadable one is an error, status $RC" status_is 65
}

promise_config() {
    CWD=/
    typed "lc show config"
    check "JSON of all that counts, defaults too" python3 -c '
import json, sys; shown = json.load(open(sys.argv[1]))
assert shown["config_file"] is None and shown["voip"]["max_goroutines"] == 1000' "$WORK/out"
    typed "lc show config -M memory"
    check "the mode is resolved" says '"max_goroutines": 100,'
    printf 'voip:\n  interface: [eth0]\n  output_dir: /var/lib/lippycat/pcap\n  retention_age: 30d\nlog_file: /var/log/lippycat/lippycat.log\n' \
        >/etc/lippycat/config.yaml
    chmod 600 /etc/lippycat/config.yaml
    typed "lc show config"
    check "/etc/lippycat/config.yaml (root:root, 600) is found without --config" says '"config_file": "/etc/lippycat/config.yaml"'
    printf 'voip:\n  tcp_memory_limit: 10MiB\n  max_gorutines: 5\n' >"$WORK/broken.yaml"
    typed "lc show config --config $WORK/broken.yaml"
    check "a broken configuration is status 78" status_is 78
    check "with file, line, key and the nearest valid key" complains "broken.yaml:3:3.*max_goroutines"
    printf 'voip:\n  interface: [eth0]\n  tcp_performance_mode: minimal\n' >/etc/lippycat/config.yaml.minimal
    typed "lc show config --config /etc/lippycat/config.yaml.minimal"
    check "read as YAML whatever its ending" says '"tcp_performance_mode": "memory"|"tcp_performance_mode": "minimal"'
}

# Open connections, each with the beginning of a SIP message: so many parsers are wanted.
sip_connections() { # COUNT
    begin server callee python3 -c "
import socket, threading, time
s = socket.create_server(('$CALLEE4', 5070), backlog=4096)
while True:
    c, _ = s.accept(); threading.Thread(target=lambda c=c: (c.recv(100), time.sleep(9)), daemon=True).start()"
    sleep 0.5
    on caller python3 -c "
import socket, sys, time
kept = []
for n in range(int(sys.argv[1])):
    c = socket.create_connection(('$CALLEE4', 5070))
    c.sendall(b'OPTIONS sip:a@b SIP/2.0\r\nCall-ID: %d\r\nContent-Length: 100\r\n' % n)
    kept.append(c)
time.sleep(.5)" "$1"
    halt server
}

promise_live() {
    local mode limit most evicted
    CWD=$WORK
    for mode in "memory 100" "throughput 2000"; do
        limit=${mode#* } mode=${mode% *}
        background "$mode" "/usr/local/bin/lc sniff voip --tcp-performance-mode $mode --max-goroutines $limit --config /dev/null --format json"
        await 5 capturing || true
        sip_connections 150
        calls_begin 1 10
        calls_end
        sleep 0.3
        most=$(awk '/VmHWM/ { print int($2 / 1024) }' "/proc/$PROCESS/status" 2>/dev/null || echo 9999)
        kill -TERM "$PROCESS"
        RC=0; finish "$mode" || RC=$?
        cp "$WORK/$mode.log" "$WORK/out"; : >"$WORK/err"
        evicted=$(grep -o '"tcp_parsers_evicted":[0-9]*' "$WORK/out" | cut -d: -f2 || true)
        check "captures on any: 10 calls ended" says '"calls":10,.*"ended":10'
        if [ "$mode" = memory ]; then
            check "150 connections had at most $limit parsers: ${evicted:-0} were ended for others" test "${evicted:-0}" -ge 50
        else
            check "150 connections had a parser each" test "${evicted:-0}" = 0
        fi
        check "at most $most MiB of memory, 500 is critical" test "$most" -lt 500
    done
}

# systemd's part is played by scripts/runbook.d/systemctl; the unit is the one of the runbook.
promise_service() {
    cat >"$RUNBOOK_UNIT" <<'U'
[Service]
Type=simple
ExecStart=/usr/local/bin/lc sniff voip --config /etc/lippycat/config.yaml
ExecReload=/bin/kill -HUP $MAINPID
Restart=always
U
    CWD=/
    typed "systemctl start lippycat"
    check "the service starts (systemctl is played)" await 10 capturing
    local process; process=$(systemctl show -p MainPID --value lippycat)
    calls_begin 8
    typed "ps aux | grep lc"
    check "the process is named lc" says '/usr/local/bin/lc sniff voip --config'
    typed 'pgrep -f "lc.*sniff"'
    check "found: $process" says "^$process\$"
    typed "systemctl is-active lippycat"
    check "active" says '^active$'
    typed "systemctl reload lippycat"
    check "logged as reloaded" await 5 grep -q "configuration reloaded" /var/log/lippycat/lippycat.log
    printf 'voip:\n  interfase: [eth0]\n' >"$WORK/invalid.yaml"
    cp /etc/lippycat/config.yaml "$WORK/good.yaml"
    cat "$WORK/invalid.yaml" >/etc/lippycat/config.yaml
    typed "systemctl reload lippycat"
    check "an invalid configuration is refused, the old one stays" await 5 grep -q "error config: configuration refused; the old one stays" \
        /var/log/lippycat/lippycat.log
    cat "$WORK/good.yaml" >/etc/lippycat/config.yaml
    if command -v logrotate >/dev/null; then
        printf '/var/log/lippycat/*.log {\n  rotate 3\n  postrotate\n    systemctl reload lippycat\n  endscript\n}\n' >"$WORK/logrotate"
        chmod 644 "$WORK/logrotate"
        typed "logrotate --force --state $WORK/logrotate.state $WORK/logrotate"
        check "lc writes into the new file, the old one is whole" await 5 grep -q "log reopened" /var/log/lippycat/lippycat.log
        check "the lines of before are in lippycat.log.1" grep -q "configuration refused" /var/log/lippycat/lippycat.log.1
    else
        skipped "logrotate --force" "there is no logrotate"
    fi
    # What is old goes while the capture runs, and nothing else.
    await 10 test -n "$(find /var/lib/lippycat/pcap -name '*.pcap' | head -1)" || true
    sleep 4
    local old; old=$(find /var/lib/lippycat/pcap -name '*.pcap' | sort | head -1)
    [ -z "$old" ] || touch -d "40 days ago" "$old"
    typed 'find /var/lib/lippycat/pcap -name "*.pcap" -mtime +30 -delete'
    check "the capture of 40 days ago is gone" test -n "$old" -a ! -e "$old"
    typed "systemctl is-active lippycat"
    check "and the capture goes on" says '^active$'
    calls_end
    promise_kill
    promise_logs
    typed "systemctl stop lippycat"
    check "SIGTERM ends it cleanly, status 0" is "$(systemctl show -p ExecMainStatus --value lippycat)" 0
    check "every file is closed" is "$(find /var/lib/lippycat/pcap -name '*.partial')" ""
    check "every file that a record names is there but the deleted one" python3 -c '
import json, os, sys
os.chdir("/var/lib/lippycat/pcap")
records = [json.loads(line) for line in open("calls.jsonl")]
assert sum(r["end_reason"] == "bye" for r in records) >= 40, len(records)
missing = {name for r in records for name in r["files"] if not os.path.exists(name)}
assert missing == {os.path.basename(sys.argv[1])}, missing' "$old"
}

# Restart=always after kill -9: the next start finishes what was left open.
promise_kill() {
    calls_begin 3 4
    sleep 1.8
    local process open; process=$(systemctl show -p MainPID --value lippycat)
    kill -KILL "$process"
    open=$(find /var/lib/lippycat/pcap -name '*.pcap.partial' ! -size 0 | wc -l)
    COMMAND="kill -9 (Restart=always)"
    again() { [ "$(systemctl show -p MainPID --value lippycat)" != "$process" ] && systemctl --quiet is-active lippycat && capturing; }
    check "started again" await 10 again
    check "the $open captures left open are finished" await 10 sh -c "[ \$(grep -c '\"end_reason\":\"recovered\"' /var/lib/lippycat/pcap/calls.jsonl) -ge $open ]"
    calls_end
}

promise_logs() {
    # Lines that the greps of the runbook are for: a memory budget that is too small, and SIP over TCP that cannot be put together.
    sed 's/^voip:/voip:\n  memory_budget: 16MiB\n  tcp_memory_limit: 64KiB/' "$WORK/good.yaml" >/etc/lippycat/config.yaml
    typed "systemctl reload lippycat"
    sip_connections 150
    await 15 grep -qi "memory.*budget" /var/log/lippycat/lippycat.log || true
    await 15 grep -qi " tcp: " /var/log/lippycat/lippycat.log || true
    CWD=/var/log/lippycat
    typed 'grep -i memory lippycat.log | grep -i warn'
    check "the component memory warns" says ' memory: .*budget'
    typed 'grep -i "tcp.*error" lippycat.log'
    check "trouble with SIP over TCP" says ' tcp: '
    typed "awk '{print \$4}' lippycat.log | sort | uniq -c"
    check "the fourth word is the component" says '^ *[0-9]+ config:$'
    cat "$WORK/good.yaml" >/etc/lippycat/config.yaml
    CWD=/
    if [ $has_journal = yes ]; then
        typed "journalctl -u lippycat --no-pager"
        check "the journal has the service's lines (a real journald)" says 'log reopened'
        typed "journalctl -u lippycat --no-pager --priority=err"
        check "errors are errors there" says 'configuration refused'
        check "and nothing else is" sh -c "! grep -q 'log reopened' $WORK/out"
    else
        skipped "journalctl --priority=err" "there is no journald"
    fi
}

promise_archive() {
    local file
    CWD=/var/lib/lippycat/pcap
    typed 'find /var/lib/lippycat/pcap -name "*.pcap" -exec file {} \;'
    check "file knows every one as a capture" sh -c "[ -s $WORK/out ] && ! grep -v 'pcap capture file' $WORK/out"
    COMMAND="tcpdump -r corrupted.pcap -w recovered.pcap"
    for file in *.pcap /var/lib/lippycat/pcap/*.pcap; do
        [ -e "$file" ] || continue
        tcpdump -n -r "$file" -w "$WORK/recovered.pcap" 2>"$WORK/err" >"$WORK/out" || { bad "tcpdump cannot read ${file##*/}"; return; }
        tcpdump -n -r "$file" -w - 2>/dev/null | cmp -s - "$WORK/recovered.pcap" || { bad "${file##*/} is damaged"; return; }
    done
    ok "never needed: every capture reads to its end, after a kill -9 too"
}
