# Completes sockeye-cli in bash. The options are those that --help names, so they are never out of date.
# shellcheck shell=bash

# Those that take a value end in "=".
_sockeye_cli_options ()
{
  "${COMP_WORDS[0]/#\~/$HOME}" "$1" --help 2>/dev/null | sed -nE 's/^  (-[a-z], )?(--[a-z0-9-]+=?).*/\2/p'
}

# Of a list with commas only the last is completed.
_sockeye_cli_list ()
{
  local done=

  case $2 in *,*) done=${2%,*}, ;; esac
  mapfile -t COMPREPLY < <(compgen -P "$done" -W "$1" -- "${2##*,}")
  compopt -o nospace
}

_sockeye_cli_files ()
{
  mapfile -t COMPREPLY < <(compgen -f -- "$1")
  compopt -o filenames
}

_sockeye_cli ()
{
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]} words=

  if [ "$COMP_CWORD" = 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W 'connect host decode doctor --help --version' -- "$word")
    return
  fi
  # "--option=value" comes as three words
  if [ "$word" = = ]; then word=; elif [ "$before" = = ]; then before=${COMP_WORDS[COMP_CWORD - 2]}; fi
  case $before in
    --protocol)
      words='socket.io engine.io websocket'
      [ "$command" = host ] || words+=' auto' ;;
    --transports) words='polling,websocket websocket,polling websocket polling' ;;
    --parser)
      words='default msgpack'
      [ "$command" = host ] || words+=' auto' ;;
    --eio) words='3 4' ;;
    --print-client) words='browser node python shell' ;;
    --proxy) words=none ;;
    --layers)
      _sockeye_cli_list 'tcp tls http upgrade ws eio sio note' "$word"
      return ;;
    --rules | --capture | --ca | --cert | --key | --tls | --tls-key | --file | --send-file)
      _sockeye_cli_files "$word"
      [ "$before" != --tls ] || mapfile -t -O "${#COMPREPLY[@]}" COMPREPLY < <(compgen -W self-signed -- "$word")
      return ;;
    --*)
      # What else takes a value is for the person to know.
      case " $(_sockeye_cli_options "$command" | tr '\n' ' ')" in *" $before= "*) return ;; esac ;;
  esac
  if [ -n "$words" ]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
  elif [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$(_sockeye_cli_options "$command")" -- "$word")
    case ${COMPREPLY[*]} in *=) compopt -o nospace ;; esac
  elif [ "$command" = decode ]; then
    _sockeye_cli_files "$word"
  fi
}

complete -F _sockeye_cli sockeye-cli
