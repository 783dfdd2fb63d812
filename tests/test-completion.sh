#!/usr/bin/env bash
# test-completion.sh SOCKEYE_CLI COMPLETIONS: what bash and, where it is installed, fish offer at the end of a line; and
# that the three shells' files name no option that is none. The rest of zsh's can be seen on a terminal only.
set -u
cli=$(realpath "$1") completions=$(realpath "$2") n=0 failed=0
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/bin" "$tmp/work" "$tmp/home"
printf '#!/bin/sh\nexec "%s" "$@"\n' "$cli" >"$tmp/bin/sockeye-cli"
chmod +x "$tmp/bin/sockeye-cli"
touch "$tmp/work/my capture.har" "$tmp/work/my rules.json"
export PATH=$tmp/bin:$PATH HOME=$tmp/home XDG_CONFIG_HOME=$tmp/home XDG_DATA_HOME=$tmp/home LC_ALL=C.UTF-8
cd "$tmp/work" || exit 1

# check NAME WANTED FOUND
check ()
{
  n=$((n + 1))
  if [ "$2" = "$3" ]; then echo "ok $n $1"; else
    printf 'not ok %s %s\n# wanted: %s\n# found:  %s\n' "$n" "$1" "$2" "$3"
    failed=1
  fi
}

# As bash calls it: the words of a line, "=" one of its own; the last of them is completed.
in_bash ()
{
  bash -c '. "$1"; compopt () { :; }; COMP_WORDS=("${@:2}") COMP_CWORD=$(($# - 2)); _sockeye_cli
    printf "%s\n" "${COMPREPLY[@]}"' bash "$completions/sockeye-cli.bash" "$@" | sort | paste -sd '|'
}

# What has no description, and "--option=" before a value is not looked at.
in_fish ()
{
  fish -c 'source $argv[1]; complete -C $argv[2]' "$completions/sockeye-cli.fish" "$1" | cut -f 1 | sed 's/^--[a-z-]*=//' |
    sort | paste -sd '|'
}

# line NAME WANTED FISH_LINE BASH_WORD…
line ()
{
  check "bash: $1" "$2" "$(in_bash "${@:4}")"
  if [ -n "$fish" ]; then check "fish: $1" "${2//=/}" "$(in_fish "$3")"; fi
}

fish=$(command -v fish)
line command connect 'sockeye-cli con' sockeye-cli con
line option '--protocol=|--proxy=' 'sockeye-cli connect --pro' sockeye-cli connect --pro
line 'option of this command' '' 'sockeye-cli decode --proxy' sockeye-cli decode --proxy
line 'option after an option' '--protocol=' 'sockeye-cli host --quiet --prot' sockeye-cli host --quiet --prot
line value 'auto|engine.io|socket.io|websocket' 'sockeye-cli connect --protocol ' sockeye-cli connect --protocol ''
line 'value after =' 'engine.io|socket.io|websocket' 'sockeye-cli host --protocol=' sockeye-cli host --protocol =
line 'value begun after =' engine.io 'sockeye-cli host --protocol=e' sockeye-cli host --protocol = e
line 'list' 'ws,eio' 'sockeye-cli decode --layers=ws,e' sockeye-cli decode --layers = ws,e
line 'file' 'my capture.har|my rules.json' 'sockeye-cli decode m' sockeye-cli decode m
line 'file of an option' 'my rules.json' 'sockeye-cli host --rules "my r' sockeye-cli host --rules 'my r'
line 'word or file' self-signed 'sockeye-cli host --tls se' sockeye-cli host --tls se
line 'what is free' '' 'sockeye-cli connect --emit ' sockeye-cli connect --emit ''

for command in connect host decode doctor; do "$cli" $command --help; done | grep -oE '^  (-[a-z], )?--[a-z0-9-]+' |
  sed 's/.*--//' | sort -u >"$tmp/options"
for file in sockeye-cli.bash _sockeye-cli sockeye-cli.fish; do
  grep -v "^ *#" "$completions/$file" | grep -oE -e "--[a-z][a-z0-9-]*|'\*,[a-z0-9-]+'" | tr -d "'*,-" | sort -u >"$tmp/named"
  check "$file: options" '' "$(tr -d - <"$tmp/options" | sort -u | comm -13 - "$tmp/named" | paste -sd '|')"
done
echo "1..$n"
exit $failed
