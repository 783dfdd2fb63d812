#!/usr/bin/env bash
# shots.sh OUT_DIR [NAME…]: the standard pictures, for people to judge: start, event, polling, handshakes, waiting,
# handshake, composer, problem, host, rooms, clients and rules, each at 1280×800 and 900×600, light and dark.
# SIZES='1000x700' makes others: those of data/screenshots/store-*. SOCKEYE is the program (build/src/ui/sockeye).
set -u
here=$(cd "$(dirname "$0")" && pwd)
[ $# -ge 1 ] || { sed -n '2,4s/^# *//p' "$0"; exit 2; }
mkdir -p "$1" || exit 1
out=$(cd "$1" && pwd) failed=0
shift
export SOCKEYE=${SOCKEYE:-$here/../../build/src/ui/sockeye} GSK_RENDERER=cairo PYTHONDONTWRITEBYTECODE=1 PYTHONWARNINGS=ignore

for size in ${SIZES:-1280x800 900x600}; do
  for look in light dark; do
    GTK_THEME=$([ $look = light ] && echo Adwaita || echo Adwaita:dark) XSIZE=$size \
      "$here/xrun.sh" /usr/bin/python3 "$here/shots.py" "$out" "$size-$look" "$@" || failed=1
  done
done
exit $failed
