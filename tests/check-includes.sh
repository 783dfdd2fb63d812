#!/usr/bin/env bash
# check-includes.sh [SRC]: fails on an #include that the layers do not allow (README.md, "How it hangs together").
# First it must catch one planted mistake of each kind, or it proves nothing.
set -u
here=$(cd "$(dirname "$0")" && pwd)

check () # SRC: prints FILE:LINE and the rule for each wrong include
{
  find "$1" -name '*.[ch]' -print | LC_ALL=C sort | tr '\n' '\0' | xargs -0 -r awk -v src="$1" '
    BEGIN {
      may["ui"] = may["cli"] = "base trace peer"
      may["peer"] = "base tcp http ws eio sio trace"
      may["trace"] = "base stack"
      may["stack"] = "base http ws eio sio"
      may["sio"] = may["eio"] = may["ws"] = may["http"] = may["tcp"] = "base"
      may["base"] = ""
      toolkit = "^(gtk|gdk|gsk|graphene|pango|cairo|gtksourceview)"
      pure = "^(base|stack|sio|eio|ws|http)$"
      impure = "^(gio/|glib-object\\.h|gobject/|libsoup/|json-glib/|sys/socket\\.h|netinet/|netdb\\.h)"
    }
    function wrong (rule) { printf "%s:%d: #include %s: %s\n", FILENAME, FNR, $0, rule }
    FNR == 1 {
      layer = substr (FILENAME, length (src) + 2)
      sub (/\/.*/, "", layer)
      if (!(layer in may)) printf "%s:1: no layer is called %s\n", FILENAME, layer
    }
    /^[ \t]*#[ \t]*include[ \t]*</ {
      gsub (/^[^<]*<|>.*/, "")
      if (layer != "ui" && $0 ~ toolkit) wrong ("only ui may include the toolkit")
      if (layer ~ pure && $0 ~ impure) wrong (layer " is pure: no I/O, GObject or library above GLib")
    }
    /^[ \t]*#[ \t]*include[ \t]*"/ {
      gsub (/^[^"]*"|".*/, "")
      if ($0 == "config.h") next
      other = $0
      if (!sub (/\/.*/, "", other)) { wrong ("name the layer: \"" layer "/" $0 "\""); next }
      if (other != layer && index (" " may[layer] " ", " " other " ") == 0)
        wrong (layer " may include: " (may[layer] == "" ? "no other layer" : may[layer]))
    }'
}

planted=$(mktemp -d)
trap 'rm -rf "$planted"' EXIT
n=0
while read -r layer include
do
  n=$((n + 1))
  mkdir -p "$planted/$layer"
  printf '#include "config.h"\n# include %s // planted\n' "$include" > "$planted/$layer/wrong-$n.c"
done <<'END'
ui "stack/stack.h"
cli <gtk/gtk.h>
peer "stack/record.h"
trace "ws/ws-frame.h"
stack "trace/store.h"
stack <gio/gio.h>
ws "http/http-head.h"
sio <json-glib/json-glib.h>
tcp "ws/ws-frame.h"
base <glib-object.h>
http "http-head.h"
attic "base/hex.h"
END
printf '#include "ws/ws-frame.h"\n#include "base/hex.h"\n#include <glib.h>\n' > "$planted/ws/right.c"
caught=$(check "$planted" | cut -d: -f1 | sort -u)
if [ "$(wc -l <<<"$caught")" != "$n" ] || grep -q right.c <<<"$caught"
then
  printf 'of %s planted mistakes these were caught:\n%s\n' "$n" "$caught"
  exit 1
fi

found=$(check "${1:-$here/../src}")
[ -z "$found" ] && exit 0
printf '%s\n' "$found"
exit 1
