#!/usr/bin/python3
"""sockeye-cli host with clients that mean it ill: the others go on, and it stays small.

Beside each attack an npm client asks over WebSocket and polling, and has its answers within a second.
"""
import contextlib
import json
import os
import re
import resource
import select
import socket
import ssl
import struct
import subprocess
import tempfile
import time

from harness import CLI, SANITIZED, SLOW, Client, Watched, case, main

SMALL_MB, FLOOD_MB = (150, 500) if SANITIZED else (60, 250)
BRIEF = ['--idle-timeout', '1000', '--ping-interval', '500', '--ping-timeout', '1500']
POLLING = '/socket.io/?EIO=4&transport=polling'
WEBSOCKET = '/socket.io/?EIO=4&transport=websocket'
RULES = {'namespaces': {'/': {'on': {
    'witness': [{'ack': []}],
    'subscribe': [{'join': 'feed'}],
    'feed': [{'emit': ['news', {'$fill': ['x', 65536]}], 'to': 'feed', 'delay': 5, 'repeat': 400}],
    'large': [{'emit': ['news', {'$fill': ['x', 6000000]}]}],
}}}}


class Line:
    """One TCP connection to the host, which never answers by itself."""
    def __init__(self, port, rcvbuf=None):
        self.socket = socket.socket()
        if rcvbuf:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, rcvbuf)
        self.socket.settimeout(10 * SLOW)
        self.socket.connect(('127.0.0.1', port))

    def send(self, data):
        self.socket.sendall(data.encode() if isinstance(data, str) else data)

    def push(self, data):
        """What the host takes now. False: it hung up."""
        self.socket.setblocking(False)
        try:
            return self.socket.send(data.encode() if isinstance(data, str) else data)
        except BlockingIOError:
            return 0
        except OSError:
            return False
        finally:
            self.socket.settimeout(10 * SLOW)

    def get(self, target, more='', method='GET', body=''):
        length = f'Content-Length: {len(body)}\r\n' if method == 'POST' else ''
        self.send(f'{method} {target} HTTP/1.1\r\nHost: 127.0.0.1\r\n{length}{more}\r\n{body}')

    def read(self, until=b'\r\n\r\n'):
        """What comes until then, or until the end."""
        heard = b''
        with contextlib.suppress(ConnectionError):
            while until not in heard:
                block = self.socket.recv(65536)
                if not block:
                    break
                heard += block
        return heard

    def answer(self):
        """Status and body of an answer that has a length."""
        heard = self.read()
        head, _, body = heard.partition(b'\r\n\r\n')
        length = re.search(rb'content-length: *(\d+)', head, re.I)
        while length and len(body) < int(length[1]):
            body += self.socket.recv(65536)
        return int(head.split()[1]) if head else 0, body.decode('utf-8', 'replace')

    def await_taken(self):
        """Until the host has read what was sent: another line's words come after it."""
        here, there = (f'{port:04X}' for port in (self.socket.getsockname()[1], self.socket.getpeername()[1]))
        end = time.monotonic() + 5 * SLOW
        while time.monotonic() < end:
            with open('/proc/net/tcp') as table:
                rows = [row.split() for row in table]
            if any(row[1].endswith(':' + there) and row[2].endswith(':' + here) and row[4].endswith(':00000000') for row in rows):
                return
        raise AssertionError('the host does not read')

    def is_over(self, seconds):
        """Whether the host hangs up within that time; nothing is read."""
        poll = select.poll()
        poll.register(self.socket, select.POLLRDHUP)
        return bool(poll.poll(seconds * SLOW * 1000))

    def reset(self):
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
        self.socket.close()


def frame(data, opcode=1, fin=True, length=None):
    """A masked frame; the mask is of zeros."""
    data = data.encode() if isinstance(data, str) else data
    n = len(data) if length is None else length
    head = bytes([fin << 7 | opcode])
    head += bytes([0x80 | n]) if n < 126 else struct.pack('>BH', 0xfe, n) if n < 65536 else struct.pack('>BQ', 0xff, n)
    return head + bytes(4) + data


