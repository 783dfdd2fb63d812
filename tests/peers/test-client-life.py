#!/usr/bin/python3
"""How connections break, come back, beat, move from polling to WebSocket, and pass proxies."""
import contextlib
import functools
import re
import time

from harness import SLOW, Certificates, Cli, Server, case, free_port, main, together

SIO = ('--protocol', 'socket.io', '--timeout', '5000')
POLLING, WEBSOCKET = ('--transports', 'polling'), ('--transports', 'websocket')
AGAIN = ('--reconnect-delay', '100', '--reconnect-jitter', '0')
DONE = ('--emit', 'x', '--arg', '1', '--ack', '--close', '1000')
EVENTS = ('EVENT', 'BINARY_EVENT')


def ms(n):
    return str(int(n * SLOW))


def sio(*args):
    return Server('socketio.mjs', *args)


def by(url, *args, **kw):
    return Cli.connect(url, *SIO, *args, **kw)


def leaves(cli, *codes):
    code = cli.wait(30)
    assert code in codes, f'exit status {code}, not {codes}\n{cli.story()}'


def flawless(cli, but=('upgrade-status',)):
    """Not a fault, but that an upgrade was refused."""
    faults = {fault['id'] for r in cli.seen for fault in r.get('faults', [])}
    assert not faults - set(but), f'{faults}\n{cli.story()}'


def connected(cli, after=0):
    return cli.record(layer='sio', kind='CONNECT', dir='in', after=after)


def note(cli, kind, words='', after=0, seconds=10):
    return cli.record(seconds, after, layer='note', kind=kind, text=lambda text: words in text)


def turns(cli, name='turn'):
    return [r['args'] for r in cli.seen if r['layer'] == 'sio' and r['dir'] == 'in' and r.get('event') == name]


def told(cli, *words, seconds=10):
    """Waits until standard error has these words."""
    end = time.monotonic() + seconds * SLOW
    for word in words:
        while word.lower() not in '\n'.join(cli.errors).lower():
            assert time.monotonic() < end, f'no word of “{word}”\n{cli.story()}'
            time.sleep(0.02)


def works(url, *args, **kw):
    """Connects, has an answer, and ends well; the command, to look at."""
    with by(url, *args, *DONE, **kw) as cli:
        leaves(cli, 0)
        flawless(cli)
        assert cli.records(layer='sio', kind='ACK', dir='in'), cli.story()
        return cli


def fails(url, *args, words=(), **kw):
    with by(url, *args, **kw) as cli:
        leaves(cli, 1)
        told(cli, *words)
        assert cli.errors, cli.story()
        return cli


def upgraded(cli):
    return bool(cli.records(layer='note', kind='upgrade', text='polling → websocket'))


# ---- Recovery

@case
def recovery():
    def one(server, *args):
        with by(server.url('http'), *args, '--reconnect', '5', '--reconnect-delay', ms(500), '--reconnect-jitter', '0',
                '--stdin') as cli:
            first = connected(cli)
            assert first['text'].count('pid') == 1, first
            cli.say(emit=['turn', 'offset please'])
            cli.record(layer='sio', kind='EVENT', dir='in', event='turn')
            for n in range(3):    # on their way while the line is cut
                cli.say(emit=['later', int((100 + n * 20) * SLOW), 'missed', n])
            cli.say(emit=['dropTransport'])
            note(cli, 'reconnect')
            note(cli, 'connect', 'recovered')
            cli.record(layer='sio', kind='EVENT', dir='in', event='missed', args=lambda args: args[0] == 2)
            assert [args[0] for args in turns(cli, 'missed')] == [0, 1, 2], cli.story()
            cli.say(emit=['whoami'], ack=True)
            facts = cli.record(layer='sio', kind='ACK', dir='in')['args'][0]
            assert facts['recovered'] is True, facts
            assert connected(cli, cli.seen.index(first) + 1)['text'].count(facts['id']) == 1
            flawless(cli)
    with sio('--recovery', 10000) as server:
        together(3, *(functools.partial(one, server, *how) for how in (POLLING, WEBSOCKET, ())))


