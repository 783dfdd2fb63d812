# Completes sockeye-cli in fish. The options are those that --help names, so they are never out of date.

function __sockeye_cli_options
    set -l command (commandline -opc)[2]
    sockeye-cli $command --help 2>/dev/null | string match -rg '^  (?:-[a-z], )?(--[a-z0-9-]+)(?:=\S+)? +(.*)$' |
        while read -l option
            read -l meaning
            printf '%s\t%s\n' $option $meaning
        end
end

complete -c sockeye-cli -f
complete -c sockeye-cli -n __fish_use_subcommand -a connect -d 'be a client'
complete -c sockeye-cli -n __fish_use_subcommand -a host -d 'be a server'
complete -c sockeye-cli -n __fish_use_subcommand -a decode -d 'read a capture'
complete -c sockeye-cli -n __fish_use_subcommand -a doctor -d 'say what answers'
complete -c sockeye-cli -n 'not __fish_use_subcommand' -a '(__sockeye_cli_options)'
complete -c sockeye-cli -n '__fish_seen_subcommand_from decode' -F
