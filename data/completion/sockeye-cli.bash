# Completes sockeye-cli in bash. The options are those that --help names, so they are never out of date.
# shellcheck shell=bash

_sockeye_cli_options ()
{
  sockeye-cli "$1" --help 2>/dev/null | grep -oE '^  (-[a-z], )?--[a-z0-9-]+' | grep -oE -e '--[a-z0-9-]+'
}

_sockeye_cli ()
{
  local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command=${COMP_WORDS[1]}

  if [ "$COMP_CWORD" = 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W 'connect host decode doctor --help --version' -- "$word")
    return
  fi
  # "--option=value" comes as three words
  if [ "$word" = = ]; then word=; elif [ "$before" = = ]; then before=${COMP_WORDS[COMP_CWORD - 2]}; fi
  case $before in
    --protocol) mapfile -t COMPREPLY < <(compgen -W 'auto socket.io engine.io websocket' -- "$word") ;;
    --transports) mapfile -t COMPREPLY < <(compgen -W 'polling,websocket websocket polling' -- "$word") ;;
    --parser) mapfile -t COMPREPLY < <(compgen -W 'auto default msgpack' -- "$word") ;;
    --layers) mapfile -t COMPREPLY < <(compgen -W 'tcp http upgrade ws eio sio note' -- "$word") ;;
    --rules | --capture | --cert | --key | --ca | --cacert | --tls | --tls-key | --emit-binary | --send-file)
      mapfile -t COMPREPLY < <(compgen -f -- "$word")
      compopt -o filenames ;;
    *)
      if [[ $word == -* ]]; then
        mapfile -t COMPREPLY < <(compgen -W "$(_sockeye_cli_options "$command")" -- "$word")
      elif [ "$command" = decode ]; then
        mapfile -t COMPREPLY < <(compgen -f -- "$word")
        compopt -o filenames
      fi ;;
  esac
}

complete -F _sockeye_cli sockeye-cli