@case
def recovery_that_is_refused():
    """After a restart the server knows nothing: a new session, and that is said by the missing word."""
    with sio('--recovery', 10000) as server, by(server.url('http'), *WEBSOCKET, '--reconnect', '20', *AGAIN, '--stdin') as cli:
        sid = connected(cli)['sid']
        cli.say(emit=['turn', 'x'])
        cli.record(layer='sio', kind='EVENT', dir='in', event='turn')
        server.say(crash=200)
        note(cli, 'reconnect')
        after = cli.seen.index(note(cli, 'reconnect_attempt'))
        assert connected(cli, after)['sid'] != sid
        assert 'recovered' not in note(cli, 'connect', after=after)['text']
        flawless(cli)


# ---- Reconnection

@case
def restart_crash_and_drop():
    def one(order, *args, version=4):
        with sio('--version', version) as server, \
                by(server.url('http'), *args, '--reconnect', '30', *AGAIN, '--reconnect-max', '200', '--stdin') as cli:
            connected(cli)
            for _ in range(2):
                after = len(cli.seen)
                server.say(**order)
                note(cli, 'reconnect_attempt', after=after)
                note(cli, 'reconnect', after=after)
                connected(cli, after)
                cli.say(emit=['turn', after], ack=True)
                assert cli.record(layer='sio', kind='ACK', dir='in', after=after)['args'] == [after]
            flawless(cli)
            cli.child.stdin.close()
            leaves(cli, 0)
    together(3, *(functools.partial(one, order, *how, version=version)
                  for order, how, version in (
                      ({'crash': 200}, (), 4), ({'crash': 200}, POLLING, 4), ({'crash': 200}, WEBSOCKET, 2),
                      ({'drop': True}, (), 3), ({'drop': True}, POLLING, 2), ({'drop': True}, WEBSOCKET, 4),
                      ({'restart': 200}, (), 4), ({'restart': 200}, POLLING, 3))))


@case
def delays_grow():
    """100, 200, 400, 400 …, each by at most a quarter more or less."""
    with sio() as server, by(server.url('http'), *WEBSOCKET, '--reconnect', '5', '--reconnect-delay', '200',
                             '--reconnect-max', '800', '--reconnect-jitter', '25') as cli:
        connected(cli)
        server.child.kill()
        leaves(cli, 1)
        said = [int(d) for d in re.findall(r'in ([\d]+) ms', cli.said())]
        attempts = [r for r in cli.records(layer='note', kind='reconnect_attempt')]
        assert len(attempts) == 5, cli.story()
        assert cli.records(layer='note', kind='reconnect_failed'), cli.story()
        times = [time_of(r) for r in [note(cli, 'close'), *attempts]]
        gaps = [b - a for a, b in zip(times, times[1:])]
        for gap, wanted in zip(gaps, (0.2, 0.4, 0.8, 0.8, 0.8)):
            assert wanted * 0.74 <= gap <= wanted * 1.26 + 0.3 * SLOW, (gaps, said)


def time_of(record):
    hours, minutes, seconds = record['time'][11:-1].split(':')
    return int(hours) * 3600 + int(minutes) * 60 + float(seconds)


@case
def first_attempt_may_fail_too():
    port = free_port()
    with by(f'http://127.0.0.1:{port}/', '--reconnect', '30', *AGAIN, '--reconnect-max', '200', *DONE) as cli:
        note(cli, 'reconnect_attempt')
        with sio('--port', port):
            leaves(cli, 0)
        assert cli.records(layer='sio', kind='ACK', dir='in'), cli.story()


