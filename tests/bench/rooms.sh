#!/usr/bin/env bash
# rooms.sh SOCKEYE [SECONDS]: what the window's frames cost while 1,000 npm clients in 200 rooms join, leave and
# emit, seen in the Rooms pane, then in the Clients pane: median and worst work of a frame, in ms of CPU. Needs Xvfb,
# openbox, xdotool, python3-gi and the npm packages of tests/peers. Budget (DESIGN.md): none over 33 ms.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
sockeye=$(realpath "$1")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
# shellcheck disable=SC2046
cc -O2 -shared -fPIC "$here/first-frame.c" -o "$tmp/frames.so" $(pkg-config --cflags --libs gtk4) -ldl
SOCKEYE=$sockeye FRAMES_SO=$tmp/frames.so SECONDS_EACH=${2:-10} GSK_RENDERER=cairo PYTHONDONTWRITEBYTECODE=1 \
  XTIMEOUT=300 "$here/../ui/xrun.sh" /usr/bin/python3 "$here/rooms.py"
