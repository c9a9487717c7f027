# Sourced by scripts/deb-test: what an installation does, and that the program works where no Swift is.

# All files but those that every installation and every start of a system changes.
everything() {
    (cd "$root" && find . -xdev \( -path ./proc -o -path ./dev -o -path ./tmp -o -path ./run -o -path ./var/cache -o -path ./var/log \
        -o -path ./var/lib/apt -o -path ./var/lib/dpkg -o -path ./var/lib/systemd -o -path ./var/lib/dbus \
        -o -path ./var/lib/logrotate \) -prune -o -print | sort)
}

inside apt-get -q update >"$work/apt.log" 2>&1 || { cat "$work/apt.log" >&2; fail "apt-get update in the root"; }
# What the package depends on and recommends comes first, so that what the package itself leaves can be told apart.
inside apt-get -q -y install libpcap0.8 zlib1g logrotate file procps >>"$work/apt.log" 2>&1 || { cat "$work/apt.log" >&2; fail "apt-get"; }
everything >"$work/before"
accounts_before=$(cat "$root/etc/passwd" "$root/etc/group")

cp "$package" "$root/var/cache/lippycat.deb"
inside apt-get -q -y install /var/cache/lippycat.deb >"$work/install.log" 2>&1 ||
    { cat "$work/install.log" >&2; fail "the package does not install"; }
same "installed" "install ok installed" "$(inside dpkg-query -W -f '${Status}' lippycat)"
check "no word of a problem at the installation" \
    test -z "$(grep -iE 'warning|error|fail|cannot' "$work/install.log")"

# The account
entry=$(grep ^lippycat: "$root/etc/passwd")
user=$(cut -d: -f3 <<<"$entry") group=$(cut -d: -f4 <<<"$entry")
check "a system account" test "$user" -lt 1000
same "its home and shell" "/var/lib/lippycat:/usr/sbin/nologin" "$(cut -d: -f6- <<<"$entry")"
check "no password" grep -qE '^lippycat:!' "$root/etc/shadow"
same "no other groups" "$group" "$(inside id -G lippycat | tr ' ' '\n' | sort -u)"
owned() { (cd "$root" && find . -xdev \( -user "$user" -o -group "$group" \) -printf '%M %u:%g %p\n' | sed "s/ [^ ]* / /" | sort -k2); }
same "what the account owns" "drwxr-x--- ./var/lib/lippycat
drwxr-x--- ./var/lib/lippycat/pcap
drwxr-x--- ./var/log/lippycat
-rw-r----- ./var/log/lippycat/audit.log
-rw-r----- ./var/log/lippycat/lippycat.log" "$(owned)"
same "the configuration is root's alone" "600 0:0" "$(stat -c '%a %u:%g' "$root/etc/lippycat/config.yaml")"
check "nothing set-user-ID, nothing with capabilities, nothing writable for all" test -z "$(cd "$root" &&
    inside dpkg -L lippycat | while read -r file; do
        [ -f "$root$file" ] || continue
        find "$root$file" -perm /6002
        PATH=$PATH:/usr/sbin getcap "$root$file" 2>/dev/null
    done)"
same "the unit is installed and not enabled" disabled "$(inside systemctl is-enabled lippycat.service 2>/dev/null || true)"

# The program
check "no Swift in the root" test ! -e "$root/usr/lib/swift" -a ! -e "$root/opt/swift"
check "every shared library is there" test -z "$(inside ldd /usr/bin/lc | grep 'not found')"
same "version" "$(./lc --version)" "$(inside lc --version)"
for capture in testdata/sipp/udp/capture.pcap testdata/test-sip-tcp.pcap; do
    cp "$capture" "$root/tmp/capture.pcap"
    inside lc sniff voip -q -r /tmp/capture.pcap -o /tmp/replayed
    ./lc sniff voip -q -r "$capture" -o "$work/replayed"
    check "$capture: the same calls, files and figures as here" diff -r "$work/replayed" "$root/tmp/replayed" -x '.*'
    check "$capture: has calls" test -s "$work/replayed/calls.jsonl"
    rm -rf "$work/replayed" "$root/tmp/replayed"
done

# The configuration
inside lc show config --config /etc/lippycat/config.yaml >"$work/config.json" || fail "the packaged configuration is invalid"
same "what the packaged configuration says" "/var/log/lippycat/lippycat.log /var/log/lippycat/audit.log /var/lib/lippycat/pcap" \
    "$(python3 -c 'import json, sys
c = json.load(open(sys.argv[1]))
print(c["log_file"], c["audit_log"], c["voip"]["output_dir"])' "$work/config.json")"
check "logrotate takes its file" inside logrotate --debug /etc/logrotate.d/lippycat 2>"$work/logrotate.log"
check "logrotate has no complaint" test -z "$(grep -i error "$work/logrotate.log")"

# The unit
verified=$(MANPATH=$root/usr/share/man systemd-analyze verify --root="$root" lippycat.service 2>&1) || true
same "systemd-analyze verify is silent" "" "$verified"
# Changed on purpose only, and then in docs/packaging.md too.
exposure=$(systemd-analyze security --offline=yes --root="$root" lippycat.service 2>/dev/null |
    sed -n 's/.*exposure level for lippycat.service: \([0-9.]*\).*/\1/p')
same "the exposure that docs/packaging.md states" \
    "$(sed -n 's/.*exposure level \*\*\([0-9.]*\)\*\*.*/\1/p' docs/packaging.md)" "$exposure"

# Shells
check "bash reads its completion" bash -n "$root/usr/share/bash-completion/completions/lc"
for shell in zsh:/usr/share/zsh/vendor-completions/_lc fish:/usr/share/fish/vendor_completions.d/lc.fish; do
    if command -v "${shell%%:*}" >/dev/null; then
        check "${shell%%:*} reads its completion" "${shell%%:*}" -n "$root${shell#*:}"
    else
        echo "deb-test: NOT RUN: ${shell%%:*} is not here to read its completion"
    fi
done
