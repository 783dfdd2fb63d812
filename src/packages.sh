# Sourced by src/run.sh and tests/run.sh: what they need, and how it comes here.
# shellcheck shell=bash disable=SC2034

# To build, and to look right on a machine that had no desktop.
build_packages='gcc libc6-dev meson ninja-build pkgconf gettext libgtk-4-dev libsoup-3.0-dev libjson-glib-dev
  libgtksourceview-5-dev libsecret-1-dev zlib1g-dev libglib2.0-bin glib-networking ca-certificates dbus
  adwaita-icon-theme librsvg2-common shared-mime-info fontconfig fonts-cantarell fonts-dejavu-core'
# To show a window where there is no screen.
screen_packages='xvfb openbox dbus imagemagick at-spi2-core'
# To test; `node` may come from elsewhere.
python_packages='python3-socketio python3-engineio python3-websockets python3-requests python3-websocket python3-aiohttp
  python3-msgpack curl'
test_packages="$screen_packages xdotool python3 python3-gi python3-jsonschema gir1.2-atspi-2.0 gir1.2-gtk-4.0 procps
  tshark openssl nginx desktop-file-utils appstream $python_packages"
node_packages='nodejs npm'
browser_packages='chromium' # 120 MB: for tests/peers only
# To build the Flatpak, and to choose files from within it: for --flatpak only.
flatpak_packages='flatpak flatpak-builder xdg-desktop-portal xdg-desktop-portal-gtk fuse3'

dnf_packages='gcc meson ninja-build pkgconf gettext gtk4-devel libsoup3-devel json-glib-devel gtksourceview5-devel
  libsecret-devel zlib-devel glib-networking adwaita-icon-theme'
pacman_packages='gcc meson ninja pkgconf gettext gtk4 libsoup3 json-glib gtksourceview5 libsecret zlib glib-networking
  adwaita-icon-theme'
dnf_test_packages='xorg-x11-server-Xvfb openbox ImageMagick xdotool python3-gobject python3-jsonschema at-spi2-core wireshark-cli openssl nginx
  desktop-file-utils appstream nodejs npm chromium libasan libubsan'
pacman_test_packages='xorg-server-xvfb openbox imagemagick xdotool python-gobject python-jsonschema at-spi2-core wireshark-cli openssl nginx
  desktop-file-utils appstream nodejs npm chromium'

have ()
{
  command -v "$1" >/dev/null 2>&1
}

modern_node ()
{
  have npm && have node && [ "$(node -p 'parseInt (process.versions.node)' 2>/dev/null || echo 0)" -ge 18 ]
}

# Everything that the build asks for, by whichever way it came.
can_build ()
{
  have cc && have meson && have ninja && have msgfmt && have pkg-config &&
    pkg-config --exists 'gtk4 >= 4.8' 'libsoup-3.0 >= 3.2' 'json-glib-1.0 >= 1.6' 'gtksourceview-5 >= 5.6' 'libsecret-1 >= 0.20' zlib
}

# need PACKAGE…: installs what dpkg does not know as installed; asks nothing, and no network if nothing is missing.
need ()
{
  local missing=() package as_root=() log failed=0

  for package in "$@"; do
    case " $(dpkg-query -W -f='${db:Status-Status} ' "$package" 2>/dev/null)" in
      *' installed '*) ;; # and not "not-installed"
      *) missing+=("$package") ;;
    esac
  done
  [ ${#missing[@]} -gt 0 ] || return 0

  if [ "$(id -u)" != 0 ]; then
    if ! have sudo; then
      printf 'Please install, as root:\n  apt-get install %s\n' "${missing[*]}" >&2
      return 1
    fi
    as_root=(sudo)
  fi
  printf 'Installing (this may take some minutes): %s\n' "${missing[*]}" >&2
  log=$(mktemp)
  # A source of the person's own that does not answer is no reason to give up.
  { "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq update
    "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq install -y --no-install-recommends \
      -o Dpkg::Use-Pty=0 "${missing[@]}"; } >"$log" 2>&1 || { failed=1; tail -n 40 "$log" >&2; }
  rm -f "$log"
  return $failed
}

# need_elsewhere DNF_LIST PACMAN_LIST: for machines without apt.
need_elsewhere ()
{
  printf 'This system has no apt. Please install what is missing:\n  dnf install %s\n  pacman -S %s\n' \
    "$(echo $1)" "$(echo $2)" >&2
}

need_to_build ()
{
  if have apt-get && have dpkg-query; then
    need $build_packages || can_build
  elif ! can_build; then
    need_elsewhere "$dnf_packages" "$pacman_packages"
    return 1
  fi
}