@case
def gateway_in_between():
    """While the server behind it is started again nginx says 502, to polling and to upgrades."""
    def one(*args):
        with sio() as server, Server.nginx('right', server) as gate, \
                by(gate.url('http'), *args, '--reconnect', '40', *AGAIN, '--reconnect-max', '200', '--stdin') as cli:
            connected(cli)
            server.say(crash=int(500 * SLOW))
            note(cli, 'reconnect')
            assert [r for r in cli.seen if r.get('status') == 502], cli.story()
            cli.say(emit=['turn', 1], ack=True)
            cli.record(layer='sio', kind='ACK', dir='in')
    together(3, *(functools.partial(one, *how) for how in (POLLING, WEBSOCKET, ())))


@case
def server_disconnects():
    """What the server ends on purpose is not connected again: socket.io-client does the same."""
    def one(server, name, *args):
        with by(server.url('http'), *args, '--reconnect', '5', *AGAIN, '--emit', name, '--arg', 'true') as cli:
            leaves(cli, 0, 1)
            note(cli, 'disconnect', 'io server disconnect')
            assert not cli.records(layer='note', kind='reconnect_attempt'), cli.story()
    for version in 2, 4:
        with sio('--version', version) as server:
            together(2, *(functools.partial(one, server, name, *how) for name in ('bye', 'kick') for how in (POLLING, WEBSOCKET)))


@case
def close_engine_is_reconnected():
    """An Engine.IO close without a DISCONNECT is "transport close" to programs: they come back."""
    for how in POLLING, WEBSOCKET:
        with sio() as server, by(server.url('http'), *how, '--reconnect', '5', *AGAIN, '--stdin') as cli:
            connected(cli)
            cli.say(emit=['closeEngine'])
            note(cli, 'disconnect', 'transport close')
            note(cli, 'reconnect', 'attempt 1')


@case
def held_emits():
    def one(*args):
        with sio() as server, by(server.url('http'), *args, '--reconnect', '30', *AGAIN, '--reconnect-max', '200',
                                 '--stdin') as cli:
            connected(cli)
            server.say(crash=int(600 * SLOW))
            note(cli, 'reconnect_attempt')
            for n in range(10):
                cli.say(emit=['turn', n, *([{'$bin': 'AAE='}] if n % 3 == 0 else [])], ack=n == 9, timeout=20000)
            cli.say(emit=['gone', 1], volatile=True)
            note(cli, 'held', '“gone” was dropped: it is volatile')
            note(cli, 'held', '“turn” waits')
            note(cli, 'reconnect')
            cli.record(layer='sio', kind='BINARY_ACK', dir='in')
            sent = [r['args'][0] for r in cli.seen if r['layer'] == 'sio' and r['dir'] == 'out' and r.get('event') == 'turn']
            assert sent == list(range(10)) and [args[0] for args in turns(cli)] == list(range(9)), cli.story()
            assert not [r for r in cli.seen if r.get('event') == 'gone'], cli.story()
    together(3, *(functools.partial(one, *how) for how in (POLLING, WEBSOCKET, ())))


@case
def held_ack_times_out():
    with sio() as server, by(server.url('http'), *WEBSOCKET, '--reconnect', '9', '--reconnect-delay', '20000',
                             '--reconnect-max', '20000', '--stdin') as cli:
        connected(cli)
        server.child.kill()
        note(cli, 'disconnect')
        cli.say(emit=['x'], ack=True, timeout=300)
        told(cli, 'no connection came within 300 ms')
        cli.child.stdin.close()
        leaves(cli, 1, 3)


# ---- Heartbeats

BEATS = ('--ping-interval', ms(300), '--ping-timeout', ms(500))