class Attack:
    """A host under attack, and those who only want to be served."""
    def __init__(self, options, tls=False, only=()):
        self.only = only
        self.scheme = 'https' if tls else 'http'
        self.options = [*options, *(['--tls', 'self-signed'] if tls else [])]
        self.lines = []

    def __enter__(self):
        self.host = Watched('host', '--port', '0', '--json', '--layers', 'note', *self.options)
        try:
            self.at = self.host.expect(lambda r: 'listening' in r, 'the listening line', 20)['listening']
            self.port = int(re.search(r':(\d+)/', self.at)[1])
            self.witness = Client('witness.mjs', self.at, *self.only)
            self.witness.expect(lambda r: 'ready' in r, 'the witness', 20)
        except AssertionError as error:
            self.host.__exit__()
            raise AssertionError(f'{error}\n{self.host.story()}') from None
        return self

    def __exit__(self, *_):
        for line in self.lines:
            line.socket.close()
        self.witness.__exit__()
        self.host.__exit__()

    def line(self, **more):
        self.lines.append(Line(self.port, **more))
        return self.lines[-1]

    def many(self, n, **more):
        return [self.line(**more) for _ in range(n)]

    def handshake(self, **more):
        """A session on polling: its target, and the line it came on."""
        line = self.line(**more)
        line.get(POLLING)
        status, body = line.answer()
        assert status == 200, (status, body)
        return f'{POLLING}&sid={json.loads(body[1:])["sid"]}', line

    def websocket(self, target=WEBSOCKET, connect=True, **more):
        line = self.line(**more)
        line.get(target, 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n'
                         'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n')
        head = line.read()
        assert b' 101 ' in head, head
        if connect:
            line.send(frame('40'))
        return line

    def count_sockets(self):
        names = []
        for fd in os.listdir(f'/proc/{self.host.child.pid}/fd'):
            with contextlib.suppress(FileNotFoundError):    # just closed
                names.append(os.readlink(f'/proc/{self.host.child.pid}/fd/{fd}'))
        return sum(name.startswith('socket:') for name in names)

    def noted(self, words, seconds=10):
        self.host.record(seconds, layer='note', text=lambda text: text and words in text)

    def judge(self, name, limit_mb):
        """Newcomers are let in, who was there got its answers, and it was not bought with memory."""
        for line in self.lines:
            line.socket.close()
        self.lines.clear()
        if self.scheme == 'http':
            end = time.monotonic() + 5 * SLOW
            while True:
                try:
                    target, line = self.handshake()
                    line.get(target, method='POST', body='1')    # it goes again: the host need not wait for it
                    line.answer()
                    break
                except (AssertionError, OSError):
                    if time.monotonic() > end:
                        raise
                    time.sleep(0.1)
        self.witness.expect(lambda r: 'enough' in r, 'enough answers for the witness', 10)
        self.witness.say(stop=True)
        told = self.witness.expect(lambda r: 'acks' in r, 'what the witness saw', 10)
        self.witness.wait()
        assert told['lost'] is None and told['acks'] >= 10 and told['slowest'] <= 1000 * SLOW, f'{name}: {told}\n{self.host.story()}'
        assert self.host.child.poll() is None, f'{name}: the host died\n{self.host.story()}'
        self.host.judge_health(name)
        # How many records a flood makes is the machine's speed: what each may cost is the budget's 64 bytes, for the first million.
        n_records = max((record.get('n', 0) for record in self.host.seen if isinstance(record, dict)), default=0)
        limit_mb += min(n_records, 1 << 20) * 64 // 1_000_000
        assert self.host.peak_mb <= limit_mb, f'{name}: {self.host.peak_mb} MB\n{self.host.story()}'
        if 'SOCKEYE_TEST_TELL' in os.environ:
            print(f'# {name}: {told["acks"]} acks, the slowest after {told["slowest"]} ms, {self.host.peak_mb} MB')


def attack(*options, limit_mb=SMALL_MB, tls=False, rules=False, only=()):
    """`only`: the transports by which the witness comes."""
    def decorate(run):
        def tried():
            with tempfile.NamedTemporaryFile('w', suffix='.json') as file:
                json.dump(RULES, file)
                file.flush()
                with Attack([*options, *(['--rules', file.name] if rules else [])], tls, only) as it:
                    run(it)
                    it.judge(run.__name__, limit_mb)
        tried.__name__ = run.__name__
        tried.__doc__ = run.__doc__
        return case(tried)
    return decorate


