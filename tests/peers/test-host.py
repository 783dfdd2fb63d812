#!/usr/bin/python3
"""The npm clients against sockeye-cli host, as it answers without rules: echo, ack, rooms."""
import json
import tempfile

from harness import Certificates, Cli, Client, Server, case, main, passed

WAYS = {'polling': ['polling'], 'websocket': ['websocket'], 'both': ['polling', 'websocket']}
BEHAVIOURS = ['events', 'acks', 'binary', 'auth', 'rooms', 'namespaces', 'reconnect', 'disconnects']


def scenario(name, *options):
    with Cli.host(*options) as host, Client('socketio-client.mjs', host.at, name) as client:
        passed(client)
        assert host.child.poll() is None, 'the host died\n' + host.story()


def visit(version, way, scenarios, *options, args=()):
    """The npm client of socket.io 2, 3 or 4 over polling, WebSocket or one and then the other."""
    transports = [word for name in WAYS[way] for word in ('--transport', name)]
    eio3 = ['--eio3'] if version == '2' else []
    with Cli.host(*eio3, *options) as host, \
            Client('socketio-client.mjs', host.at, *scenarios, '--client', version, *transports, *args) as client:
        passed(client)
        assert host.child.poll() is None, 'the host died\n' + host.story()
        return host.seen


def no_faults(records):
    faulty = [r for r in records if isinstance(r, dict) and r.get('faults')]
    assert not faulty, f'a fault without a reason: {faulty[:3]}'


def add_cases():
    """One case for each version and way: the same list of behaviours, and what belongs to the way."""
    def add(name, run):
        run.__name__ = name
        case(run)
    for version in '234':
        for way in WAYS:
            name = f'socketio_{version}_{way}'
            add(name, lambda v=version, w=way: no_faults(visit(v, w, BEHAVIOURS, '--max-payload', '16000000')))
        add(f'socketio_{version}_upgrade', lambda v=version: no_faults(visit(v, 'both', ['upgrade'])))
        add(f'socketio_{version}_base64', lambda v=version: [
            no_faults(visit(v, w, ['binary', 'acks'], '--max-payload', '16000000', args=['--base64']))
            for w in ('polling', 'websocket', 'both')])
        add(f'socketio_{version}_msgpack', lambda v=version: [
            visit(v, w, BEHAVIOURS, '--parser', 'msgpack', '--max-payload', '16000000', args=['--msgpack'])
            for w in ('polling', 'websocket')])


@case
def listening_line():
    with Cli.host() as host:
        assert host.at.startswith('http://127.0.0.1:') and host.at.endswith('/'), host.at
        assert host.seen[0]['pid'] == host.child.pid, host.seen[0]


@case
def events():
    scenario('events')


@case
def acks():
    scenario('acks')


@case
def binary():
    scenario('binary', '--max-payload', '16000000')


@case
def rooms():
    scenario('rooms')


@case
def namespaces():
    scenario('namespaces')


@case
def disconnects():
    scenario('disconnects')


@case
def host_asks_and_disconnects():
    with Cli.host('--stdin') as host, Client('socketio-client.mjs', host.at, 'answer') as client:
        sid = client.expect(lambda r: 'ready' in r, 'ready')['ready']
        host.say(emit=['question', 1, {'$bin': 'AAE='}], to=sid, ack=True, timeout=5000)
        answer = host.record(layer='sio', kind='BINARY_ACK', dir='in')
        assert answer['args'] == ['answer', 1, {'$bin': 'AAE='}] and answer['latency_usec'] > 0, answer
        host.say(disconnect=sid)
        passed(client)


@case
def rooms_are_told():
    with Cli.host('--stdin') as host, Client('socketio-client.mjs', host.at, 'answer') as client:
        sid = client.expect(lambda r: 'ready' in r, 'ready')['ready']
        host.say(join='tea', who=sid)
        host.record(layer='note', kind='join')
        host.say(rooms=True)
        host.expect(lambda r: 'tea' in str(r) and sid in str(r) and 'rooms' in str(r), 'the rooms')
        host.say(leave='tea', who=sid)
        host.record(layer='note', kind='leave')
        host.say(disconnect=sid)
        passed(client)


@case
def stop():
    with Cli.host('--stdin') as host, Client('socketio-client.mjs', host.at, 'shutdown') as client:
        client.expect(lambda r: 'ready' in r, 'ready')
        host.say(stop=True)
        passed(client)
        assert host.wait(20) == 0, host.story()


@case
def records_of_a_visit():
    with Cli.host() as host, Client('socketio-client.mjs', host.at, 'rooms') as client:
        passed(client)
        host.record(layer='upgrade', kind='request', dir='in')
        host.record(layer='upgrade', kind='response', dir='out', status=101)
        host.record(layer='sio', kind='CONNECT', dir='in', nsp='/')
        host.record(layer='sio', kind='EVENT', dir='in', event='join', args=['tea'])
        host.record(layer='sio', kind='DISCONNECT', dir='in')
        assert not [r for r in host.seen if r.get('faults')], 'a fault without a reason\n' + host.story()


@case
def websocket_echo():
    with Cli.host() as host, Client('ws-client.mjs', host.at.replace('http', 'ws') + 'any/path') as client:
        passed(client)
        assert host.child.poll() is None, 'the host died\n' + host.story()


@case
def eight_clients_at_once():
    with Cli.host('--quiet') as host:
        clients = [Client('socketio-client.mjs', host.at, 'disconnects') for _ in range(8)]
        try:
            for client in clients:
                passed(client)
        finally:
            for client in clients:
                client.__exit__()