@case
def heartbeats():
    def one(version, *args):
        with sio('--version', version, *BEATS) as server, by(server.url('http'), *args, '--stdin') as cli:
            connected(cli)
            out, back = ('ping', 'pong') if version == 2 else ('pong', 'ping')
            time.sleep(2 * SLOW)
            assert len(cli.records(layer='eio', kind=out, dir='out')) >= 4, cli.story()
            assert len(cli.records(layer='eio', kind=back, dir='in')) >= 4, cli.story()
            cli.say(emit=['turn', 1], ack=True)
            cli.record(layer='sio', kind='ACK', dir='in')
            flawless(cli)
            assert not cli.records(layer='note', kind='close'), cli.story()
            assert not [r for r in server.seen if 'disconnected' in r], server.story()
    together(6, *(functools.partial(one, version, *how) for version in (2, 3, 4) for how in (POLLING, WEBSOCKET)))


@case
def stall_is_ping_timeout():
    def one(version, *args):
        with sio('--version', version, *BEATS) as server, \
                by(server.url('http'), *args, '--reconnect', '20', *AGAIN, '--stdin') as cli:
            connected(cli)
            time.sleep(0.3 * SLOW)
            server.say(stall=20000)
            note(cli, 'disconnect', 'ping timeout', seconds=5)
            note(cli, 'reconnect', seconds=5)
    together(6, *(functools.partial(one, version, *how) for version in (2, 4) for how in (POLLING, WEBSOCKET, ())))


@case
def stall_without_reconnection():
    def one(version, *args):
        with sio('--version', version, *BEATS) as server, by(server.url('http'), *args, '--stdin') as cli:
            connected(cli)
            server.say(stall=20000)
            leaves(cli, 1)
            told(cli, 'ping')
            note(cli, 'disconnect', 'ping timeout')
    together(4, *(functools.partial(one, version, *how) for version in (2, 4) for how in (POLLING, WEBSOCKET)))


# ---- The upgrade

@case
def upgrade_in_traffic():
    """Events both ways while the transport changes: all of them, once, in order."""
    def one(version, delay):
        with sio('--version', version, '--welcome') as server, by(server.url('http'), '--stdin') as cli:
            connected(cli)
            cli.say(emit=['burst', 300])
            for n in range(300):
                cli.say(emit=['turn', n, *([{'$bin': 'AAE='}] if n % 7 == 0 else [])])
                time.sleep(delay)
            cli.record(layer='sio', kind=lambda kind: kind in EVENTS, dir='in', event='turn', args=lambda args: args[0] == 299)
            cli.record(layer='sio', kind='EVENT', dir='in', event='burst', args=[299])
            note(cli, 'upgrade')
            assert [args[0] for args in turns(cli)] == list(range(300)), 'lost or doubled\n' + cli.story()
            assert turns(cli, 'burst') == [[n] for n in range(300)], 'lost or doubled\n' + cli.story()
            flawless(cli)
    together(3, *(functools.partial(one, version, delay) for version in (2, 3, 4) for delay in (0, 0.001)))


@case
def upgrade_not_offered():
    for version in 2, 4:
        for flags in ('--no-upgrades',), ('--polling-only',):
            with sio('--version', version, *flags) as server:
                assert not upgraded(works(server.url('http')))
    with sio() as server:
        assert not upgraded(works(server.url('http'), '--no-upgrade'))


@case
def upgrade_that_fails():
    """It stays on polling, and whatever was sent meanwhile comes back."""
    def one(server, row):
        with by(server.url('http'), '--path', f'/{row}/', '--timeout', '1500', '--stdin') as cli:
            connected(cli)
            for n in range(20):
                cli.say(emit=['turn', n])
                time.sleep(0.05)
            cli.record(layer='sio', kind='EVENT', dir='in', event='turn', args=[19])
            assert turns(cli) == [[n] for n in range(20)], cli.story()
            assert not upgraded(cli), cli.story()
            cli.say(close=[1000, ''])
            leaves(cli, 0)
    with Server('bad-polling.mjs') as server:
        together(4, *(functools.partial(one, server, 'upgrade-' + row) for row in (
            'refused', '502', '200', 'never-answered', 'reset', 'no-probe-answer', 'cut-after-101')))


