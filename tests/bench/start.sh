#!/usr/bin/env bash
# start.sh [RUNS]: start to first painted frame, and the memory of the idle window, against the budgets.
# Build first (./src/run.sh); needs what ./tests/run.sh installs. Exits 1 when a budget is not kept.
set -eu
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$here/../.." && pwd)
sockeye=${SOCKEYE:-$top/build/src/ui/sockeye}
runs=${1:-7} frame_budget_ms=350 memory_budget_kib=$((90 * 1000 * 1000 / 1024))

if [ "${START_UNDER_X:-}" != yes ]; then
  [ -x "$sockeye" ] || { echo "No $sockeye: build it first." >&2; exit 2; }
  export START_UNDER_X=yes GSK_RENDERER=cairo
  exec "$top/tests/ui/xrun.sh" "$here/start.sh" "$@"
fi

tmp=$(mktemp -d)    # LD_PRELOAD knows no spaces
app=
trap '[ -z "$app" ] || kill $app 2>/dev/null; rm -rf "$tmp"' EXIT
# shellcheck disable=SC2046
cc -shared -fPIC -O2 -o "$tmp/first-frame.so" "$here/first-frame.c" $(pkg-config --cflags --libs gtk4) -ldl
[ ! -f "$top/build/data/gschemas.compiled" ] || export GSETTINGS_SCHEMA_DIR=$top/build/data

for run in $(seq 0 "$runs"); do    # run 0 warms the disk's cache
  LD_PRELOAD=$tmp/first-frame.so "$sockeye" 2>"$tmp/err" & app=$!
  for _ in $(seq 200); do
    grep -q FIRST_FRAME_MS "$tmp/err" && break
    kill -0 $app 2>/dev/null || break
    sleep .05
  done
  grep -q FIRST_FRAME_MS "$tmp/err" || { cat "$tmp/err" >&2; echo 'No frame was painted.' >&2; exit 1; }
  sleep 2    # idle by now
  pss=$(awk '$1 == "Pss:" { print $2 }' "/proc/$app/smaps_rollup")
  kill $app
  wait $app 2>/dev/null || true
  app=
  [ "$run" = 0 ] || echo "$(awk '$1 == "FIRST_FRAME_MS" { print $2 }' "$tmp/err") $pss" >>"$tmp/runs"
done

median ()
{
  cut -d' ' -f"$1" "$tmp/runs" | sort -n | awk '{ v[NR] = $1 } END { print v[int ((NR + 1) / 2)] }'
}

awk -v ms="$(median 1)" -v ms_max=$frame_budget_ms -v kib="$(median 2)" -v kib_max="$memory_budget_kib" -v n="$runs" '
  function verdict (good) { return good ? "within" : "OVER" }
  BEGIN {
    printf "start to first frame   %6.0f ms   %s the budget of %d ms   (median of %d)\n", ms, verdict (ms <= ms_max), ms_max, n
    printf "idle window, PSS       %6.1f MB   %s the budget of %.0f MB\n", kib * 1.024 / 1000, verdict (kib <= kib_max), kib_max * 1.024 / 1000
    exit !(ms <= ms_max && kib <= kib_max)
  }'
