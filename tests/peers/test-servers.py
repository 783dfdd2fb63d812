#!/usr/bin/python3
"""The servers of servers/ themselves, by the npm client of the same version: what a test blames is then not them."""
import contextlib
import gzip
import http.client
import json
import socket
import subprocess
import urllib.parse

from harness import HERE, SLOW, Certificates, Client, Server, case, free_port, main, passed

PATH = '/socket.io/?EIO=4&transport=polling'

LIVE = ('echo', 'ack', 'binary', 'late', 'question', 'burst', 'volatile', 'rooms', 'whoami', 'upgraded', 'kick')
OTHERS = ('spaces', 'welcome', 'drop', 'restart', 'crash', 'stall')


def probe(server, *checks, client=4, scheme='http', path='/', **options):
    """The checks of clients/probe.mjs pass."""
    with Client('probe.mjs', server.url(scheme, path), *checks, '--client', client,
                '--options', json.dumps(options)) as client:
        passed(client, 30)


def sio(*args):
    return Server('socketio.mjs', *args)


def fetch(server, path=PATH, data=None, **headers):
    """One request: status, headers, and the body as it came."""
    line = http.client.HTTPConnection('127.0.0.1', server.port, timeout=10 * SLOW)
    with contextlib.closing(line):
        line.request('POST' if data else 'GET', path, data, {k.replace('_', '-'): v for k, v in headers.items()})
        answer = line.getresponse()
        return answer.status, answer.headers, answer.read()


@contextlib.contextmanager
def behind(variant, *args, backends=1, backend=()):
    """nginx as `variant` before so many servers."""
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(sio('--name', name, *backend)) for name in 'AB'[:backends]]
        yield stack.enter_context(Server.nginx(variant, *servers, args=args))


# ---- Versions and their options

def version(number):
    with sio('--version', number, '--early', '--welcome', '--name', 'A',
             '--ping-interval', 300, '--ping-timeout', 500) as server:
        probe(server, *LIVE, *OTHERS, client=number)


@case
def socketio_2():
    version(2)


@case
def socketio_3():
    version(3)


@case
def socketio_4():
    version(4)


@case
def recovery():
    with sio('--recovery', 10000) as server:
        probe(server, 'recovery')


@case
def middleware():
    with sio('--reject', 'not you', '--reject-data', '{"code":42}') as server:
        probe(server, 'rejected')
    with sio('--version', 3, '--need-token', 'tok') as server:
        probe(server, 'needs', client=3)


@case
def transports():
    with sio('--websocket-only', '--deflate') as server:
        probe(server, 'fails')
        probe(server, 'echo', 'upgraded', transports=['websocket'])
    with sio('--polling-only', '--path', '/else/where/', '--version', 2) as server:
        probe(server, 'echo', 'binary', 'polls', client=2, path='/else/where/')
    with sio('--no-upgrades') as server:
        probe(server, 'polls')


@case
def msgpack():
    for number in 2, 3, 4:
        with sio('--msgpack', '--version', number) as server:
            probe(server, 'echo', 'ack', 'binary', 'upgraded', client=number, msgpack=True)


@case
def old_clients_of_new_servers():
    with sio('--eio3') as server:
        probe(server, 'echo', 'binary', 'upgraded', client=2)
    with sio() as server:
        probe(server, 'fails', client=2)


@case
def refused_origin():
    with sio('--refuse-origin', 'http://bad.example') as server:
        probe(server, 'fails', extraHeaders={'Origin': 'http://bad.example'})
        probe(server, 'echo', extraHeaders={'Origin': 'http://good.example'})


@case
def tls():
    with Certificates(self_signed=True) as files, sio('--cert', files.cert, '--key', files.key) as server:
        probe(server, 'echo', 'upgraded', scheme='https')
    with Certificates() as files:
        cert, key = files.client()
        with sio('--cert', files.cert, '--key', files.key, '--client-ca', files.ca) as server:
            probe(server, 'fails', scheme='https')
            probe(server, 'echo', scheme='https', transports=['polling'], cert=cert.read_text(), key=key.read_text())


