# Sourced by scripts/deb-test: what removing and purging leave.

rm -rf "$root"/var/lib/lippycat/pcap/* "$root"/var/lib/lippycat/pcap/.[a-z]*
: >"$root/var/lib/lippycat/pcap/20260102_030405_kept.pcap"
chown "$user:$group" "$root/var/lib/lippycat/pcap/20260102_030405_kept.pcap"
apt_quietly() {
    inside apt-get -q -y "$@" >"$work/apt.log" 2>&1 || { cat "$work/apt.log" >&2; fail "apt-get $*"; }
}
apt_quietly remove lippycat
check "removing leaves the configuration" test -f "$root/etc/lippycat/config.yaml"
check "removing takes the program" test ! -e "$root/usr/bin/lc"
apt_quietly purge lippycat
same "purging leaves archives, and who owns them" "./var/lib/lippycat
./var/lib/lippycat/pcap
./var/lib/lippycat/pcap/20260102_030405_kept.pcap" \
    "$(comm -13 "$work/before" <(everything))"
check "the account that owns them stays" inside getent passwd lippycat >/dev/null
check "no log stays" test ! -e "$root/var/log/lippycat"

# Again, and without an archive.
rm -rf "$root/var/lib/lippycat"
apt_quietly install /var/cache/lippycat.deb
apt_quietly purge lippycat
same "without an archive purging leaves nothing" "" "$(comm -13 "$work/before" <(everything))"
same "nor an account" "$accounts_before" "$(cat "$root/etc/passwd" "$root/etc/group")"