@case
def transports_one_by_one():
    with sio('--websocket-only') as server:
        works(server.url('http'), *WEBSOCKET)
        works(server.url('http'), '--transports', 'websocket,polling')
        fails(server.url('http'), *POLLING, words=['websocket'])
    with sio('--polling-only') as server:
        works(server.url('http'), *POLLING)
        works(server.url('http'), '--transports', 'websocket,polling')
        fails(server.url('http'), *WEBSOCKET)


# ---- nginx

@contextlib.contextmanager
def behind(variant, *args, backends=1, more=()):
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(sio('--name', 'AB'[n], *args)) for n in range(backends)]
        yield stack.enter_context(Server.nginx(variant, *servers, args=more))


@case
def nginx_right():
    with behind('right') as server:
        assert upgraded(works(server.url('http')))
        works(server.url('http'), *POLLING)
        works(server.url('http'), *WEBSOCKET)


@case
def nginx_without_upgrade():
    def one(variant, version):
        with behind(variant, '--version', version) as server:
            with by(server.url('http'), *DONE) as cli:
                leaves(cli, 0)
                assert not upgraded(cli), cli.story()
            works(server.url('http'), '--transports', 'websocket,polling')
            fails(server.url('http'), *WEBSOCKET, words=['upgrades'])
    together(3, *(functools.partial(one, variant, version) for variant in ('no-upgrade', 'half-upgrade') for version in (2, 4)))


@case
def nginx_round_robin():
    for version in 2, 4:
        with behind('round-robin', '--version', version, backends=2) as server:
            fails(server.url('http'), words=['sticky'])
            works(server.url('http'), *WEBSOCKET)


@case
def nginx_sticky():
    with behind('sticky-cookie', backends=2) as server:
        for _ in range(4):
            works(server.url('http'))
            works(server.url('http'), *POLLING)
    with behind('sticky-ip', backends=2) as server:
        works(server.url('http'))


@case
def nginx_sub_path_and_redirects():
    with behind('sub-path') as server:
        works(server.url('http'), '--path', '/app/socket.io/')
        fails(server.url('http'), words=['404'])
    with behind('redirect', more=('--status', 308)) as server:
        works(server.url('http'), '--path', '/old/socket.io/')
    with behind('redirect-host') as server:
        works(server.url('http'), '--path', '/old/socket.io/', *POLLING)


@case
def nginx_answers():
    with behind('gzip', '--no-http-compression') as server:
        with by(server.url('http'), *POLLING, '--emit', 'x', '--arg', '"%s"' % ('again ' * 1000), '--ack', '--close',
                '1000') as cli:
            leaves(cli, 0)
            flawless(cli)
            assert 'gzip' in str([r for r in cli.seen if r['kind'] == 'response']).lower(), cli.story()
    with behind('unbuffered') as server:
        works(server.url('http'))
    with behind('auth') as server:
        works(server.url('http'), '--user', 'ann:secret')
        works(server.url('http'), '--user', 'ann:secret', *WEBSOCKET)
        fails(server.url('http'), words=['401'])
    with Server.nginx('page') as server:
        fails(server.url('http'))
        fails(server.url('http'), *WEBSOCKET)
    with behind('small-bodies') as server:
        with by(server.url('http'), *POLLING, '--emit', 'x', '--arg', '"%s"' % ('x' * 3000)) as cli:
            leaves(cli, 1)
            told(cli, '413')


@case
def nginx_maintenance():
    with Server.nginx('maintenance') as server:
        fails(server.url('http'), words=['503'])
        cli = fails(server.url('http'), '--reconnect', '3', *AGAIN, words=['503'])
        assert len(cli.records(layer='note', kind='reconnect_attempt')) == 3, cli.story()
        assert cli.records(layer='note', kind='reconnect_failed'), cli.story()
        cli = fails(server.url('http'), *WEBSOCKET, '--reconnect', '2', *AGAIN, words=['503'])
        assert len(cli.records(layer='note', kind='reconnect_attempt')) == 2, cli.story()
    with Server.nginx('one-dead', free_port()) as server:
        fails(server.url('http'), words=['502'])


