#!/usr/bin/env bash
# shot.sh PNG CMD…: runs CMD until its window is painted, takes a picture of the screen, ends it.
# SETTLE=2: seconds between the first paint and the picture. Run it under xrun.sh.
set -u
png=$1
shift
"$@" & app=$!
trap 'kill $app 2>/dev/null; wait $app 2>/dev/null' EXIT

# A bare screen has a handful of colours; text alone, with its soft edges, brings more.
colours=0
for _ in $(seq 150); do
  kill -0 $app 2>/dev/null || { wait $app; echo "It ended before it was painted (status $?)." >&2; exit 1; }
  import -silent -window root "$png" 2>/dev/null && colours=$(identify -format %k "$png")
  [ "${colours:-0}" -gt 64 ] && break
  sleep .2
done
[ "${colours:-0}" -gt 64 ] || { echo "Nothing was painted within 30 seconds." >&2; exit 1; }
sleep "${SETTLE:-2}"
import -silent -window root "$png"
