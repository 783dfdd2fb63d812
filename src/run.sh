#!/usr/bin/env bash
# ./src/run.sh [OPTION…] [ADDRESS or FILE…]: installs what the build needs, builds, and starts Sockeye.
# Where there is no screen it starts on one of its own and takes a picture: build/screenshot.png.
#   --demo            begins with a server and clients that chat in rooms
#   --new-connection  begins with the address of a new connection
#   --new-host        begins with setting up a server
set -eu
for word in "$@"; do
  case $word in
    -h | --help) sed -n '2,6s/^# \?//p' "${BASH_SOURCE[0]}"; exit ;;
    --demo | --new-connection | --new-host) ;;
    -*) printf 'Unknown option %s; --help tells them all.\n' "$word" >&2; exit 2 ;;
  esac
done
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$top/src/packages.sh"
build=$top/build log=

fail ()
{
  [ -z "$log" ] || tail -n 60 "$log" >&2
  printf '%s\n' "$1" >&2
  exit 1
}

need_to_build || fail 'Sockeye cannot be built without these.'

log=$(mktemp)
trap 'rm -f "$log"' EXIT
[ -f "$build/build.ninja" ] ||
  meson setup "$build" "$top" >"$log" 2>&1 || fail 'Could not configure the build.'
# Only what is started: the tests are as much again.
ninja -C "$build" src/ui/sockeye data/gschemas.compiled >"$log" 2>&1 || fail 'Could not build.'
rm -f "$log"
log=

# Run from the build folder: its schema, not an installed one.
[ ! -f "$build/data/gschemas.compiled" ] || export GSETTINGS_SCHEMA_DIR=$build/data
sockeye=$build/src/ui/sockeye

if [ -n "${DISPLAY:-}${WAYLAND_DISPLAY:-}" ]; then
  exec "$sockeye" "$@"
fi
if have apt-get; then
  need $screen_packages || fail 'There is no screen, and no way to make one.'
fi
[ $# -gt 0 ] || set -- --demo
export GSK_RENDERER=cairo
"$top/tests/ui/xrun.sh" "$top/tests/ui/shot.sh" "$build/screenshot.png" "$sockeye" "$@"
printf 'There is no screen here, so this is a picture: %s\n' "$build/screenshot.png"
