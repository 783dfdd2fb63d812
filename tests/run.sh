#!/usr/bin/env bash
# ./tests/run.sh [--quick | --no-sanitize] [TEST…]: installs what the tests need, builds plain and with the
# sanitizers, runs the tests, and ends with one line: N passed, N failed. Slow ones run in one of the builds only:
# tests/peers/meson.build says which.
#   --quick        no peers, no window, no sanitizers
#   --no-sanitize  the plain build only
#   TEST…          only the tests of these names
set -u
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$top/src/packages.sh"
quick= sanitize=yes failed=() logs=()
while [ $# -gt 0 ]; do
  case $1 in
    --quick) quick=yes sanitize= ;;
    --no-sanitize) sanitize= ;;
    -*) sed -n '2,7s/^# *//p' "$0"; exit 2 ;;
    *) break ;;
  esac
  shift
done

step ()
{
  printf '== %s [%ss]\n' "$1" "$SECONDS"
}

step 'packages'
if have apt-get && have dpkg-query; then
  [ -z "$quick" ] || browser_packages=
  need $build_packages $test_packages $browser_packages $(modern_node || echo $node_packages) || failed+=('installing packages')
else
  need_to_build || failed+=('finding what the build needs')
  for command in Xvfb openbox xdotool import dbus-run-session tshark openssl node npm; do
    have $command || failed+=("finding $command")
  done
  [ ${#failed[@]} = 0 ] || need_elsewhere "$dnf_test_packages" "$pacman_test_packages"
fi

if [ -z "$quick" ] && [ "$top/tests/peers/package-lock.json" -nt "$top/tests/peers/node_modules/.package-lock.json" ]; then
  step 'npm packages'
  (cd "$top/tests/peers" && npm ci --no-audit --no-fund) || failed+=('npm ci in tests/peers')
fi

# build_and_test FOLDER SKIPPED_SUITES TIMES MESON_OPTIONS…: TIMES is how much longer tests may take.
build_and_test ()
{
  local build=$top/$1 suites=$2 times=$3 log
  local options=("${@:4}") skip=() suite
  [ ${#only[@]} -gt 0 ] || for suite in $suites; do skip+=(--no-suite "$suite"); done
  log=$build/meson-logs/testlog.json

  step "building $1"
  if [ -f "$build/build.ninja" ]; then
    meson configure "$build" "${options[@]}"
  else
    meson setup "$build" "$top" "${options[@]}"
  fi >"$tmp/log" 2>&1 && ninja -C "$build" >"$tmp/log" 2>&1
  if [ $? != 0 ]; then
    tail -n 80 "$tmp/log"
    failed+=("building $1")
    return
  fi
  step "testing $1"
  rm -f "$log"
  SOCKEYE_TEST_SLOWNESS=$times meson test -C "$build" --no-rebuild --num-processes 3 \
    --timeout-multiplier "$times" "${skip[@]}" "${only[@]}" 2>&1 | grep -E '^ *[0-9]+/[0-9]+ '
  if [ -s "$log" ]; then logs+=("$log"); else failed+=("running any test of $1"); fi
}

only=("$@")
tmp=$(mktemp -d)
export GSK_RENDERER=cairo GDK_DEBUG=gl-disable,vulkan-disable PYTHONDONTWRITEBYTECODE=1 NO_COLOR=1

build_and_test build "fuzz servers${quick:+ peers ui}${sanitize:+ sanitized}" 1 -Dwerror=true
if [ -n "$sanitize" ]; then
  export G_SLICE=always-malloc
  export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1
  export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
  cp "$top/tests/lsan.supp" "$tmp/lsan.supp"    # its path may hold no space
  export LSAN_OPTIONS=suppressions=$tmp/lsan.supp:print_suppressions=0
  build_and_test build-asan "ui servers plain" 3 -Dwerror=true -Db_sanitize=address,undefined -Db_lundef=false
fi
rm -rf "$tmp"
exec python3 "$top/tests/tally.py" "${failed[@]/#/--failed=}" "${logs[@]}"