# ---- Bare Engine.IO

@case
def engineio():
    for revision in 3, 4:
        with Server('engineio.mjs', '--revision', revision) as server:
            for how in ('--upgrade',), ('--transport', 'polling'), ('--transport', 'websocket'):
                with Client('engine.mjs', server.url('http'), '--revision', revision, *how) as client:
                    passed(client, 20)
            assert server.expect(lambda r: 'connected' in r, 'the connection')['revision'] == revision


# ---- nginx

@case
def nginx_right():
    with behind('right') as server:
        probe(server, 'echo', 'binary', 'upgraded')


@case
def nginx_without_upgrade():
    for variant in 'no-upgrade', 'half-upgrade':
        with behind(variant) as server:
            probe(server, 'echo', 'binary', 'polls')
            probe(server, 'fails', transports=['websocket'])


@case
def nginx_two_backends():
    with behind('round-robin', backends=2) as server:
        probe(server, 'fails')
        probe(server, 'echo', transports=['websocket'])
    with behind('sticky-ip', backends=2) as server:
        probe(server, 'echo', 'upgraded')
    with behind('sticky-cookie', backends=2) as server:
        probe(server, 'echo', 'upgraded', withCredentials=True)
        answers = [fetch(server) for _ in range(30)]
        assert {a[1]['X-Server'] for a in answers} == {'A', 'B'}, 'no choice without a cookie'
        cookie = answers[0][1]['Set-Cookie'].split(';')[0]
        kept = {fetch(server, Cookie=cookie)[1]['X-Server'] for _ in range(10)}
        assert kept == {answers[0][1]['X-Server']}, kept


@case
def nginx_dead_backend():
    with Server.nginx('one-dead', free_port()) as server:
        assert fetch(server)[0] == 502


@case
def nginx_sub_path():
    with behind('sub-path') as server:
        probe(server, 'echo', 'upgraded', path='/app/socket.io/')
        probe(server, 'fails')


@case
def nginx_redirects():
    for status in 301, 302, 307, 308:
        with Server.nginx('redirect', 9, args=('--status', status)) as server:
            code, headers, _ = fetch(server, '/old' + PATH)
            assert code == status and headers['Location'] == server.url('http', PATH), headers
    with behind('redirect-host') as server:
        assert fetch(server, '/old' + PATH)[1]['Location'] == f'http://localhost:{server.port}{PATH}'
        assert fetch(server)[0] == 200


@case
def nginx_answers():
    with behind('gzip', backend=('--no-http-compression',)) as server:
        _, headers, body = fetch(server, Accept_Encoding='gzip')
        assert headers['Content-Encoding'] == 'gzip' and headers['Transfer-Encoding'] == 'chunked', headers
        assert gzip.decompress(body).startswith(b'0{')
        probe(server, 'echo', 'upgraded')
    with behind('unbuffered') as server:
        assert fetch(server)[1]['Connection'] == 'close'
        probe(server, 'echo', 'upgraded')
    with behind('auth') as server:
        assert fetch(server)[0] == 401
        probe(server, 'echo', 'upgraded', extraHeaders={'Authorization': 'Basic YW5uOnNlY3JldA=='})
    with behind('small-bodies') as server:
        assert fetch(server, data=b'4' * 2000)[0] == 413
    with behind('impatient') as server:
        sid = json.loads(fetch(server)[2][1:])['sid']
        fetch(server, f'{PATH}&sid={sid}', data=b'40')
        fetch(server, f'{PATH}&sid={sid}')
        assert fetch(server, f'{PATH}&sid={sid}')[0] == 504
    with Server.nginx('page') as page, Server.nginx('maintenance') as maintenance:
        assert fetch(page)[0] == 200 and fetch(maintenance)[0] == 503


# ---- A proxy

