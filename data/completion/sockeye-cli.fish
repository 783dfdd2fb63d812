# Completes sockeye-cli in fish. The options are those that --help names, so they are never out of date.

complete -c sockeye-cli -f
complete -c sockeye-cli -n __fish_use_subcommand -a connect -d 'be a client'
complete -c sockeye-cli -n __fish_use_subcommand -a host -d 'be a server'
complete -c sockeye-cli -n __fish_use_subcommand -a decode -d 'read a capture'
complete -c sockeye-cli -n __fish_use_subcommand -a doctor -d 'say what answers'
complete -c sockeye-cli -n '__fish_seen_subcommand_from decode' -F

for command in connect host decode doctor
    sockeye-cli $command --help 2>/dev/null |
        string match -rg '^  (?:-[a-z], )?--([a-z0-9-]+)(=\'[^\']*\'|=\S+|) {2,}(.*)$' |
        while read -l option; and read -l value; and read -l meaning
            set -l about -n "__fish_seen_subcommand_from $command" -l $option
            switch "$value,$option"
                case ',*'
                case '*,ca' '*,capture' '*,cert' '*,file' '*,key' '*,rules' '*,send-file' '*,tls-key'
                    set -a about -rF
                case '*,eio'
                    set -a about -xa '3 4'
                case '*,layers'
                    set -a about -xa '(__fish_append , tcp tls http upgrade ws eio sio note)'
                case '*,parser'
                    set -a about -xa 'default msgpack'
                    test $command = host; or set about[-1] "$about[-1] auto"
                case '*,print-client'
                    set -a about -xa 'browser node python shell'
                case '*,protocol'
                    set -a about -xa 'socket.io engine.io websocket'
                    test $command = host; or set about[-1] "$about[-1] auto"
                case '*,proxy'
                    set -a about -xa none
                case '*,tls'
                    set -a about -rFa self-signed
                case '*,transports'
                    set -a about -xa 'polling,websocket websocket,polling websocket polling'
                case '*'
                    set -a about -x
            end
            complete -c sockeye-cli $about -d $meaning
        end
end
