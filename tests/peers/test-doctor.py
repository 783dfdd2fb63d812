#!/usr/bin/python3
"""sockeye-cli doctor against the npm servers, nginx in its variants, and servers that are something else."""
import concurrent.futures
import contextlib
import json
import os
import socket
import subprocess
import threading
import time

from harness import HERE, SLOW, Certificates, Cli, Server, case, free_port, main, sample


def sio(*args):
    return Server('socketio.mjs', *args)


class Report:
    """What one run of the doctor said, and that it ended in time."""
    def __init__(self, url, *args):
        begin = time.monotonic()
        with Cli('doctor', url, '--json', *args) as cli:
            self.code = cli.wait(30)
            self.story = cli.story()
            lines = [line for line in cli.seen if isinstance(line, dict)]
        self.seconds = time.monotonic() - begin
        assert self.seconds < 20 + 3 * SLOW, 'it took too long\n' + self.story
        assert lines and 'verdict' in lines[-1], 'no verdict\n' + self.story
        self.verdict, self.findings = lines[-1], lines[:-1]
        if 'LeakSanitizer has encountered a fatal error' in self.story:    # it stumbles over idle TLS threads
            self.code = 0 if self.verdict['works'] else 1
        self.levels = {f['finding']: f['level'] for f in self.findings}

    def says(self, *ids, code=None, bad=(), never=()):
        """These findings were made; those in `bad`, and no others, are bad."""
        for id in (*ids, *bad):
            assert id in self.levels, f'no finding “{id}” among {list(self.levels)}\n{self.story}'
        for id in never:
            assert id not in self.levels, f'“{id}” was found\n{self.story}'
        found = {id for id, level in self.levels.items() if level == 'bad'}
        assert found == set(bad), f'bad are {found}, not {set(bad)}\n{self.story}'
        assert self.code == (1 if bad else 0), f'exit status {self.code}\n{self.story}'
        assert self.verdict['works'] == (not bad), self.story
        return self

    def offers(self, *words):
        """The better profile has these words, after the address."""
        assert self.verdict.get('better', [])[1:] == list(words), f"{self.verdict.get('better')}\n{self.story}"
        return self

    def finding(self, id):
        return next(f for f in self.findings if f['finding'] == id)


def works_now(report):
    """What is offered was examined, and works."""
    Report(*report.verdict['better']).says()


# ---- What it is

@case
def socketio_4():
    with sio() as server:
        report = Report(server.url('http')).says('reached', 'socket.io-4', 'sticky', 'websocket-ok', 'upgrade', 'namespace',
                                                'no-cors', 'any-origin')
        assert 'maxPayload' in report.finding('socket.io-4')['evidence'], report.story
        Report(server.url('ws')).says('socket.io-4', 'namespace')
        Report(server.url('http', '/chat')).says('namespace')
        assert not server.child.poll()


@case
def sessions_are_closed():
    with sio() as server:
        Report(server.url('http')).says()
        for line in [r for r in server.seen if r.get('connected')]:
            server.expect(lambda r: r.get('disconnected') and r.get('id', line['id']) == line['id'], 'its end', 3)


@case
def socketio_3():
    with sio('--version', 3, '--ping-timeout', 5000) as server:    # as it is by itself
        Report(server.url('http')).says('socket.io-3', 'sticky', 'websocket-ok', 'upgrade', 'namespace')
    with sio('--version', 3) as server:
        Report(server.url('http')).says('socket.io-3-or-4', 'namespace')


@case
def socketio_2():
    with sio('--version', 2) as server:
        Report(server.url('http')).says('socket.io-2', 'sticky', 'websocket-ok', 'upgrade', 'namespace')
        Report(server.url('http', '/chat')).says('socket.io-2', 'namespace')
        Report(server.url('http', '/never')).says('socket.io-2', bad=['invalid-namespace'])


@case
def bare_engine():
    with Server('engineio.mjs') as server:
        report = Report(server.url('http')).says(bad=['wrong-path', 'engine.io'])
        works_now(report.offers('--path', '/engine.io/', '--protocol', 'engine.io'))
    with Server('engineio.mjs', '--revision', 3) as server:
        Report(server.url('http'), '--protocol', 'engine.io').says('websocket-ok', 'upgrade')


