#!/usr/bin/env bash
# flatpak/build.sh [--install] [--run] [--stand-in]: builds Sockeye as a Flatpak, and from it a repository and
# a bundle, which is one file: build/flatpak/repo and build/flatpak/io.github.sockeye.Sockeye.flatpak.
#   --install   installs it from the repository, for this user
#   --run       installs and starts it
#   --stand-in  on a runtime made of Debian packages, in an installation of its own under build/flatpak;
#               so it is done, too, where GNOME's runtime is not installed and cannot be downloaded
set -eu
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$top/src/packages.sh"
id=io.github.sockeye.Sockeye
work=$top/build/flatpak
runtime=$(sed -n 's/.*"runtime-version": "\(.*\)".*/\1/p' "$top/flatpak/$id.json")
shop=https://flathub.org/repo/flathub.flatpakrepo
runtime_from=--runtime-repo=$shop    # so a bundle brings its runtime along
install='' run='' stand_in=''

for option in "$@"; do
  case $option in
    --install) install=yes ;;
    --run) install=yes run=yes ;;
    --stand-in) stand_in=yes ;;
    -h | --help) sed -n '2,7s/^# \?//p' "${BASH_SOURCE[0]}"; exit ;;
    *) printf 'Unknown option %s; --help tells them all.\n' "$option" >&2; exit 2 ;;
  esac
done

has_runtime ()
{
  flatpak info "org.gnome.Platform//$runtime" && flatpak info "org.gnome.Sdk//$runtime"
} >/dev/null 2>&1

download_runtime ()
{
  flatpak --user remote-add --if-not-exists flathub "$shop" &&
    flatpak --user install -y --noninteractive flathub "org.gnome.Platform//$runtime" "org.gnome.Sdk//$runtime"
} >"$work/runtime.log" 2>&1

# Sets FLATPAK_USER_DIR: what is installed there does not mix with what the person has.
make_stand_in ()
{
  export FLATPAK_USER_DIR=$work/stand-in
  export XDG_DATA_DIRS=$FLATPAK_USER_DIR/exports/share:${XDG_DATA_DIRS:-/usr/local/share:/usr/share}
  has_runtime || "$top/flatpak/stand-in.sh" "$runtime" "$work"
}

if have flatpak && have flatpak-builder; then
  : # by whichever way they came
elif have apt-get; then
  need flatpak flatpak-builder || exit 1
else
  echo 'Please install flatpak and flatpak-builder.' >&2
  exit 1
fi
mkdir -p "$work"
if [ -n "$stand_in" ]; then
  make_stand_in
elif ! has_runtime && ! download_runtime; then
  printf 'GNOME %s is not installed and could not be downloaded (%s says why):\nmaking a stand-in of Debian packages.\n' \
    "$runtime" "$work/runtime.log" >&2
  make_stand_in
fi
[ "${FLATPAK_USER_DIR:-}" != "$work/stand-in" ] || runtime_from=

(cd "$top/flatpak" && flatpak-builder --user --force-clean --disable-rofiles-fuse --disable-updates --default-branch=stable \
  --state-dir="$work/state" --repo="$work/repo" "$work/app" "$id.json") >"$work/build.log" 2>&1 ||
  { tail -n 40 "$work/build.log" >&2; exit 1; }
flatpak build-bundle ${runtime_from:+"$runtime_from"} "$work/repo" "$work/$id.flatpak" "$id" stable
printf 'Bundle: %s\n' "$work/$id.flatpak"

[ -n "$install" ] || exit 0
flatpak --user remote-add --no-gpg-verify --if-not-exists sockeye-local "file://$work/repo"
flatpak --user remote-modify --url="file://$work/repo" sockeye-local    # of a checkout that was elsewhere
flatpak --user install -y --noninteractive --reinstall sockeye-local "$id" >/dev/null
start="flatpak run --user $id"
[ -z "${FLATPAK_USER_DIR:-}" ] || start="FLATPAK_USER_DIR=$(printf %q "$FLATPAK_USER_DIR") $start"
printf 'Installed. To start it: %s\n' "$start"
[ -z "$run" ] || exec flatpak run --user "$id"