@case
def nginx_impatient():
    """A polling request that is cut after a second, 504, is only an error of one poll: the session goes on, or again."""
    with behind('impatient', '--ping-interval', '20000') as server:
        with by(server.url('http'), *POLLING, '--reconnect', '5', *AGAIN, '--stdin') as cli:
            connected(cli)
            note(cli, 'reconnect_attempt')
            note(cli, 'reconnect')
        with by(server.url('http'), *POLLING, '--stdin') as cli:
            connected(cli)
            leaves(cli, 1)
            told(cli, '504')


# ---- A proxy

@case
def proxies():
    with sio() as server:
        url = server.url('http')
        with Server('proxy.mjs') as proxy:
            for how in (), POLLING, WEBSOCKET:
                works(url, '--proxy', proxy.url('http', ''), *how)
            proxy.expect(lambda r: 'tunnel' in r, 'the tunnel')
        with Server('proxy.mjs', '--auth', 'a:b') as proxy:
            works(url, '--proxy', f'http://a:b@127.0.0.1:{proxy.port}')
            fails(url, '--proxy', proxy.url('http', ''), words=['asks for a user name'])
            fails(url, '--proxy', f'http://a:wrong@127.0.0.1:{proxy.port}', words=['proxy', 'password'])
        with Server('bad-proxy.mjs', '--user', 'a:b') as proxy:
            works(url, '--proxy', f'http://a:b@127.0.0.1:{proxy.port}')
        with Server('proxy.mjs', '--status', 403) as proxy:
            fails(url, '--proxy', proxy.url('http', ''), words=['does not allow'])
        with Server('proxy.mjs', '--silent') as proxy:
            fails(url, '--proxy', proxy.url('http', ''), '--timeout', '1000', words=['proxy'])
        with Server('bad-proxy.mjs', '--half') as proxy:
            fails(url, '--proxy', proxy.url('http', ''), '--timeout', '1000', words=['proxy'])
        with Server('bad-proxy.mjs', '--cut') as proxy:
            fails(url, '--proxy', proxy.url('http', ''), words=['proxy'])
        with Server('proxy.mjs', '--socks') as proxy:
            works(url, '--proxy', f'socks5://127.0.0.1:{proxy.port}')
        fails(url, '--proxy', f'http://127.0.0.1:{free_port()}', words=['refused'])


# ---- TLS

@case
def tls_self_signed():
    with Certificates(self_signed=True) as tls, sio('--cert', tls.cert, '--key', tls.key) as server:
        url = server.url('https')
        for how in POLLING, WEBSOCKET, ():
            with by(url, *how) as cli:
                leaves(cli, 1)
                told(cli, 'certificate', 'Subject: CN=localhost', 'Issuer: CN=localhost', 'Valid until: ', 'SHA-256: ')
                fingerprint = '\n'.join(cli.errors).split('--accept-certificate ')[1].split()[0]
            works(url, '--accept-certificate', fingerprint, *how)
            works(url, '--insecure', *how)
            works(url, '--ca', str(tls.ca), *how)
            wrong = ('00' if fingerprint[:2] != '00' else '01') + fingerprint[2:]
            fails(url, '--accept-certificate', wrong, *how, words=['certificate'])
        assert not [r for r in server.seen if 'request' in r]


@case
def tls_client_certificate():
    with Certificates() as tls:
        cert, key = tls.client()
        with sio('--cert', tls.cert, '--key', tls.key, '--client-ca', tls.ca) as server:
            url = server.url('https')
            for how in POLLING, WEBSOCKET, ():
                works(url, '--ca', str(tls.ca), '--cert', str(cert), '--key', str(key), *how)
                fails(url, '--ca', str(tls.ca), *how, words=['certificate'])


