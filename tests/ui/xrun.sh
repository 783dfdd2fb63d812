#!/usr/bin/env bash
# xrun.sh CMD…: a private X server, window manager and session bus, then CMD on them, for at most
# XTIMEOUT seconds (120). Xvfb chooses a free display itself; all is ended by pid.
# XSIZE=1280x800 is the screen's size.
set -u
here=$(cd "$(dirname "$0")" && pwd)
tmp=$(mktemp -d) x='' wm='' bus=''

finish ()
{
  # shellcheck disable=SC2086
  kill $bus $wm $x 2>/dev/null
  wait 2>/dev/null
  # A portal may have mounted a file system at run/doc: unmount it, never remove through it.
  fusermount3 -uz "$tmp/run/doc" 2>/dev/null
  rm -rf --one-file-system "$tmp"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

export XDG_RUNTIME_DIR=$tmp/run XDG_CONFIG_HOME=$tmp/config XDG_DATA_HOME=$tmp/data XDG_CACHE_HOME=$tmp/cache
export XDG_STATE_HOME=$tmp/state GSETTINGS_BACKEND=keyfile
mkdir -m 0700 "$XDG_RUNTIME_DIR"
mkdir "$XDG_CONFIG_HOME" "$XDG_DATA_HOME" "$XDG_CACHE_HOME" "$XDG_STATE_HOME"
: >"$tmp/display"
Xvfb -displayfd 7 -screen 0 "${XSIZE:-1280x800}x24" -nolisten tcp -noreset +extension RANDR +extension GLX \
  7>"$tmp/display" >"$tmp/xvfb.log" 2>&1 & x=$!
for _ in $(seq 200); do
  [ -s "$tmp/display" ] && break
  sleep .05
done
if ! [ -s "$tmp/display" ]; then
  cat "$tmp/xvfb.log" >&2
  exit 99
fi
DISPLAY=:$(tr -d '\n' <"$tmp/display")
export DISPLAY GDK_BACKEND=x11
unset WAYLAND_DISPLAY DBUS_SESSION_BUS_ADDRESS NO_AT_BRIDGE
openbox --sm-disable --config-file "$here/openbox.xml" --startup "touch $tmp/managed" >"$tmp/wm.log" 2>&1 & wm=$!
for _ in $(seq 100); do    # a window that maps while openbox begins may be lost
  [ -e "$tmp/managed" ] && break
  sleep .05
done

# The bus and what it starts chatter: only CMD keeps this terminal.
dbus-run-session --config-file="$here/session.conf" -- bash -c 'exec >&9 2>&8 8>&- 9>&-; exec "$@"' bash \
  timeout -k 5 "${XTIMEOUT:-120}" "$@" 8>&2 9>&1 >"$tmp/bus.log" 2>&1 & bus=$!
wait $bus
rc=$?
bus=
exit $rc