def connect(proxy, target, *authorizations):
    """CONNECT as often as there are authorizations (None: without) on one line; the last answer's first line and it."""
    line = socket.create_connection(('127.0.0.1', proxy.port), timeout=1)
    with line.makefile('rb') as answers:
        for value in authorizations:
            more = f'Proxy-Authorization: {value}\r\n' if value else ''
            line.sendall(f'CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n{more}\r\n'.encode())
            status = answers.readline().decode().strip()
            headers = http.client.parse_headers(answers)
            answers.read(int(headers.get('Content-Length', 0)))
    return status, line


@case
def proxies():
    with sio('--name', 'A') as server:
        target = f'name.test:{server.port}'
        for proxy, *tries in (
                (Server('proxy.mjs', '--to', server.port), None),
                (Server('proxy.mjs', '--to', server.port, '--auth', 'a:b'), 'Basic YTpi'),
                (Server('bad-proxy.mjs', '--user', 'a:b'), None, 'Basic eDp5', 'Basic YTpi')):
            with proxy:
                status, line = connect(proxy, target, *tries)
                assert status.startswith('HTTP/1.1 200 '), status
                with line:
                    line.sendall(f'GET {PATH} HTTP/1.0\r\n\r\n'.encode())
                    assert b'X-Server: A' in line.recv(4096)
                proxy.expect(lambda r: r.get('tunnel') == target, 'the tunnel')


@case
def proxies_that_refuse():
    for args, answer in (
            (('proxy.mjs', '--auth', 'a:b'), '407'), (('bad-proxy.mjs', '--user', 'a:b', '--close-after-407'), '407'),
            (('proxy.mjs', '--status', 403), '403'), (('bad-proxy.mjs', '--page', 503), '503'),
            (('proxy.mjs',), '502'), (('bad-proxy.mjs',), '502'), (('bad-proxy.mjs', '--cut'), '')):
        with Server(*args) as proxy:
            status = connect(proxy, f'127.0.0.1:{free_port()}', None)[0]
            assert answer in status and bool(answer) == bool(status), (args, status)
    for args in ('proxy.mjs', '--silent'), ('bad-proxy.mjs', '--half'):
        with Server(*args) as proxy:
            try:
                raise AssertionError(connect(proxy, 'x:1', None))
            except TimeoutError:
                pass


# ---- Raw bytes

def polls(server, row):
    """Opens a session, connects, and has an event back, each on a connection of its own."""
    path = f'/{row}/?EIO=4&transport=polling'
    _, headers, body = fetch(server, path)
    assert body.startswith(b'0{'), (row, body)
    cookie = {'Cookie': headers['Set-Cookie'].split(';')[0]} if 'Set-Cookie' in headers else {}
    path += '&sid=' + urllib.parse.quote(str(json.loads(body[1:])['sid']))
    for packet, answer in ('40', '40{"sid":"def"}'), ('42["echo",1]', '42["echo",1]'):
        assert fetch(server, path, data=packet.encode(), **cookie)[2] == b'ok', row
        assert fetch(server, path, **cookie)[2].decode() == answer, row


@case
def raw_polling():
    rows, fine = (json.loads(subprocess.run(['node', HERE / 'servers/bad-polling.mjs', how], capture_output=True,
                                            check=True).stdout) for how in ('--list', '--fine'))
    assert set(fine) <= set(rows)
    with Server('bad-polling.mjs') as server:
        for row in fine:
            if not row.startswith(('redirect-', 'poll-', 'early-')):
                polls(server, row)
        probe(server, 'echo', 'upgraded', path='/upgrade-right/')
        probe(server, 'echo', path='/early-hints/')    # which Python does not know
        for row in rows:    # none ends the server, however one goes away
            with socket.create_connection(('127.0.0.1', server.port)) as line:
                line.settimeout(0.05)
                line.sendall(f'GET /{row}/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n\r\n'.encode())
                with contextlib.suppress(OSError):
                    line.recv(4096)
        polls(server, 'right')


main()
