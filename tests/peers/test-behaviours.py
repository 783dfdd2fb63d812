#!/usr/bin/python3
"""One list of behaviours for the npm clients 2, 3 and 4 over each way: our host with rules, beside the npm server.

Both are asked the same by the same client; what it heard and every packet of it are to be the same, too.
"""
import contextlib
import os
import pathlib
import signal
import tempfile

import logs
from harness import HERE, SLOW, Cli, Client, Server, case, main, passed, together

RULES = HERE / 'rules/behaviours.json'
WAYS = ('polling', 'websocket', 'upgrade')
LIMITS = ('--max-payload', '1000', '--ping-interval', '200', '--ping-timeout', '1000')
IDLE = {False: [], True: []}    # pairs of one of each, by their parser
OPEN = contextlib.ExitStack()


@contextlib.contextmanager
def servers(msgpack):
    """A pair that nobody else talks to meanwhile, for some is said to all who are there."""
    try:
        pair = IDLE[msgpack].pop()
    except IndexError:
        pair = (OPEN.enter_context(Cli.host('--rules', RULES, '--quiet', *(['--parser', 'msgpack'] if msgpack else []))),
                OPEN.enter_context(Server('same.mjs', *(['--msgpack'] if msgpack else []))))
    yield pair
    IDLE[msgpack].append(pair)


def as_our_server_says(line):
    """To a 2.x client a 2.x server says only why, and that is what it understands; 4.x sends it an object."""
    line = line.replace('{"message":"Invalid namespace"}', '"Invalid namespace"')
    return line.replace(r'{\"message\":\"Invalid namespace\"}', r'\"Invalid namespace\"')


def goes(version, way, msgpack):
    """The host's clients have to pass every step, and the npm server's log is what theirs has to be."""
    args = ['--client', version, '--way', way, *(['--msgpack'] if msgpack else [])]
    with servers(msgpack) as (host, npm), tempfile.TemporaryDirectory() as folder:
        files = [pathlib.Path(folder) / name for name in ('host', 'npm')]

        def visit(url, log):
            with Client('behaviours.mjs', url, *args, '--log', log) as client:
                passed(client)
        together(2, lambda: visit(host.at, files[0]), lambda: visit(npm.url('http'), files[1]))
        assert host.child.poll() is None, 'the host died\n' + host.story()
        ours, theirs = map(logs.read, files)
        if version == '2':
            for socket in theirs:
                socket.update({key: [as_our_server_says(line) for line in socket[key]] for key in logs.WHAT})
        # In MessagePack the npm server writes a value of its own for what is not there, so its packets differ.
        logs.compare(ours, theirs, ('heard',) if msgpack else logs.WHAT)


def hits_limits(version):
    """Too large, and then silent: each way in a process of its own, which is stopped as a frozen machine would be."""
    with Cli.host('--rules', RULES, *LIMITS) as host:
        def visit(way):
            with Client('behaviours.mjs', host.at, 'large', 'stopped', '--client', version, '--way', way) as client:
                sid = client.expect(lambda r: 'stop' in r, 'the socket that is to be stopped', 20)['stop']
                os.kill(client.child.pid, signal.SIGSTOP)
                try:
                    host.record(layer='note', kind='leave', text=lambda text: sid[:4] in str(text) and 'ping timeout' in str(text))
                finally:
                    os.kill(client.child.pid, signal.SIGCONT)
                passed(client)
        together(3, *(lambda way=way: visit(way) for way in WAYS))
        assert host.child.poll() is None, 'the host died\n' + host.story()


def add_cases():
    def add(name, run):
        run.__name__ = name
        case(run)
    for version in '432':
        for way in WAYS:
            add(f'socketio_{version}_{way}', lambda v=version, w=way: goes(v, w, False))
        add(f'socketio_{version}_limits', lambda v=version: hits_limits(v))
    for version in '43':
        for way in ('polling', 'websocket'):
            add(f'socketio_{version}_{way}_msgpack', lambda v=version, w=way: goes(v, w, True))


add_cases()
if __name__ == '__main__':
    with OPEN:
        main(2)