def all_over(lines, seconds):
    end = time.monotonic() + seconds * SLOW
    still = [line for line in lines if not line.is_over(max(end - time.monotonic(), 0.01))]
    assert not still, f'{len(still)} of {len(lines)} are still there'


@attack('--max-connections', '100', *BRIEF)
def flood_of_connections(it):
    lines = it.many(600)
    time.sleep(0.3)
    for line in lines:
        with contextlib.suppress(OSError):
            line.get(POLLING)
    answers = [line.read() for line in lines]
    refused = sum(b' 503 ' in answer for answer in answers)
    assert refused > 50, f'{refused} were told that there are too many'
    assert sum(b' 200 ' in answer for answer in answers) < 100


@attack('--max-connections', '1000', *BRIEF, only=['websocket'])
def few_descriptors(it):
    """No more files may be opened: those who are there stay."""
    own = len(os.listdir(f'/proc/{it.host.child.pid}/fd'))
    resource.prlimit(it.host.child.pid, resource.RLIMIT_NOFILE, (own + 50, own + 50))
    lines = it.many(150)
    time.sleep(1)
    for line in lines:
        line.reset()


@attack(*BRIEF)
def reset_storm(it):
    for i in range(1000):
        line = Line(it.port)
        with contextlib.suppress(OSError):
            line.send(['', 'GET ', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', f'POST {POLLING} HTTP/1.1\r\nContent-Length: 9\r\n\r\n4'][i % 4])
        line.reset()


@attack(*BRIEF)
def half_open(it):
    all_over(it.many(200), 4)


@attack('--max-connections', '100')
def half_closed(it):
    """Who has asked and goes takes no room, though libsoup would keep it."""
    for _ in range(3):
        lines = it.many(90)
        for line in lines:
            line.get('/nothing')
        for line in lines:
            assert b' 426 ' in line.read()
            line.socket.shutdown(socket.SHUT_WR)
        all_over(lines, 2)


@attack('--idle-timeout', '2000', tls=True)
def half_open_tls(it):
    """Every handshake that is not done keeps a thread from the next."""
    lines = it.many(20)
    for line in lines[::2]:
        line.send(bytes.fromhex('16030100c8010000c40303'))
    for line in lines[1::2]:
        line.send('GET / HTTP/1.1\r\n\r\n')
    all_over(lines, 4)


def client_hello():
    """What begins a handshake of TLS in order."""
    wanted = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).wrap_bio(ssl.MemoryBIO(), out := ssl.MemoryBIO(), server_hostname='localhost')
    with contextlib.suppress(ssl.SSLWantReadError):
        wanted.do_handshake()
    return out.read()


@attack(tls=True)
def many_half_open_tls(it):
    """They say nothing, not all of the first message, or no more than that; others come as before."""
    hello = client_hello()
    end = time.monotonic() + 3
    while time.monotonic() < end:
        for said in (b'', hello[:3], hello[:-1], hello, hello):
            it.line().send(said)
        time.sleep(0.05 * SLOW)


@attack(*BRIEF)
def slow_heads(it):
    lines = it.many(100)
    for line in lines:
        line.send('GET / HTTP/1.1\r\nHost: x\r\nX: ')
    end = time.monotonic() + 4 * SLOW
    while time.monotonic() < end:
        over = [line.push('a') is False for line in lines]
        if all(over):
            break
        time.sleep(0.1)
    all_over(lines, 0.5)


@attack(*BRIEF)
def large_heads(it):
    for more in ('X: ' + 'a' * 40000 + '\r\n', 'X: a\r\n' * 7000, ''):
        line = it.line()
        with contextlib.suppress(OSError):
            line.get('/' if more else '/' + 'a' * 40000, more)
        assert b' 431 ' in line.read(), more[:10]
    it.noted('a head of more than')
    line = it.line()
    while line.push('X: aaaaaaaaaaaaaaa\r\n' * 100) is not False:
        time.sleep(0.001)


@attack(*BRIEF)
def no_http(it):
    lines = it.many(50)
    for i, line in enumerate(lines):
        line.send([os.urandom(2000), b'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n', bytes.fromhex('1603010200010001fc0303'), b'\0' * 500,
                   b'GET / HTTP/9.9\r\n\r\n', b'\r\n' * 500][i % 6])
    all_over(lines, 4)


@attack(limit_mb=FLOOD_MB)
def pipelined(it):
    """Requests upon requests, of which no answer is read."""
    lines = it.many(2, rcvbuf=4096)
    request = 'GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n' * 500
    end = time.monotonic() + 2
    while time.monotonic() < end:
        for line in lines:
            line.push(request)
        time.sleep(0.005)


@attack(limit_mb=FLOOD_MB)
def pipelined_and_read(it):
    """Requests upon requests, and every answer is taken."""
    request = b'GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n' * 500
    rest = dict.fromkeys(it.many(30), b'')
    heard, end = 0, time.monotonic() + 2
    while time.monotonic() < end:
        for line in rest:
            rest[line] = rest[line] or request
            rest[line] = rest[line][line.push(rest[line]):]
        for one in select.select([line.socket for line in rest], [], [], 0.005)[0]:
            heard += len(one.recv(1 << 20))
    assert heard > 100_000, f'{heard} bytes of answers'


@attack(rules=True, limit_mb=FLOOD_MB)
def slow_reader(it):
    """An answer of 6 MB that is taken bit by bit, and ends the connection: all of it comes."""
    target, line = it.handshake()
    line.get(target, method='POST', body='40\x1e42["large"]')
    assert line.answer() == (200, 'ok')
    slow, heard = it.line(rcvbuf=4096), 0
    slow.get(target, 'Connection: close\r\n')
    while block := slow.socket.recv(60000):
        heard += len(block)
        time.sleep(0.002)
    assert heard > 6_000_000, f'{heard} bytes came'


@attack(*BRIEF, rules=True, limit_mb=FLOOD_MB)
def unread_answer(it):
    """A poll whose answer of 6 MB nobody takes."""
    for _ in range(5):
        target, line = it.handshake(rcvbuf=4096)
        line.get(target, method='POST', body='40\x1e42["large"]')
        assert line.answer() == (200, 'ok')
        line.get(target)
    all_over(it.lines, 4)
    sockets = it.count_sockets()
    assert sockets < 5 + 4, f'{sockets} sockets are open'


@attack('--max-connections', '300', *BRIEF)
def abandoned_sessions(it):
    for again in (True, False):
        for _ in range(250):
            it.handshake()[1].socket.close()
        if again:
            time.sleep(2 * SLOW)    # until they are forgotten; the last are by whoever judges


@attack()
def overlapping(it):
    """Two polls at once, two POSTs at once: the second is refused, and the session is over: PROTOCOL §3.4, §3.5."""
    for method in ('GET', 'POST'):
        for _ in range(50):
            target, line = it.handshake()
            line.get(target)    # what CONNECT's answer would come on
            line.await_taken()
            if method == 'POST':
                line = it.line()
                line.send(f'POST {target} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n40')
                line.await_taken()
            other = it.line()
            other.get(target, method=method, body='40')
            assert other.answer()[0] == 400
            other.get(target)
            assert other.answer()[1].startswith('{"code":1,'), method


@attack('--max-payload', '100000')
def large_bodies(it):
    def post(head):
        target, line = it.handshake()
        line.send(f'POST {target} HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n')
        return line
    assert b' 413 ' in post('Content-Length: 999999999999').read()
    endless = {}    # empty extensions, single octets, large pieces; and a body that nobody wants
    for n in (0, 1, 5000):
        endless[post('Transfer-Encoding: chunked')] = f'{max(n, 1):x};{"e" * 50 if n == 0 else ""}\r\n{"4" * max(n, 1)}\r\n'.encode() * (2000 if n < 2 else 1)
    line = it.line()
    line.send('GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n')
    endless[line] = b'1000\r\n' + b'x' * 4096 + b'\r\n'
    end = time.monotonic() + 5 * SLOW    # it listens for two seconds more, for the answer's sake
    while endless:
        assert time.monotonic() < end, f'still taken: {[chunk[:60] for chunk in endless.values()]}'
        endless = {line: chunk for line, chunk in endless.items() if line.push(chunk) is not False}
        time.sleep(0.002)


@attack(*BRIEF)
def broken_bodies(it):
    heads = ['Content-Length: -1', 'Content-Length: 5\r\nContent-Length: 6', 'Content-Length: 99999999999999999999999',
             'Transfer-Encoding: chunked\r\nContent-Length: 3', 'Transfer-Encoding: chunked', 'Transfer-Encoding: gzip', 'Content-Length: x']
    bodies = ['zz\r\n', '-5\r\nabc\r\n', 'ffffffffffffffff1\r\na\r\n', '3\r\nabcX\r\n', '']
    lines = []
    for head in heads:
        for body in bodies:
            target, line = it.handshake()
            line.send(f'POST {target} HTTP/1.1\r\nHost: x\r\n{head}\r\n\r\n{body}')
            lines.append(line)
    all_over(lines, 5)


@attack(*BRIEF)
def slow_bodies(it):
    targets = [it.handshake() for _ in range(30)]
    lines = [line for _, line in targets]
    for target, line in targets:
        line.send(f'POST {target} HTTP/1.1\r\nHost: x\r\nContent-Length: 500000\r\n\r\n')
    end = time.monotonic() + 4 * SLOW
    while time.monotonic() < end and not all([line.push('4') is False for line in lines]):
        time.sleep(0.05)
    all_over(lines, 0.5)


@attack(limit_mb=FLOOD_MB)
def broken_payloads(it):
    """Separators only, no packet at all, a hundred thousand packets, and what is not UTF-8."""
    for body in ('\x1e' * 900000, '', '9', '4', '5', '4' + 'ÿ' * 10, '42["x"]\x1e' * 100000, 'b' + '!' * 100, 'b' * 900000):
        target, line = it.handshake()
        line.get(target, method='POST', body='40')
        line.answer()
        line.send(f'POST {target} HTTP/1.1\r\nHost: x\r\nContent-Length: {len(body.encode("latin-1"))}\r\n\r\n'.encode()
                  + body.encode('latin-1'))
        line.answer()


@attack(limit_mb=FLOOD_MB)
def ten_thousand_joins(it):
    line = it.websocket()
    for i in range(10000):
        line.send(frame(f'42["join","{i:01000d}"]'))
    line.send(frame('421["join","one more"]'))
    assert b'431[{"ok":false,"error":"too many rooms"}]' in line.read(until=b'431[')


@attack(limit_mb=FLOOD_MB)
def joins_and_leaves(it):
    """A hundred who come, join a hundred rooms, and go; ten times."""
    for _ in range(10):
        lines = [it.websocket() for _ in range(30)]
        for line in lines:
            line.send(b''.join(frame(f'42["join","{i}"]') for i in range(100)))
        for line in lines:
            line.socket.close()
            it.lines.remove(line)


@attack(limit_mb=FLOOD_MB)
def many_namespaces(it):
    line = it.websocket()
    line.send(b''.join(frame(f'40/{i}' + 'x' * (i % 2000)) for i in range(10000)))
    line.send(frame('42["last"]'))
    assert b'last' in line.read(until=b'["last"]')


@attack()
def wrong_packets(it):
    for text in ('9', '4', '49', '42{', '42[', '42["connect"]', '42[{}]', '43', '40[]', '41{}', '4' + '[' * 100000, '42[' * 100000,
                 '42["x",' + '[' * 400000, '451-["x"]', '4599999999-["x",{"_placeholder":true,"num":0}]',
                 '451-["x",{"_placeholder":true,"num":"splice"}]', '42/nowhere,["x"]', '40', '44"x"', '5', '2', '1'):
        line = it.websocket()
        line.send(frame(text) + frame(text))
        line.socket.shutdown(socket.SHUT_WR)
        assert line.is_over(5), text[:40]


@attack()
def wrong_frames(it):
    """Each is answered with a close frame; that nobody answers that is not waited for long."""
    lines = []
    for octets in (frame('', length=1 << 62), frame('', length=(1 << 63) | 5), frame('', opcode=3), frame('x', opcode=0), frame('x' * 126, opcode=9),
                   frame(b'\xff\xfe'), frame('x', fin=False) + frame('y'), b'\x81\x01x', frame(b'\x03', opcode=8), b'\xf1\x80\0\0\0\0'):
        lines.append(it.websocket())
        lines[-1].send(octets)
    all_over(lines, 9)


@attack(limit_mb=FLOOD_MB)
def endless_messages(it):
    """Fragments without an end; of no octets, and of many."""
    for size in (0, 1000):
        line = it.websocket()
        line.send(frame('4', fin=False))
        fragments = frame('x' * size, opcode=0, fin=False) * (5000 if size == 0 else 50)
        rest, end = b'', time.monotonic() + 2
        while time.monotonic() < end and (pushed := line.push(rest or fragments)) is not False:
            rest = (rest or fragments)[pushed:]
            time.sleep(0.001)
    it.noted('a message of more than')


@attack('--max-buffered', '2000000', limit_mb=FLOOD_MB)
def asks_and_never_reads(it):
    lines = [it.websocket(rcvbuf=4096) for _ in range(4)]
    question = frame('421["ask","' + 'x' * 50000 + '"]')
    end = time.monotonic() + 6 * SLOW
    while time.monotonic() < end and not all([line.push(question) is False for line in lines]):
        time.sleep(0.001)
    it.noted('Dropped: the client does not read')


@attack(limit_mb=FLOOD_MB)
def pings_and_never_reads(it):
    line = it.websocket(rcvbuf=4096)
    pings = frame('x' * 125, opcode=9) * 500
    end = time.monotonic() + 8 * SLOW
    while time.monotonic() < end and line.push(pings) is not False:
        time.sleep(0.001)
    it.noted('Dropped: the client does not read')


@attack('--max-buffered', '2000000', limit_mb=FLOOD_MB, rules=True)
def subscribes_and_never_reads(it):
    """A rule tells forty deaf ones 64 KiB two hundred times a second; half of them on polling."""
    for _ in range(20):
        it.websocket(rcvbuf=4096).send(frame('42["subscribe"]'))
        target, line = it.handshake()
        line.get(target, method='POST', body='40\x1e42["subscribe"]')
        assert line.answer() == (200, 'ok')
    it.websocket().send(frame('42["feed"]'))
    it.noted('Dropped: the client does not read', 10)
    it.noted('Dropped: the client does not poll', 10)
    time.sleep(1)


@attack('--upgrade-timeout', '1000')
def flood_of_upgrades(it):
    target, line = it.handshake()
    lines = [it.websocket(target.replace('polling', 'websocket'), connect=False) for _ in range(200)]
    for other in lines[1:]:
        with contextlib.suppress(OSError):
            other.send(frame('2probe'))
    all_over(lines, 9)    # five of them wait for an answer to the close frame
    line.get(target, method='POST', body='40')
    assert line.answer() == (200, 'ok'), 'polling was harmed'


@attack('--connect-timeout', '500', '--ping-interval', '60000')
def joins_nothing(it):
    """Half of them answer the goodbye, so that they are not waited for."""
    lines = [it.websocket(connect=False) for _ in range(50)]
    for line in lines[::2]:
        line.read(until=b'\x88')
        line.send(frame('', opcode=8))
    all_over(lines[::2], 1)
    all_over(lines, 9)


@case
def unread_output():
    """Nobody reads for a while what it prints: those who connect are served, and no line is lost or torn."""
    host = subprocess.Popen([CLI, 'host', '--port', '0', '--json', '--layers', 'note'], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.DEVNULL, text=True)
    try:
        port = int(re.search(r':(\d+)/', json.loads(host.stdout.readline())['listening'])[1])
        line = Line(port)
        line.get(WEBSOCKET, 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n'
                            'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n')
        assert b' 101 ' in line.read()
        line.send(frame('40') + b''.join(frame(f'42["join","{i:01000d}"]') for i in range(900)) + frame('421["join","done"]'))
        assert b'431[' in line.read(until=b'431[')
        host.terminate()
        told = [json.loads(text) for text in host.stdout]
        assert host.wait(10 * SLOW) == 0
        for kind in ('join', 'leave'):
            rooms = [re.search(r'0\d{999}', record['text']) for record in told if record['kind'] == kind]
            assert [int(room[0]) for room in rooms if room] == list(range(900)), kind
    finally:
        host.kill()
        host.wait()
        host.stdout.close()


@attack('--check-origin', '--cors', 'http://good.example')
def origins(it):
    for origin, status in (('http://evil.example', 403), ('null', 403), ('http://good.example', 200), (f'http://127.0.0.1', 200)):
        line = it.line()
        line.get(POLLING, f'Origin: {origin}\r\n')
        assert line.answer()[0] == status, origin
        for target in (WEBSOCKET, '/echo'):
            line = it.line()
            line.get(target, f'Origin: {origin}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n'
                             'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n')
            assert (b' 101 ' if status == 200 else b' 403 ') in line.read(), (origin, target)


main(2)