@case
def plain_websocket():
    with Server('ws.mjs') as server:
        Report(server.url('ws')).says('websocket', 'any-origin')
        Report(server.url('http')).says('websocket')
        report = Report(server.url('http'), '--protocol', 'socket.io').says('websocket', bad=['not-socket.io'])
        works_now(report.offers('--protocol', 'websocket'))


@case
def not_websocket():
    with sio() as server:
        report = Report(server.url('ws'), '--protocol', 'websocket').says('socket.io-4', bad=['not-websocket'])
        works_now(report.offers('--protocol', 'socket.io'))


@case
def msgpack():
    for version in 2, 3, 4:
        with sio('--msgpack', '--version', version) as server:
            Report(server.url('http')).says('msgpack', 'namespace')
    with sio('--msgpack') as server:
        works_now(Report(server.url('http'), '--parser', 'default').says(bad=['msgpack']).offers('--parser', 'msgpack'))
    with sio() as server:
        works_now(Report(server.url('http'), '--parser', 'msgpack').says(bad=['default-parser']).offers('--parser', 'default'))


# ---- What is wrong with it

@case
def wrong_path():
    with sio('--path', '/engine.io/') as server:
        works_now(Report(server.url('http')).says('socket.io-4', bad=['wrong-path']).offers('--path', '/engine.io/'))
    with sio() as server:
        works_now(Report(server.url('http'), '--path', '/else/').says(bad=['wrong-path']).offers('--path', '/socket.io/'))
    with Server('ws.mjs', '--path', '/ws') as server:
        report = Report(server.url('ws')).says('websocket', bad=['wrong-path'])
        assert report.verdict['better'][0] == server.url('ws', '/ws'), report.story
        works_now(report)


@case
def wrong_revision():
    with sio() as server:
        works_now(Report(server.url('http'), '--eio', 3).says('socket.io-4', bad=['wrong-revision']).offers('--eio', '4'))
    with sio('--eio3') as server:
        Report(server.url('http'), '--eio', 3).says('socket.io-4-eio3', 'namespace')


@case
def websocket_only():
    with sio('--websocket-only') as server:
        works_now(Report(server.url('http')).says('no-polling', 'websocket-ok', bad=['websocket-only'])
                  .offers('--transports', 'websocket'))
        Report(server.url('http'), '--transports', 'websocket').says('no-polling', 'websocket-ok', 'namespace')


@case
def polling_only():
    with sio('--polling-only') as server:
        Report(server.url('http')).says('no-websocket', 'namespace')
        works_now(Report(server.url('http'), '--transports', 'websocket').says(bad=['no-websocket'])
                  .offers('--transports', 'polling'))
    with sio('--polling-only', '--version', 2) as server:
        Report(server.url('http', '/chat')).says('no-websocket', 'namespace')


@case
def no_upgrades():
    with sio('--no-upgrades') as server:
        Report(server.url('http')).says('no-upgrades-offered', 'websocket-ok')


@case
def namespaces():
    with sio() as server:
        Report(server.url('http', '/never')).says(bad=['invalid-namespace'])
        report = Report(server.url('http', '/secure')).says(bad=['namespace-refused'])
        assert 'no token' in report.finding('namespace-refused')['title'], report.story
        Report(server.url('http', '/secure'), '--auth', '{"token":"x"}')
    with sio('--reject', 'not you', '--reject-data', '{"code":42}') as server:
        report = Report(server.url('http')).says(bad=['namespace-refused'])
        assert '"code":42' in report.finding('namespace-refused')['evidence'], report.story
    with sio('--need-token', 'tok', '--early') as server:
        Report(server.url('http'), '--auth', '{"token":"tok"}').says('namespace')
        Report(server.url('http'), '--transports', 'polling').says(bad=['namespace-refused'])


@case
def origins():
    with sio('--refuse-origin', 'http://bad.example') as server:
        Report(server.url('http'), '--origin', 'http://bad.example').says(bad=['origin-refused'])
        Report(server.url('http'), '--origin', 'http://good.example').says('namespace')
    with sio('--forbid') as server:
        Report(server.url('http')).says(bad=['forbidden'])
    with sio('--cors', '*') as server:
        Report(server.url('http')).says('cors', never=['no-cors'])


# ---- TLS