@case
def only_one_transport():
    """What is not served is refused, and the client says so."""
    for served, tried, error in (('polling', 'websocket', 'websocket error'), ('websocket', 'polling', 'xhr poll error')):
        with Cli.host('--transports', served) as host, \
                Client('socketio-client.mjs', host.at, 'disconnects', '--transport', tried) as client:
            assert client.wait(60) == 1 and error in client.story(), client.story()
        visit('4', served, ['acks', 'disconnects'], '--transports', served)


@case
def engine_io_alone():
    """The npm client of Engine.IO itself: what it says comes back."""
    for revision in '43':
        for args in (['--transport', 'polling'], ['--transport', 'websocket'], ['--upgrade']):
            with Cli.host('--protocol', 'engine.io', '--eio3') as host, \
                    Client('engine.mjs', host.at, '--revision', revision, '--own-close', *args) as client:
                passed(client)
                no_faults(host.seen)


@case
def websocket_alone():
    with Cli.host('--protocol', 'websocket', '--path', '/there') as host, \
            Client('ws-client.mjs', host.at.replace('http', 'ws') + 'there') as client:
        passed(client)


@case
def tls():
    with Certificates(self_signed=True) as made:
        for version, way in (('2', 'both'), ('3', 'both'), ('4', 'polling'), ('4', 'websocket')):
            visit(version, way, ['acks', 'binary'], '--tls', str(made.cert), '--tls-key', str(made.key),
                  '--max-payload', '16000000', args=['--insecure'])


@case
def tls_self_signed():
    for way in ('polling', 'both'):
        visit('4', way, ['acks', 'disconnects'], '--tls', 'self-signed', args=['--insecure'])


@case
def tls_with_another_key():
    with Certificates(self_signed=True) as made, Certificates(self_signed=True) as other, \
            Cli('host', '--tls', str(made.cert), '--tls-key', str(other.key)) as host:
        assert host.wait(20) == 1 and 'does not belong' in '\n'.join(host.errors), host.story()


@case
def tls_without_a_key():
    with Certificates(self_signed=True) as made, Cli('host', '--tls', str(made.cert)) as host:
        assert host.wait(20) == 1 and 'cert.pem' in '\n'.join(host.errors), host.story()


@case
def compressed():
    seen = visit('4', 'websocket', ['events', 'acks', 'binary'], '--per-message-deflate', '--max-payload', '16000000')
    assert any(r.get('compressed') for r in seen if isinstance(r, dict)), 'nothing was compressed'


RECOVERY_RULES = {
    'server': {'recovery': {'maxDisconnectionDuration': 5000}},
    'namespaces': {'/': {
        'reject': [{'if': {'not': {'has': '{{auth.ticket}}'}}, 'message': 'no ticket'}],
        'onConnect': [{'emit': ['state', '{{recovered}}', '{{var.kept}}']}],
        'on': {
            'set': [{'set': {'var.kept': '{{0}}'}}, {'emit': ['passing', 1], 'volatile': True}, {'emit': ['set']}],
            'sync': [{'ack': []}],
        },
        'onDisconnect': [{'set': {'var.kept': {'deep': '{{var.kept.deep}}', 'gone': '{{reason}}'}}}],
    }},
}


def recover(way, *args, server=None):
    """What the client got, as words, from our host or from a server of socket.io."""
    transports = [word for name in WAYS[way] for word in ('--transport', name)]
    with server or Cli.host('--recovery', '1500', *(['--parser', 'msgpack'] if '--msgpack' in args else [])) as peer, \
            Client('recovery.mjs', server.url('http') if server else peer.at, *transports, *args) as client:
        passed(client)
        if not server:
            peer.record(layer='note', kind='join', text=lambda t: t and t.startswith('tea') and t.endswith('by recovery'))
            peer.record(layer='note', text=lambda t: t and t.startswith('Recovered:') and t.endswith('missed 3 events'))
            peer.record(layer='note', text=lambda t: t and t.startswith('Not recovered:'))
            no_faults(peer.seen)
        return next(r['wire'] for r in client.seen if 'wire' in r)


def add_recoveries():
    """Byte for byte as socket.io does it, but for ids and offsets."""
    for way in WAYS:
        for args in ([], ['--msgpack']):
            def run(way=way, args=args):
                ours, theirs = recover(way, *args), recover(way, *args, server=Server('socketio.mjs', '--recovery', '1500', *args))
                assert ours == theirs and len(ours) > 10, '\n'.join(map(str, zip(ours, theirs)))
            run.__name__ = '_'.join(['recovery', way, *(word[2:] for word in args)])
            case(run)


@case
def recovery_and_old_clients():
    for args in (['--transport', 'polling'], ['--transport', 'websocket'], ['--msgpack']):
        with Cli.host('--eio3', '--recovery', '1500', *(['--parser', 'msgpack'] if '--msgpack' in args else [])) as host, \
                Client('recovery.mjs', host.at, '--old', *args) as client:
            passed(client)
            no_faults(host.seen)
    for version in '23':
        visit(version, 'both', ['acks', 'upgrade', 'disconnects'], '--recovery', '1500')


@case
def recovery_with_rules():
    with tempfile.NamedTemporaryFile('w', suffix='.json') as rules:
        json.dump(RECOVERY_RULES, rules)
        rules.flush()
        with Cli.host('--rules', rules.name) as host, Client('recovery.mjs', host.at, '--rules') as client:
            passed(client)
            no_faults(host.seen)


add_cases()
add_recoveries()
main(2)
