# What the checks share. Sourced, not run.
#
# From the environment, where a machine is not as the package leaves it: LIPPYCAT_CONFIG (the configuration), LIPPYCAT_UNIT (the
# unit's name), LC (the program).
LC=${LC:-lc}
UNIT=${LIPPYCAT_UNIT:-lippycat}
if [ -z "${LIPPYCAT_CONFIG:-}" ]; then
    LIPPYCAT_CONFIG=/etc/lippycat/config.yaml
    [ -e $LIPPYCAT_CONFIG ] || LIPPYCAT_CONFIG=/etc/lippycat/config.yaml
fi

worst=0
ok() { printf 'ok        %s\n' "$1"; }
warning() { printf 'WARNING   %s\n' "$1"; [ $worst -ge 1 ] || worst=1; }
critical() { printf 'CRITICAL  %s\n' "$1"; worst=2; }
note() { printf '          %s\n' "$1"; }

effective=$("$LC" show config --config "$LIPPYCAT_CONFIG" 2>&1) || { critical "the configuration is wrong: $effective"; effective=; }
# setting KEY: its effective value, empty when it is null.
setting() { sed -n 's/^ *"'"$1"'": "\{0,1\}\([^"]*\)"\{0,1\},\{0,1\}$/\1/p' <<<"$effective" | sed 's/,$//; s/^null$//' | head -1; }
ARCHIVE=$(setting output_dir)
LOG=$(setting log_file)

# Lines of the log, rotated ones too, of the last DAYS days: its dates are UTC and sort as text.
log_lines() { # DAYS
    local since; since=$(date -u -d "$1 days ago" '+%Y-%m-%d %H:%M:%S')
    [ -n "$LOG" ] || return 0
    { find "$(dirname "$LOG")" -maxdepth 1 -name "$(basename "$LOG").*.gz" -mtime "-$(($1 + 1))" -exec gzip -dc {} + 2>/dev/null
      find "$(dirname "$LOG")" -maxdepth 1 -name "$(basename "$LOG")*" ! -name '*.gz' -mtime "-$(($1 + 1))" -exec cat {} + 2>/dev/null
    } | awk -v since="$since" '$1 " " $2 >= since && $3 ~ /^(trace|debug|info|notice|warning|error|critical)$/'
}
# Lines of call records that began in the last DAYS days.
records() { # DAYS
    local since; since=$(date -u -d "$1 days ago" '+%Y-%m-%dT%H:%M:%S')
    [ -d "${ARCHIVE:-}" ] || return 0
    find "$ARCHIVE" -maxdepth 1 -name 'calls*.jsonl' -mtime "-$(($1 + 1))" -exec cat {} + |
        awk -v since="$since" 'match($0, /"start_time":"[^"]*/) && substr($0, RSTART + 14, 19) >= since'
}
service_process() {
    local pid=
    if command -v systemctl >/dev/null; then pid=$(systemctl show -p MainPID --value "$UNIT" 2>/dev/null || true); fi
    [ -n "$pid" ] && [ "$pid" != 0 ] || pid=$(pgrep -x lc -o || true)
    [ -z "$pid" ] || [ "$pid" = 0 ] || echo "$pid"
}
finished_captures() { find "$ARCHIVE" \( -name '*.pcap' -o -name '*.pcap.gz' -o -name '*.pcap.enc' \) "$@"; }
finish() {
    case $worst in
        0) echo "everything is well" ;;
        1) echo "there are warnings" ;;
        *) echo "something is CRITICAL" ;;
    esac
    exit $worst
}