@case
def tls():
    with Certificates() as files, sio('--cert', files.cert, '--key', files.key) as server:
        Report(server.url('https'), '--ca', files.ca).says('socket.io-4', 'namespace')
        report = Report(server.url('http'), '--ca', files.ca).says('socket.io-4', bad=['tls-expected'])
        assert report.verdict['better'][0] == server.url('https'), report.story
        report = Report(server.url('https')).says('socket.io-4', 'namespace', bad=['certificate'])
        assert 'better' not in report.verdict, report.story
        with Server.nginx('right', server, args=('--cert', files.cert, '--key', files.key)) as proxy:
            Report(proxy.url('http'), '--ca', files.ca).says('reached', bad=['tls-expected', 'backend-down'])
    with Certificates(self_signed=True) as files, sio('--cert', files.cert, '--key', files.key) as server:
        report = Report(server.url('wss')).says(bad=['certificate'])
        assert 'self-signed' in report.finding('certificate')['title'], report.story


@case
def no_tls():
    with sio() as server:
        report = Report(server.url('https')).says('socket.io-4', 'namespace', bad=['not-tls'])
        assert report.verdict['better'][0].startswith(server.url('http', '')), report.story
        works_now(report)


# ---- Proxies

@contextlib.contextmanager
def behind(variant, *args, backends=1, backend=()):
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(sio('--name', name, *backend)) for name in 'AB'[:backends]]
        yield stack.enter_context(Server.nginx(variant, *servers, args=args))


@case
def right_proxies():
    for variant, n in ('right', 1), ('sticky-cookie', 2), ('sticky-ip', 2), ('unbuffered', 1), ('gzip', 1):
        with behind(variant, backends=n) as proxy:
            Report(proxy.url('http')).says('sticky', 'websocket-ok', 'upgrade', 'namespace')


@case
def upgrade_stripped():
    for variant in 'no-upgrade', 'half-upgrade':
        with behind(variant) as proxy:
            report = Report(proxy.url('http')).says('sticky', 'no-upgrade', 'namespace')
            assert 'nginx' in report.finding('no-upgrade')['evidence'], report.story
            works_now(Report(proxy.url('http'), '--transports', 'websocket').says(bad=['no-upgrade'])
                      .offers('--transports', 'polling'))


@case
def no_sticky_sessions():
    with behind('round-robin', backends=2) as proxy:
        report = Report(proxy.url('http')).says('websocket-ok', bad=['no-sticky']).offers('--transports', 'websocket')
        works_now(report)
        Report(proxy.url('http'), '--transports', 'polling').says(bad=['no-sticky'])


@case
def below_a_path():
    with behind('sub-path') as proxy:
        works_now(Report(proxy.url('http', '/app')).says('socket.io-4', bad=['wrong-path'])
                  .offers('--path', '/app/socket.io/'))


@case
def redirects():
    for variant in 'redirect', 'redirect-host':
        with behind(variant) as proxy:
            report = Report(proxy.url('http'), '--path', '/old/socket.io/').says('redirect', 'namespace')
            Report(*report.verdict['better']).says('namespace', never=['redirect'])


@case
def walls():
    with behind('auth') as proxy:
        report = Report(proxy.url('http')).says(bad=['auth-required'])
        assert 'staff' in report.finding('auth-required')['evidence'], report.story
        Report(proxy.url('http'), '--user', 'ann:secret').says('namespace')


@case
def no_server_behind():
    with Server.nginx('right', free_port()) as proxy:
        Report(proxy.url('http')).says(bad=['backend-down'])
    with behind('maintenance') as proxy:
        Report(proxy.url('http')).says(bad=['backend-down'])
    with behind('page') as proxy:
        Report(proxy.url('http')).says(bad=['only-pages'])


@case
def statuses():
    for status, id in (404, 'nothing-found'), (426, 'no-upgrade'), (401, 'auth-required'), (403, 'forbidden'), (503, 'backend-down'):
        with Server('ws.mjs', '--status', status) as server:
            Report(server.url('ws')).says(bad=[id])


# ---- Nobody, and others

@case
def nobody():
    Report(f'http://127.0.0.1:{free_port()}').says(bad=['refused'])
    Report('http://never.invalid').says(bad=['name-not-found'])