@case
def tls_and_proxy_and_reconnection():
    with Certificates() as tls, sio('--cert', tls.cert, '--key', tls.key) as server, Server('proxy.mjs') as proxy:
        with by(server.url('https'), '--ca', str(tls.ca), '--proxy', proxy.url('http', ''), '--reconnect', '20', *AGAIN,
                '--stdin') as cli:
            connected(cli)
            server.say(crash=200)
            note(cli, 'reconnect')
            cli.say(emit=['turn', 1], ack=True)
            cli.record(layer='sio', kind='ACK', dir='in')
            flawless(cli)


# ---- Engine.IO and WebSocket by themselves

@case
def bare_engine():
    def one(revision, *args):
        with Server('engineio.mjs', '--revision', revision, *BEATS) as server, \
                Cli.connect(server.url('http'), '--protocol', 'engine.io', '--path', '/engine.io/', *args, '--stdin') as cli:
            cli.record(layer='eio', kind='open', dir='in')
            if revision == 3 and args == WEBSOCKET:    # only its heart tells that: PROTOCOL §6
                cli.record(layer='eio', kind='pong', dir='in')
            for text in 'grüße ☃ 😀', 'x' * 100000:
                cli.say(text=text)
                cli.record(layer='eio', kind='message', dir='in', text=lambda it: it and it[:9] == text[:9])
            cli.say(binary='AAECA/8=')
            cli.record(layer='eio', kind='message', dir='in', text=None)
            cli.say(text='burst 100')
            cli.record(layer='eio', kind='message', dir='in', text='99')
            time.sleep(1.2 * SLOW)
            flawless(cli, but=['eio-direction'] if revision == 3 and args == WEBSOCKET else [])
            assert not cli.records(layer='note', kind='error'), cli.story()
            cli.say(close=[1000, ''])
            leaves(cli, 0)
    together(3, *(functools.partial(one, revision, *how) for revision in (3, 4) for how in (POLLING, WEBSOCKET, ())))


@case
def bare_engine_ends():
    for revision in 3, 4:
        with Server('engineio.mjs', '--revision', revision) as server:
            for how in POLLING, WEBSOCKET:
                for text in 'close', 'drop':
                    with Cli.connect(server.url('http'), '--protocol', 'engine.io', '--path', '/engine.io/', *how,
                                     '--stdin') as cli:
                        cli.record(layer='eio', kind='open', dir='in')
                        cli.say(text=text)
                        leaves(cli, *((0, 1) if text == 'close' else (1,)))


@case
def plain_websocket_comes_back():
    with Server('ws.mjs') as server, \
            Cli.connect(server.url(), '--protocol', 'websocket', '--reconnect', '2', *AGAIN, '--stdin') as cli:
        cli.say(text='one')
        cli.record(layer='ws', kind='text', dir='in', text='one')
        server.child.kill()
        leaves(cli, 1)
        assert len(cli.records(layer='note', kind='reconnect_attempt')) == 2, cli.story()
        assert cli.records(layer='note', kind='reconnect_failed'), cli.story()


@case
def deflate():
    with sio('--deflate') as server:
        for args, packed in ((), True), (('--no-deflate',), False):
            with by(server.url('http'), *WEBSOCKET, *args, '--emit', 'x', '--arg', '"%s"' % ('again ' * 1000), '--ack',
                    '--close', '1000') as cli:
                leaves(cli, 0)
                flawless(cli)
                for direction in 'in', 'out':
                    assert packed == any(r.get('compressed') for r in cli.records(layer='ws', dir=direction)), cli.story()


@case
def custom_path():
    with sio('--path', '/my/own/') as server:
        for how in POLLING, WEBSOCKET, ():
            works(server.url('http'), '--path', '/my/own/', *how)
        fails(server.url('http'), '--timeout', '500', words=['path'])


main(jobs=3)
