#!/usr/bin/env bash
# decode.sh: Socket.IO events of 100 bytes a second through our stack, and through the npm packages that a client
# decodes with, in turn on this machine; then the ratio. Needs what ./tests/run.sh installs.
set -eu
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
build=${BUILD:-$(mktemp -d)}
[ -f "$build/build.ninja" ] || meson setup --buildtype=release "$build" "$here/../.." >/dev/null
ninja -C "$build" tests/bench-decode >/dev/null

best ()    # of five: the others say what else the machine was doing
{
  for _ in 1 2 3 4 5; do "$@"; done | sort -n | tail -n 1
}
ours=$(best "$build/tests/bench-decode")
theirs=$(best node "$here/decode.mjs")
awk -v o="$ours" -v t="$theirs" 'BEGIN { printf "sockeye %d events/s, npm %d events/s, ratio %.1f\n", o, t, o / t }'
