#!/usr/bin/python3
"""Our host's admin namespace beside the real one: the npm client does the same with both, and is told the same."""
import itertools
import json
import os

from harness import HERE, Cli, Client, Server, case, main, passed, together

RULES = HERE / 'rules/admin.json'
OURS = {'--msgpack': ['--parser', 'msgpack'], '--readonly': ['--admin-readonly'], '--production': ['--admin-production']}
os.environ['SOCKEYE_TEST_ADMIN'] = 'admin:changeit'
NOT_TOLD = 'told us nothing'


def visit(url, *args):
    with Client('admin-scenario.mjs', url, *args) as client:
        passed(client)
        return next(r for r in client.seen if 'told' in r)


def theirs(out, flags, args):
    with Server('admin.mjs', '--basic', *flags) as server:
        out['theirs'] = visit(server.url('http'), *args)


def ours(out, flags, args):
    """With a flag the password comes by an option, which wins over the file."""
    options = ['--admin-env', 'SOCKEYE_TEST_ADMIN'] if flags else []
    with Cli.host('--rules', RULES, *options, *itertools.chain(*(OURS[flag] for flag in flags))) as host:
        out['ours'] = visit(host.at, *args)
        assert host.child.poll() is None, 'the host died\n' + host.story()
        wrong = [r for r in host.seen if isinstance(r, dict) and (r.get('faults') or r.get('kind') == 'no_listener')]
        assert not wrong, wrong[:3]


def compare(*flags, args=()):
    out = {}
    together(2, lambda: theirs(out, flags, args), lambda: ours(out, flags, args))
    mine, real = out['ours']['told'], out['theirs']['told']
    for name in list(dict.fromkeys([*real, *mine])):
        for number, (ours_says, real_says) in enumerate(itertools.zip_longest(
                mine.get(name, []), real.get(name, []), fillvalue=NOT_TOLD)):
            assert ours_says == real_says, (f'{name}, event {number}\nours: {json.dumps(ours_says)}\n'
                                            f'real: {json.dumps(real_says)}')
    assert out['ours']['stats'] == out['theirs']['stats'], out
    print(f'# {sum(map(len, mine.values()))} events alike')


@case
def options():
    for wrong in (['--admin', 'admin'], ['--admin', ':x'], ['--admin', 'admin:'], ['--admin-env', 'SOCKEYE_TEST_UNSET']):
        with Cli('host', '--port', '0', *wrong) as host:
            assert host.wait() == 2 and '--admin' in host.errors[0], host.story()
    with Cli('host', '--port', '0', '--admin', 'open', '--for', '1') as host:
        assert host.wait() == 0 and 'https://admin.socket.io' in host.errors[0], host.story()


def add_cases():
    def add(name, *flags, args=()):
        def run():
            compare(*flags, args=args)
        run.__name__ = name
        case(run)
    for client in '34':
        for transport in ('polling', 'websocket'):
            add(f'client_{client}_{transport}', args=['--client', client, '--transport', transport])
    add('msgpack', '--msgpack', args=['--msgpack'])
    add('readonly', '--readonly', args=['--look'])
    add('production', '--production')


add_cases()
main(7)
