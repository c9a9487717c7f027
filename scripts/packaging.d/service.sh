# Sourced by scripts/deb-test: the service under a systemd that runs in the root, in namespaces of its own.

booted=
umount "$root/proc" "$root/dev"
# In a session of its own and without a terminal, so that nothing of it reaches ours.
setsid systemd-nspawn --quiet --register=no --keep-unit --private-network --machine=lippycat-test -D "$root" -b \
    >"$work/boot.log" 2>&1 </dev/null &
container=$!
for _ in $(seq 150); do
    init=$(pgrep -P "$container" | head -1 || true)
    state=$([ -z "$init" ] || nsenter -t "$init" -a systemctl is-system-running 2>/dev/null || true)
    case $state in running | degraded) booted=yes; break ;; esac
    kill -0 "$container" 2>/dev/null || break
    sleep 0.2
done

if [ -z "$booted" ]; then
    echo "deb-test: NOT RUN: systemd does not boot in namespaces here; the service was not started"
    tail -5 "$work/boot.log"
    kill -KILL ${init:+"$init"} "$container" 2>/dev/null || true
    wait "$container" 2>/dev/null || true
    container=
else
    inside() {
        nsenter -t "$init" -a -- /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"
    }
    shown() { inside systemctl show -P "$1" lippycat.service; }
    journal() { inside journalctl -q --no-pager -o cat -u lippycat.service "$@"; }
    # until_true SECONDS WHAT COMMAND…
    until_true() {
        local tries=$(($1 * 5)) what=$2
        shift 2
        for _ in $(seq "$tries"); do "$@" && { ok "$what"; return; }; sleep 0.2; done
        journal | tail -20 >&2
        fail "$what"
    }
    is() { [ "$(shown "$1")" = "$2" ]; }
    config=$root/etc/lippycat/config.yaml
    calls=$root/var/lib/lippycat/pcap
    log=$root/var/log/lippycat/lippycat.log

    inside systemctl start lippycat.service || { journal >&2; fail "the service does not start"; }
    same "active" active "$(shown ActiveState)"
    main=$(shown MainPID)
    status=$(inside cat "/proc/$main/status")
    field() { sed -n "s/^$1:[[:space:]]*//p" <<<"$status" | tr '\t' ' ' | sed 's/ *$//'; }
    same "runs as its own user" "$user $user $user $user" "$(field Uid)"
    # CAP_NET_RAW is number 13.
    same "has CAP_NET_RAW and nothing else" "0000000000002000 0000000000002000 0000000000002000 0000000000000000" \
        "$(field CapPrm) $(field CapEff) $(field CapBnd) $(field CapAmb)"
    same "no new privileges, system calls filtered" "1 2" "$(field NoNewPrivs) $(field Seccomp)"
    check "may not read root's configuration" \
        inside sh -c '! setpriv --reuid=lippycat --regid=lippycat --init-groups cat /etc/lippycat/config.yaml 2>/dev/null'
    same "has a copy that nobody else may read" "600 lippycat:lippycat" "$(inside stat -c '%a %U:%G' /run/lippycat/lippycat.yaml)"
    same "its directory is not everybody's" "750 lippycat:lippycat" "$(inside stat -c '%a %U:%G' /run/lippycat)"

    # Calls
    nsenter -t "$init" -n ip link add v0 type veth peer name v1
    nsenter -t "$init" -n ip link set v0 up
    nsenter -t "$init" -n ip link set v1 up
    sleep 0.5
    nsenter -t "$init" -n scripts/packaging.d/send-capture testdata/sipp/udp/capture.pcap v0 4
    three_calls() { [ "$(grep -c '"state":"ended","end_reason":"bye"' "$calls/calls.jsonl")" = 3 ]; }
    until_true 20 "three calls recorded under the sandbox" three_calls
    all_finished() { [ "$(ls "$calls"/*.pcap 2>/dev/null | wc -l)" = 3 ] && ! ls "$calls"/*.partial >/dev/null 2>&1; }
    until_true 20 "three captures finished" all_finished
    same "captures are the account's alone" "600 $user:$group" "$(stat -c '%a %u:%g' "$calls"/*.pcap | sort -u)"

    # Status
    if grep -q '^status_listen:' "$config"; then
        ask() { nsenter -t "$init" -n python3 -c 'import sys, urllib.request
sys.stdout.write(urllib.request.urlopen("http://127.0.0.1:9464" + sys.argv[1], timeout=5).read().decode())' "$1"; }
        check "ready, over HTTP on loopback" grep -q '"ready":true' <(ask /ready)
        check "promtool has no complaint about the metrics" promtool check metrics < <(ask /metrics) >/dev/null
        same "the metrics know the three calls" 'lippycat_calls_ended_total{state="ended"} 3' \
            "$(ask /metrics | grep 'calls_ended_total{state="ended"}')"
        same "listens on loopback only" "0100007F:24F8" \
            "$(nsenter -t "$init" -n cat /proc/net/tcp /proc/net/tcp6 | awk '$4 == "0A" { print $2 }')"
        same "its socket is for the group" "660 lippycat:lippycat" "$(inside stat -c '%a %U:%G' /run/lippycat/lc.sock)"
        check "lc show status asks there" grep -q '"status": "healthy"' <(inside lc show status)
        check "which nobody else may" inside sh -c '! setpriv --reuid=65534 --regid=65534 --clear-groups lc show status 2>/dev/null'
        check "members of the group may" inside sh -c \
            "setpriv --reuid=65534 --regid=65534 --groups=$group --inh-caps=-all lc show status >/dev/null"
    fi

    # The daily look, where there is one: what it finds at a new machine may be warnings, but it has to find the service.
    if [ -x "$root/usr/libexec/lippycat/daily-check" ]; then
        inside /usr/libexec/lippycat/daily-check >"$work/daily" 2>&1 && status=0 || status=$?
        check "the daily check works (status $status)" test "$status" -le 1
        check "and finds the service" grep -q 'the service runs' "$work/daily"
    fi

    # Reload
    echo "  max_calls: 777" >>"$config"
    check "a changed configuration is reloaded" inside systemctl reload lippycat.service
    until_true 5 "and taken over" grep -q 'voip.max_calls changed' "$log"
    same "by the same process" "$main" "$(shown MainPID)"
    sed -i 's/  max_calls: 777/  max_call: 777/' "$config"
    check "an invalid one makes the reload fail" inside sh -c '! systemctl reload lippycat.service 2>/dev/null'
    check "with the reason, the file and the line in the journal" \
        grep -qE "unknown key 'voip.max_call': /etc/lippycat/config.yaml:[0-9]+" <(journal)
    until_true 5 "while the service goes on" is ActiveState active
    same "as the same process" "$main" "$(shown MainPID)"

    # Logs, with that invalid configuration still there
    inside logrotate --force /etc/logrotate.d/lippycat 2>/dev/null || true
    check "logrotate has put the old log aside" test -s "$log.1"
    until_true 5 "and lc writes into the new one" test -s "$log"
    same "which is the account's" "640 $user:$group" "$(stat -c '%a %u:%g' "$log")"
    same "the journal has priorities" 0 "$(journal -p warning SYSLOG_IDENTIFIER=lc _PID="$main" | grep -c 'log reopened' || true)"

    # Statuses that trying again does not change
    inside systemctl restart lippycat.service 2>/dev/null && fail "an invalid configuration starts"
    sleep 6
    same "a configuration error is not tried again" "failed 78 0" "$(shown ActiveState) $(shown ExecMainStatus) $(shown NRestarts)"
    sed -i '/max_call: 777/d' "$config"

    # A key that stays root's, a hook, and a short watchdog
    (umask 077; openssl rand -hex 32 >"$root/etc/lippycat/archive.key")
    mkdir -p "$root/etc/systemd/system/lippycat.service.d"
    printf '[Service]\nLoadCredential=archive.key:/etc/lippycat/archive.key\nWatchdogSec=3s\nRestartSec=200ms\n' \
        >"$root/etc/systemd/system/lippycat.service.d/test.conf"
    {
        echo "  compress: gzip"
        echo "  encrypt_key_file: /run/credentials/lippycat.service/archive.key"
        echo "  pcap_command: /usr/bin/cp %pcap% /run/lippycat/announced"
    } >>"$config"
    inside systemctl daemon-reload
    check "starts with a credential" inside systemctl restart lippycat.service
    nsenter -t "$init" -n scripts/packaging.d/send-capture testdata/sipp/udp/capture.pcap v0 4
    sealed() { [ "$(ls "$calls"/*.pcap.gz.enc 2>/dev/null | wc -l)" = 3 ]; }
    until_true 20 "captures are encrypted with it" sealed
    until_true 10 "a command runs in the sandbox" inside test -s /run/lippycat/announced
    mkdir "$work/plain"
    check "and can be decrypted" ./lc decrypt --key-file "$root/etc/lippycat/archive.key" -o "$work/plain" "$calls"/*.enc >/dev/null
    main=$(shown MainPID)
    inside systemctl kill --signal=STOP --kill-who=main lippycat.service
    restarted() { is ActiveState active && is NRestarts 1; }
    until_true 15 "a process that stands still is started anew by the watchdog" restarted
    check "as another one" test "$(shown MainPID)" != "$main"

    # An upgrade
    main=$(shown MainPID)
    inside apt-get -q -y --reinstall install /var/cache/lippycat.deb >"$work/apt.log" 2>&1 || { cat "$work/apt.log" >&2; fail "reinstalling"; }
    until_true 10 "an upgrade restarts the running service" is ActiveState active
    check "with the new program" test "$(shown MainPID)" != "$main"
    check "and keeps the edited configuration" grep -q 'compress: gzip' "$config"

    # The end
    check "stops" inside systemctl stop lippycat.service
    same "by itself, with every file finished" "success 0" "$(shown Result) $(shown ExecMainStatus)"
    check "no leftover" test -z "$(ls "$calls" | grep partial)"
    check "nothing in /run" inside test ! -e /run/lippycat
    same "the account owns nothing outside of its three directories" "" \
        "$(owned | grep -vE ' \./var/(lib|log)/lippycat(/|$)' || true)"

    rm -r "$root/etc/systemd/system/lippycat.service.d" "$root/etc/lippycat/archive.key"
    inside systemctl poweroff
    wait "$container" 2>/dev/null || true
    container= init=
    unset -f inside
fi
inside() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }
mount --bind /proc "$root/proc"
mount --bind /dev "$root/dev"
