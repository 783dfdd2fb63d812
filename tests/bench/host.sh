#!/usr/bin/env bash
# host.sh [PHASE…]: what a Socket.IO server costs, ours while it records and plays rules, and the npm one, in turn
# under the same load on this machine; then the ratio. host.c says what the phases are. Needs what ./tests/run.sh
# installs.
set -eu
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tmp=$(mktemp -d)
build=${BUILD:-$tmp/build}
server=
trap '[ -z "$server" ] || kill $server 2>/dev/null; rm -rf "$tmp"' EXIT
[ -f "$build/build.ninja" ] || meson setup --buildtype=release "$build" "$here/../.." >/dev/null
ninja -C "$build" src/cli/sockeye-cli tests/bench-host >/dev/null
ulimit -n "$(ulimit -Hn)"

ours ()
{
  exec "$build/src/cli/sockeye-cli" host --quiet --json --port=0 --max-connections=10000 --rules="$here/host.json" \
    --capture="$tmp/capture.pcapng"
}

theirs ()
{
  exec node --expose-gc "$here/host.mjs"
}

# measure PHASE SERVER [SIGNAL]: the server is a new one
measure ()
{
  local port=

  "$2" >"$tmp/$2" 2>"$tmp/err" & server=$!
  for _ in $(seq 100); do
    port=$(grep -oE '(^|:)[0-9]{4,5}\b' "$tmp/$2" | head -n 1 | tr -d :) || true
    [ -z "$port" ] || break
    sleep .1
  done
  "$build/tests/bench-host" "$1" "$port" "$server" ${3:-} || { cat "$tmp/err" >&2; exit 1; }
  kill $server
  wait $server 2>/dev/null || true
  server=
}

row ()
{
  printf '%-28s' "$2"
  o=$(measure "$1" ours) t=$(measure "$1" theirs 12)
  awk -v o="$o" -v t="$t" -v unit="$3" 'BEGIN { printf "sockeye %8.1f %s   npm %8.1f %s   ratio %.2f\n", o, unit, t, unit, o / t }'
}

for phase in ${*:-acks room crowd idle joins}; do
  case $phase in
    acks) row acks 'CPU, event with ack' 'µs' ;;
    room) row room 'CPU, delivery to 1,000' 'µs' ;;
    crowd) row crowd '… when ten talk at once' 'µs' ;;
    idle) row idle 'memory, idle connection' 'B' ;;
    joins) row joins 'CPU, join and leave' 'µs' ;;
  esac
done