class Stranger:
    """Says `greeting` to whoever connects; after a request, `answer`."""
    def __init__(self, greeting=b'', answer=None):
        self.greeting, self.answer = greeting, answer

    def __enter__(self):
        self.listener = socket.create_server(('127.0.0.1', 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self.serve, daemon=True).start()
        return self

    def serve(self):
        with contextlib.suppress(OSError):
            while True:
                threading.Thread(target=self.talk, args=(self.listener.accept()[0],), daemon=True).start()

    def talk(self, line):
        with line, contextlib.suppress(OSError):
            line.sendall(self.greeting)
            if line.recv(4096) and self.answer is not None:
                line.sendall(self.answer)
                return
            while line.recv(4096):
                pass

    def __exit__(self, *_):
        self.listener.close()

    def url(self, scheme='http'):
        return f'{scheme}://127.0.0.1:{self.port}/'


@case
def strangers():
    for greeting, answer, name in (
            (b'SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n', None, 'SSH'),
            (b'220 mail.example ESMTP ready\r\n', b'502 5.5.2 what?\r\n', 'SMTP'),
            (b'J\0\0\0\x0a8.0.32\0' + bytes(60), None, 'MySQL'),
            (b'', b"-ERR wrong number of arguments for 'get' command\r\n", 'Redis'),
            (b'', b'\0\0\x12\x04\0\0\0\0\0' + bytes(18), 'HTTP/2'),
            (b'', b'\x15\x03\x01\0\x02\x02\x46', 'TLS')):
        with Stranger(greeting, answer) as server:
            report = Report(server.url()).says(bad=['not-http'])
            assert name in report.finding('not-http')['title'], report.story


@case
def silence():
    with Stranger() as server:
        Report(server.url()).says(bad=['silent'])
        Report(server.url('https')).says(bad=['no-answer'])
    with Stranger(answer=b'') as server:
        Report(server.url()).says(bad=['hangs-up'])


class Slow(Stranger):
    """Answers rightly, but takes nearly as long as it may for each."""
    def talk(self, line):
        with line, contextlib.suppress(OSError):
            request = line.recv(4096).decode()
            time.sleep(2.6)
            body = '0{"sid":"x","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}'
            status = '404 Not Found' if 'Upgrade:' in request else '200 OK'
            body = 'ok' if request.startswith('POST') else '6' if 'sid=' in request else body
            line.sendall(f'HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n{body}'.encode())


@case
def slow_server():
    with Slow() as server:
        report = Report(server.url()).says('socket.io-4', 'sticky', 'no-upgrade', bad=['time-out'])
        assert report.seconds > 19, report.seconds


@case
def wrong_usage():
    with Cli('doctor') as cli:
        assert cli.wait() == 2, cli.story()
    with Cli('doctor', 'ftp://x') as cli:
        assert cli.wait() == 2, cli.story()


@case
def for_people():
    with sio() as server, Cli('doctor', server.url('http')) as cli:
        assert cli.wait(30) == 0, cli.story()
        lines = list(cli.other)
        assert lines[0].startswith('✔ ') and lines[-1].startswith('Socket.IO 4 answers at http://127.0.0.1'), cli.story()
        assert any(line.startswith('• ') for line in lines) and any(line.startswith('    GET /') for line in lines), cli.story()


# ---- Servers that break one rule each: the doctor ends in time, says something, and is not hurt

def hostile(script, scheme, *args):
    """Each row of the script is examined, with these options."""
    names = json.loads(subprocess.run(['node', HERE / 'servers' / script, '--list'], check=True, capture_output=True,
                                      timeout=20).stdout)
    assert len(names) > 10
    if 'SOCKEYE_TEST_ALL' not in os.environ:    # each takes its seconds
        names = sample(names[::12])

    def ask(name):
        with Server(script, name) as server:
            report = Report(server.url(scheme), *args)
            assert report.code in (0, 1) and len(report.findings) > 1, f'{name}\n{report.story}'
            assert 'AddressSanitizer:' not in report.story and 'detected memory' not in report.story and 'CRITICAL' not in report.story, f'{name}\n{report.story}'
    with concurrent.futures.ThreadPoolExecutor(6) as several:    # most of the time is waited
        list(several.map(ask, names))


@case
def bad_servers():
    hostile('bad.mjs', 'ws')


@case
def bad_engines():
    hostile('bad.mjs', 'http', '--protocol', 'socket.io', '--transports', 'websocket')


@case
def bad_polling_servers():
    hostile('bad-polling.mjs', 'http')


main(6)
