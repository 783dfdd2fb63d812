#!/usr/bin/env bash
# flatpak/stand-in.sh VERSION FOLDER: makes a runtime and an SDK that call themselves org.gnome.Platform//VERSION, out
# of the packages of a Debian that is as new as can be had, and installs them in $FLATPAK_USER_DIR. It is there to
# test the manifest and the sandbox where the real one is out of reach, and must never be published. As root.
set -eu
[ $# = 2 ] || { sed -n '2,4s/^# \?//p' "${BASH_SOURCE[0]}" >&2; exit 2; }
top=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
. "$top/src/packages.sh"
version=$1 work=$2
arch=$(flatpak --default-arch)
suite=trixie
plat=libgtk-4-1,libgtk-4-bin,libsoup-3.0-0,libjson-glib-1.0-0,libgtksourceview-5-0,libsecret-1-0,glib-networking
plat+=,gsettings-desktop-schemas,adwaita-icon-theme,librsvg2-common,fonts-cantarell,fontconfig,ca-certificates
plat+=,dbus-bin,libglib2.0-bin,shared-mime-info
sdk='gcc libc6-dev meson ninja-build pkgconf gettext xz-utils elfutils desktop-file-utils appstream appstream-util libgtk-4-dev
  libsoup-3.0-dev libjson-glib-dev libgtksourceview-5-dev libsecret-1-dev zlib1g-dev'

[ "$(id -u)" = 0 ] && have apt-get || { echo 'A stand-in runtime can be made by root only, and where there is apt.' >&2; exit 1; }
need mmdebstrap ostree

# As this machine is set up: where its packages come from, and how.
mirror=$(sed -n 's/^URIs: *//p; s/^deb \(\[[^]]*\] \)\?\([^ ]*\).*/\2/p' /etc/apt/sources.list.d/debian.sources \
  /etc/apt/sources.list 2>/dev/null | head -n 1)
apt=()
for file in /etc/apt/apt.conf.d/*; do
  if grep -q '^ *Acquire' "$file"; then apt+=("--aptopt=$file"); fi
done

rm -rf "$work/plat" "$work/sdk" "$work/runtime-repo"
mkdir -p "$work/plat" "$work/sdk" "$FLATPAK_USER_DIR"
echo "Making a runtime of Debian's $suite (some minutes, 1.5 GB)" >&2
mmdebstrap --mode=root --variant=apt --include="$plat" "${apt[@]}" \
  --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt=force-unsafe-io \
  --aptopt='Apt::Install-Recommends "false"' \
  --customize-hook="cp -a \"\$1/usr\" '$work/plat/usr' && cp -a \"\$1/etc\" '$work/plat/usr/etc'" \
  --customize-hook="chroot \"\$1\" env DEBIAN_FRONTEND=noninteractive apt-get install -yqq --no-install-recommends $(echo $sdk)" \
  --customize-hook="cp -al \"\$1/usr\" '$work/sdk/usr' && cp -a \"\$1/etc\" '$work/sdk/usr/etc'" \
  --format=null "$suite" - "$mirror" >"$work/stand-in.log" 2>&1 || { tail -n 20 "$work/stand-in.log" >&2; exit 1; }

ostree init --repo="$work/runtime-repo" --mode=bare-user-only
for kind in plat:org.gnome.Platform sdk:org.gnome.Sdk; do
  tree=$work/${kind%%:*} name=${kind#*:}
  mkdir -p "$tree/files"
  rm -f "$tree"/usr/etc/{resolv.conf,hostname,passwd,group,shadow,gshadow,machine-id,localtime,hosts,mtab}
  find "$tree/usr" -perm /6000 -exec chmod ug-s {} +
  printf '%s\n' '[Runtime]' "name=$name" "runtime=org.gnome.Platform/$arch/$version" "sdk=org.gnome.Sdk/$arch/$version" '' \
    '[Environment]' 'XDG_DATA_DIRS=/app/share:/usr/share:/usr/share/runtime/share:/run/host/user-share:/run/host/share' \
    >"$tree/metadata"
  flatpak build-export --runtime "$work/runtime-repo" "$tree" "$version" >/dev/null
  rm -rf "$tree"
done
flatpak --user remote-add --no-gpg-verify --if-not-exists stand-in "file://$work/runtime-repo"
flatpak --user remote-modify --url="file://$work/runtime-repo" stand-in
flatpak --user install -y --noninteractive stand-in "org.gnome.Platform//$version" "org.gnome.Sdk//$version" >/dev/null
