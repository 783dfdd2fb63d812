#!/bin/sh
# Fuzzes with libFuzzer, address and undefined behaviour sanitizers: run.sh [SECONDS [NAME…]]
# What a run learns and what kills it stays in $FUZZ_DIR, by default a new temporary folder.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
src=$here/../../src
seconds=${1:-60}
case $seconds in
  *[!0-9]*) sed -n '2,3s/^# \?//p' "$0" >&2; exit 2 ;;
esac
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- json http-head http-content ws-frame eio sio msgpack rules stack pcapng

dir=${FUZZ_DIR:-$(mktemp -d)}
mkdir -p "$dir/include"
printf '#define GETTEXT_PACKAGE "sockeye"\n#define SKY_VERSION "0"\n' >"$dir/include/config.h"
echo "Working in $dir"

compile () { # OUTPUT SANITIZERS FILE…
  out=$1 sanitizers=$2
  shift 2
  for file in "$src"/peer/rules*.c; do
    case $file in */rules-draft*) ;; *) set -- "$@" "$file" ;; esac # a draft is for a host, and nothing of it is heard
  done
  # shellcheck disable=SC2046 # flags are words
  clang -std=gnu11 -g -O1 "-fsanitize=$sanitizers" -fno-sanitize-recover=undefined \
    '-DGETTEXT_PACKAGE="sockeye"' '-DG_LOG_DOMAIN="sockeye"' "-I$dir/include" "-I$src" \
    $(pkg-config --cflags gio-2.0 gio-unix-2.0 json-glib-1.0 zlib) "$@" \
    "$src"/base/*.c "$src"/http/*.c "$src"/ws/*.c "$src"/eio/*.c "$src"/sio/*.c "$src"/stack/*.c "$src"/trace/*.c \
    $(pkg-config --libs gio-2.0 gio-unix-2.0 json-glib-1.0 zlib) -o "$out"
}

failed=
for name; do
  seeds=$here/seeds/$name
  [ "$name" != stack ] || seeds=$here/../transcripts
  mkdir -p "$dir/$name"
  compile "$dir/unpack-$name" undefined "$here/fuzz-$name.c" "$here/fuzz-main.c"
  "$dir/unpack-$name" --unpack "$dir/$name" "$seeds"
  compile "$dir/fuzz-$name" fuzzer,address,undefined "$here/fuzz-$name.c"
  "$dir/fuzz-$name" "-max_total_time=$seconds" -max_len=65536 -timeout=10 -print_final_stats=1 \
    "-artifact_prefix=$dir/$name-" "$dir/$name" >"$dir/$name.log" 2>&1 || failed="$failed $name"
  printf '%-10s ' "$name"
  sed -n 's/^stat::number_of_executed_units: *//p' "$dir/$name.log" | tr '\n' ' '
  echo inputs
done
if [ -n "$failed" ]; then
  for name in $failed; do
    echo "== $name"
    grep -m 12 -E 'ERROR|SUMMARY|runtime error|Test unit written|#[0-9]+ .*src/' "$dir/$name.log" || tail -5 "$dir/$name.log"
  done
  exit 1
fi
