#!/usr/bin/env bash
# ./tests/run.sh [--quick | --no-sanitize | --flatpak] [TEST…]: installs what the tests need, builds plain and with the
# sanitizers, runs the tests, and ends with one line: N passed, N failed. Slow ones run in one of the builds only:
# tests/peers/meson.build says which.
#   --quick        no peers, no window, no sanitizers
#   --no-sanitize  the plain build only
#   --flatpak      builds the Flatpak and tests only that (tests/flatpak); the first time takes some minutes and 1.5 GB
#   TEST…          only the tests of these names
set -u
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$top/src/packages.sh"
quick= sanitize=yes flatpak= only=() failed=() logs=()
for word in "$@"; do
  case $word in
    --quick) quick=yes sanitize= ;;
    --no-sanitize) sanitize= ;;
    --flatpak) flatpak=yes ;;
    -h | --help) sed -n '2,8s/^# \?//p' "${BASH_SOURCE[0]}"; exit ;;
    -*) printf 'Unknown option %s; --help tells them all.\n' "$word" >&2; exit 2 ;;
    *) only+=("$word") ;;
  esac
done

step ()
{
  printf '== %s [%ss]\n' "$1" "$SECONDS"
}

step 'packages'
if have apt-get && have dpkg-query; then
  [ -z "$quick$flatpak" ] || browser_packages=
  [ -z "$quick" ] || node_packages=
  need $build_packages $test_packages ${flatpak:+$flatpak_packages} $browser_packages $(modern_node || echo $node_packages) || failed+=('installing packages')
else
  need_to_build || failed+=('finding what the build needs')
  for command in Xvfb openbox xdotool import dbus-run-session tshark openssl node npm; do
    have $command || failed+=("finding $command")
  done
  [ ${#failed[@]} = 0 ] || need_elsewhere "$dnf_test_packages" "$pacman_test_packages"
fi

if [ -z "$quick" ] && [ "$top/tests/peers/package-lock.json" -nt "$top/tests/peers/node_modules/.package-lock.json" ]; then
  step 'npm packages'
  # npm would empty another checkout's folder through a link.
  [ ! -L "$top/tests/peers/node_modules" ] || rm "$top/tests/peers/node_modules"
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
  fi >"$tmp/log" 2>&1 && ninja -C "$build" build.ninja >"$tmp/log" 2>&1 &&
    (cd "$build" && meson test --list "${skip[@]}" "${only[@]}" | python3 "$top/tests/needs.py") >"$tmp/needs" 2>"$tmp/log" &&
    xargs -d '\n' ninja -C "$build" <"$tmp/needs" >"$tmp/log" 2>&1
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

tmp=$(mktemp -d)
export GSK_RENDERER=cairo GDK_DEBUG=gl-disable,vulkan-disable PYTHONDONTWRITEBYTECODE=1 NO_COLOR=1

# The sandboxed window against servers, clients and files outside; in an installation of its own, and a home.
test_flatpak ()
{
  local python=/usr/bin/python3    # which has gi

  [ -x $python ] || python=python3
  step 'building build'
  { [ -f "$top/build/build.ninja" ] || meson setup "$top/build" "$top"; } >"$tmp/log" 2>&1 &&
    ninja -C "$top/build" src/cli/sockeye-cli >"$tmp/log" 2>&1 ||
    { tail -n 80 "$tmp/log"; failed+=('building build'); return; }
  step 'building the Flatpak'
  mkdir "$tmp/home"
  unset GDK_DEBUG    # its words of GTK 4.8 are not those of the runtime
  export HOME=$tmp/home FLATPAK_USER_DIR=$top/build/flatpak/stand-in XDG_CURRENT_DESKTOP=GNOME
  "$top/flatpak/build.sh" --install >"$tmp/log" 2>&1 || { tail -n 80 "$tmp/log"; failed+=('building the Flatpak'); return; }
  step 'testing the Flatpak'
  XTIMEOUT=600 SOCKEYE_CLI=$top/build/src/cli/sockeye-cli \
    "$top/tests/ui/xrun.sh" "$python" "$top/tests/flatpak/test-flatpak.py" "${only[@]}" | tee "$tmp/flatpak.tap"
  [ "${PIPESTATUS[0]}" = 0 ] || grep -q '^not ok' "$tmp/flatpak.tap" || failed+=('running the tests of the Flatpak')
  logs+=("$tmp/flatpak.tap")
}

if [ -n "$flatpak" ]; then
  test_flatpak
else
  build_and_test build "fuzz asked${quick:+ peers ui}${sanitize:+ sanitized}" 1 -Dwerror=true
  if [ -n "$sanitize" ]; then
    export G_SLICE=always-malloc
    export ASAN_OPTIONS=detect_leaks=1:detect_stack_use_after_return=1:strict_string_checks=1
    export UBSAN_OPTIONS=print_stacktrace=1:halt_on_error=1
    cp "$top/tests/lsan.supp" "$tmp/lsan.supp"    # its path may hold no space
    export LSAN_OPTIONS=suppressions=$tmp/lsan.supp:print_suppressions=0
    build_and_test build-asan "ui asked plain" 3 -Dwerror=true -Db_sanitize=address,undefined -Db_lundef=false
  fi
fi
python3 "$top/tests/tally.py" "${failed[@]/#/--failed=}" "${logs[@]}"
code=$?
rm -rf "$tmp"
exit $code
