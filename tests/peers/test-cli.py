#!/usr/bin/python3
"""What sockeye-cli takes and prints, whatever the server speaks: options, --help, wrong usage, the fields of --json."""
import base64
import datetime
import os
import pathlib
import subprocess
import tempfile
import time

from harness import CLI, HERE, SLOW, Certificates, Cli, Server, case, main

WS = ('--protocol', 'websocket')
SIO = ('--protocol', 'socket.io', '--transports', 'websocket', '--timeout', '5000')
NOWHERE = 'ws://127.0.0.1:1/'


def sio(*args):
    return Server('socketio.mjs', *args)


def leaves(cli, *codes):
    """Asserts that the command ended by itself with one of these statuses."""
    code = cli.wait(30)
    assert code in codes, f'exit status {code}, not {codes}\n{cli.story()}'


def told(cli, words):
    """Waits until standard error has these words."""
    end = time.monotonic() + 10 * SLOW
    while not any(words in line for line in cli.errors):
        assert time.monotonic() < end, f'no word of “{words}”\n{cli.story()}'
        time.sleep(0.02)


def request_lines(cli):
    """The request as it crossed the wire: its start line and its headers."""
    return cli.record(layer='upgrade', kind='request', dir='out')['head'].split('\r\n')


# ---- --help

@case
def help_is_readable():
    for command in ('connect', 'host', 'decode'):
        with Cli(command, '--help') as cli:
            leaves(cli, 0)
            assert not cli.errors, cli.story()
            wide = [line for line in cli.other if len(line) > 100]
            assert not wide, f'{command}: wider than 100 columns: {wide}'
            assert cli.other[0] == 'Usage:' and f'sockeye-cli {command}' in cli.other[1], cli.story()


@case
def help_is_grouped():
    with Cli('connect', '-h') as cli:
        leaves(cli, 0)
        titles = [line for line in cli.other if line.endswith(':') and not line.startswith(' ')]
        assert titles == ['Usage:', 'Connection:', 'Socket.IO:', 'TLS and proxy:', 'Reconnection:', 'Sending:',
                          'Output:'], titles
        assert 'sent once' in '\n'.join(cli.other), cli.story()


# ---- wrong usage

WRONG = {
    ('connect',): 'one URL',
    ('connect', NOWHERE, NOWHERE): 'one URL',
    ('connect', NOWHERE, '--carrier'): '--carrier',
    ('connect', NOWHERE, '--protocol', 'pigeon'): 'pigeon',
    ('connect', NOWHERE, '--transports', 'smoke'): 'smoke',
    ('connect', NOWHERE, '--eio', '5'): 'from 3 to 4',
    ('connect', NOWHERE, '--parser', 'xml'): 'xml',
    ('connect', NOWHERE, '--auth', '{'): 'no JSON',
    ('connect', NOWHERE, '--auth', '"x"'): 'JSON object',
    ('connect', NOWHERE, '--auth-env', 'NO_SUCH_VARIABLE'): 'NO_SUCH_VARIABLE',
    ('connect', NOWHERE, '--header', 'X'): "'Name: value'",
    ('connect', NOWHERE, '--cookie', 'x'): 'NAME=VALUE',
    ('connect', NOWHERE, '--user', 'x'): 'NAME:PASSWORD',
    ('connect', NOWHERE, '--proxy', 'x'): '--proxy takes',
    ('connect', NOWHERE, '--accept-certificate', 'AB'): '64 hexadecimal digits',
    ('connect', NOWHERE, '--key', 'k.pem'): '--cert',
    ('connect', NOWHERE, '--timeout', '-5'): '--timeout',
    ('connect', NOWHERE, '--reconnect', 'often'): 'often',
    ('connect', NOWHERE, '--reconnect-delay', '5'): '--reconnect N',
    ('connect', NOWHERE, '--reply', 'x'): 'EVENT=ARGUMENTS',
    ('connect', NOWHERE, '--ack'): '--emit before it',
    ('connect', NOWHERE, '--emit', 'x', '--ack', '--volatile'): 'do not go together',
    ('connect', NOWHERE, '--emit', 'x', '--arg', '{'): 'no JSON',
    ('connect', NOWHERE, '--close', 'now'): '1000:bye',
    ('connect', NOWHERE, '--layers', 'cake'): 'cake',
    ('connect', NOWHERE, '--filter', 'size:many'): 'many',
    ('host', 'x'): 'options only',
    ('host', '--port', '-1'): '--port -1',
    ('host', '--ping-interval', '0'): '--ping-interval takes a number from 1',
    ('host', '--recovery', '-1'): '--recovery takes a number from 0',
    ('host', '--max-payload', '99999999999'): '67108864',
    ('decode',): '',
}


@case
def wrong_usage_is_one_sentence():
    for args, words in WRONG.items():
        with Cli(*args) as cli:
            leaves(cli, 2)
            assert len(cli.errors) == 2 and words in cli.errors[0], cli.story()
            assert f'sockeye-cli {args[0]} --help' in cli.errors[1], cli.story()
            assert not cli.seen and not cli.other, cli.story()


# ---- what the options do to the request

@case
def request_carries_the_options():
    with Server('ws.mjs') as server, \
            Cli.connect(server.url(path='/p?a=1'), *WS, '--query', 'b c=d&e', '--header', 'X-Own: 1', '--header', 'X-Two: 2',
                        '--header', 'User-Agent:', '--origin', 'https://a.example', '--cookie', 'one=1', '--cookie', 'two=2',
                        '--user', 'ann:pass:word', '--no-deflate', '--close', '1000') as cli:
        lines = request_lines(cli)
        assert lines[0].startswith('GET /p?a=1&b%20c=d%26e '), lines
        names = [line.split(':')[0].lower() for line in lines[1:]]
        for line in ('X-Own: 1', 'X-Two: 2', 'Origin: https://a.example', 'Cookie: one=1; two=2',
                     'Authorization: Basic ' + base64.b64encode(b'ann:pass:word').decode()):
            assert line in lines, f'{line} is not in {lines}'
        assert 'user-agent' not in names and 'sec-websocket-extensions' not in names, lines
        leaves(cli, 0)


@case
def secrets_from_the_environment():
    os.environ['SOCKEYE_TEST_USER'] = 'bob:secret'
    with Server('ws.mjs') as server, \
            Cli.connect(server.url(), *WS, '--user-env', 'SOCKEYE_TEST_USER', '--close', '1000') as cli:
        assert 'Authorization: Basic ' + base64.b64encode(b'bob:secret').decode() in request_lines(cli), cli.story()
    os.environ['SOCKEYE_TEST_AUTH'] = '{"token":"x"}'
    with sio() as server, Cli.connect(server.url('http'), *SIO, '--auth-env', 'SOCKEYE_TEST_AUTH',
                                      '--namespace', '/secure') as cli:
        cli.record(layer='sio', kind='CONNECT', dir='in', nsp='/secure')


@case
def auth_from_a_file():
    with tempfile.TemporaryDirectory() as folder, sio() as server:
        path = pathlib.Path(folder) / 'auth.json'
        path.write_text('{"token": "x"}\n')
        with Cli.connect(server.url('http'), *SIO, '--auth', f'@{path}', '--namespace', '/secure') as cli:
            cli.record(layer='sio', kind='CONNECT', dir='in', nsp='/secure')


# ---- sending

@case
def volatile_is_sent_while_open():
    with sio() as server, Cli.connect(server.url('http'), *SIO, '--stdin', '--emit', 'plan', '--arg', '1',
                                      '--volatile') as cli:
        cli.record(layer='sio', kind='EVENT', dir='in', event='plan', args=[1])
        cli.say(emit=['order', 2], volatile=True)
        cli.record(layer='sio', kind='EVENT', dir='in', event='order', args=[2])
        cli.say(emit=['order', 3], volatile=True, ack=True)
        cli.child.stdin.close()
        leaves(cli, 2)
        assert 'do not go together' in cli.said(), cli.story()
        assert not cli.records(layer='sio', kind='EVENT', event='order', args=[3]), 'sent all the same\n' + cli.story()


# ---- namespaces and replies

@case
def each_namespace_its_auth():
    with sio() as server, Cli.connect(server.url('http'), *SIO, '--auth', '{"token":"all"}', '--namespace', '/chat',
                                      '--namespace', '/secure', '--auth', '{"token":"x"}') as cli:
        cli.record(layer='sio', kind='CONNECT', dir='in', nsp='/chat')
        cli.record(layer='sio', kind='CONNECT', dir='in', nsp='/secure')
        for nsp, token in (('/chat', 'all'), ('/secure', 'x')):
            assert token in cli.record(layer='sio', kind='CONNECT', dir='out', nsp=nsp)['text'], cli.story()


@case
def stdin_namespaces():
    with sio() as server, Cli.connect(server.url('http'), *SIO, '--stdin') as cli:
        cli.record(layer='sio', kind='CONNECT', dir='in', nsp='/')
        cli.say(connect='/secure', auth={'token': 'x'})
        cli.record(layer='sio', kind='CONNECT', dir='in', nsp='/secure')
        cli.say(emit=['there', 1], nsp='/secure')
        cli.record(layer='sio', kind='EVENT', dir='in', nsp='/secure', event='there')
        cli.say(disconnect='/secure')
        server.expect(lambda r: r.get('disconnected') == '/secure', 'the goodbye')
        cli.say(emit=['still', 1])
        cli.record(layer='sio', kind='EVENT', dir='in', nsp='/', event='still')
        cli.say(connect='/chat', auth='not an object')
        cli.child.stdin.close()
        leaves(cli, 2)
        assert not cli.records(layer='sio', kind='CONNECT', dir='out', nsp='/chat'), cli.story()


@case
def set_replies():
    with sio() as server, Cli.connect(server.url('http'), *SIO, '--stdin', '--reply', 'question="set",2', '--emit', 'ask',
                                      '--arg', '7') as cli:
        assert cli.record(layer='sio', kind='ACK', dir='out')['args'] == ['set', 2], cli.story()
        assert server.expect(lambda r: 'answer' in r, 'the answer')['answer'] == 'set'
        cli.say(reply=['other'], to_event='question')
        cli.say(emit=['ask', 8])
        server.expect(lambda r: r.get('answer') == 'other', 'the other answer')
        cli.say(reply=None, to_event='question')
        cli.say(emit=['ask', 9])
        asked = cli.record(layer='sio', kind='EVENT', dir='in', event='question', args=[9])
        cli.say(reply=['by hand'], to_ack=asked['ack'])
        server.expect(lambda r: r.get('answer') == 'by hand', 'the answer by hand')


# ---- reconnection

AGAIN = ('--reconnect-delay', '100', '--reconnect-jitter', '0')


@case
def reconnects_and_sends_once():
    with sio() as server, Cli.connect(server.url('http'), *SIO, '--reconnect', '5', *AGAIN, '--stdin', '--emit', 'once',
                                      '--arg', '1') as cli:
        cli.record(layer='sio', kind='EVENT', dir='in', event='once')
        server.say(drop=True)
        cli.record(layer='note', kind='reconnect_attempt')
        cli.record(layer='note', kind='reconnect')
        cli.say(emit=['after', 2])
        cli.record(layer='sio', kind='EVENT', dir='in', event='after')
        assert len(cli.records(layer='sio', kind='EVENT', dir='out', event='once')) == 1, cli.story()
        told(cli, 'Trying again in')
        cli.child.stdin.close()
        leaves(cli, 0)


@case
def reconnection_gives_up():
    with sio() as server, Cli.connect(server.url('http'), *SIO, '--reconnect', '2', *AGAIN) as cli:
        cli.record(layer='sio', kind='CONNECT', dir='in')
        server.child.kill()
        leaves(cli, 1)
        assert len(cli.records(layer='note', kind='reconnect_attempt')) == 2, cli.story()
        assert cli.records(layer='note', kind='reconnect_failed'), cli.story()


@case
def without_reconnect_it_ends():
    with sio() as server, Cli.connect(server.url('http'), *SIO) as cli:
        cli.record(layer='sio', kind='CONNECT', dir='in')
        server.child.kill()
        leaves(cli, 1)
        assert not cli.records(layer='note', kind='reconnect_attempt'), cli.story()


@case
def ends_while_broken():
    with sio() as server, Cli.connect(server.url('http'), *SIO, '--reconnect', '-1', '--reconnect-delay', '60000',
                                      '--reconnect-max', '60000', '--stdin') as cli:
        cli.record(layer='sio', kind='CONNECT', dir='in')
        server.child.kill()
        server.child.wait()
        told(cli, 'Trying again in')
        cli.child.stdin.close()
        leaves(cli, 1)


# ---- a certificate that is not trusted

@case
def certificate_is_shown_and_accepted():
    with Certificates(self_signed=True) as tls, Server('ws.mjs', '--cert', tls.cert, '--key', tls.key) as server:
        with Cli.connect(server.url('wss'), *WS) as cli:
            leaves(cli, 1)
            said = '\n'.join(cli.errors)
            for word in ('Subject: CN=localhost', 'Issuer: CN=localhost', 'Valid until: ', 'SHA-256: ', 'Wrong: ',
                         '--accept-certificate '):
                assert word in said, f'no word of “{word}”\n{cli.story()}'
            fingerprint = said.split('--accept-certificate ')[1].split()[0]
        with Cli.connect(server.url('wss'), *WS, '--accept-certificate', fingerprint, '--send', 'x', '--close', '1000') as cli:
            leaves(cli, 0)
        wrong = fingerprint[:-2] + ('00' if fingerprint[-2:] != '00' else '01')
        with Cli.connect(server.url('wss'), *WS, '--accept-certificate', wrong, '--send', 'x') as cli:
            leaves(cli, 1)


# ---- output

@case
def count_and_layers():
    with sio() as server, Cli.connect(server.url('http'), *SIO, '--layers', 'sio', '--count', '2') as cli:
        leaves(cli, 0)
        assert [r['kind'] for r in cli.seen] == ['CONNECT', 'CONNECT'], cli.story()


@case
def output_that_takes_nothing():
    """A full disk is told, a reader who leaves is not; and where there is no output at all, no file of ours has its number."""
    har = HERE.parent / 'archives/chat.har'
    for where, code, words in (('>/dev/full', 1, 'No space left on device'), ('| true; exit ${PIPESTATUS[0]}', 0, ''), ('>&-', 0, '')):
        with tempfile.TemporaryDirectory() as folder:
            capture = pathlib.Path(folder, 'x.pcapng')
            done = subprocess.run(['bash', '-c', f'"$0" "$@" {where}', CLI, 'decode', har, '--json', '--capture', capture],
                                  stderr=subprocess.PIPE, timeout=30 * SLOW, check=False)
            told = done.stderr.decode()
            assert done.returncode == code and (words in told if words else told == ''), (where, done)
            again = subprocess.run([CLI, 'decode', capture, '--json'], capture_output=True, timeout=30 * SLOW, check=True)
            assert len(again.stdout.splitlines()) > 20, (where, again)


@case
def quiet_says_nothing():
    with Server('ws.mjs') as server, Cli.connect(server.url(), *WS, '--quiet', '--send', 'x', '--close', '1000') as cli:
        leaves(cli, 0)
        assert not cli.seen and not cli.other and not cli.errors, cli.story()


LAYERS = ('tcp', 'tls', 'http', 'upgrade', 'ws', 'eio', 'sio', 'note')
ALWAYS = {'n': int, 'time': str, 'link': int, 'peer': (str, type(None)), 'dir': str, 'layer': str, 'kind': str, 'size': int}
SOMETIMES = {'nsp': str, 'event': str, 'args': list, 'ack': int, 'ack_of': int, 'latency_usec': int, 'sid': str, 'code': int,
             'reason': str, 'status': int, 'head': str, 'text': str, 'attachments': int, 'compressed': bool, 'faults': list}
EVENTS = ('EVENT', 'BINARY_EVENT')
ACKS = ('ACK', 'BINARY_ACK')


def check_record(r):
    """One line against the last paragraph of the command line's contract."""
    for name, kind in ALWAYS.items():
        assert name in r and isinstance(r[name], kind), f'{name} of {r}'
    for name in r.keys() - ALWAYS.keys():
        assert name in SOMETIMES and isinstance(r[name], SOMETIMES[name]), f'{name} of {r}'
    assert r['layer'] in LAYERS and r['dir'] in ('in', 'out'), r
    when = datetime.datetime.fromisoformat(r['time'].replace('Z', '+00:00'))
    assert when.tzinfo and len(r['time'].split('.')[1].rstrip('Z')) == 6, r['time']
    assert r['size'] > 0 or r['layer'] in ('tcp', 'tls', 'note'), r
    assert ('event' in r) == (r['layer'] == 'sio' and r['kind'] in EVENTS), r
    assert ('args' in r) or r['kind'] not in EVENTS + ACKS, r
    assert ('nsp' in r) == (r['layer'] == 'sio'), r
    assert ('ack_of' in r) == ('latency_usec' in r) and ('ack_of' not in r or r['kind'] in ACKS), r
    assert ('head' in r) == (r['layer'] in ('http', 'upgrade')), r
    assert ('status' in r) == (r['layer'] in ('http', 'upgrade') and r['kind'] == 'response'), r
    assert ('attachments' in r) <= r['kind'].startswith('BINARY_'), r
    if (r['layer'], r['kind']) == ('ws', 'close'):
        assert 'code' in r and 'reason' in r, r
    for fault in r.get('faults', []):
        assert set(fault) == {'id', 'text', 'section'} and all(fault.values()), r


def check_records(cli):
    numbers = [r['n'] for r in cli.seen]
    assert numbers == sorted(set(numbers)), numbers
    by_number = {r['n']: r for r in cli.seen}
    for r in cli.seen:
        check_record(r)
        if 'ack_of' in r:
            asked = by_number[r['ack_of']]
            assert asked['kind'] in EVENTS and asked['ack'] == r['ack'] and asked['dir'] != r['dir'], (asked, r)


@case
def json_fields():
    with Server('ws.mjs') as server, Cli.connect(server.url(), *WS, '--send', 'x', '--send-file', __file__,
                                                 '--close', '1000:bye') as cli:
        leaves(cli, 0)
        check_records(cli)
        assert {'upgrade', 'ws', 'note'} <= {r['layer'] for r in cli.seen}, cli.story()
    with sio() as server, Cli.connect(server.url('http'), *SIO, '--emit', 'a', '--arg', '1', '--ack', '--emit', 'b',
                                      '--file', __file__, '--ack', '--close', '1000') as cli:
        leaves(cli, 0)
        check_records(cli)
        assert {'upgrade', 'ws', 'eio', 'sio'} <= {r['layer'] for r in cli.seen}, cli.story()
        assert cli.record(kind='open', layer='eio')['sid'] and cli.record(kind='BINARY_ACK')['latency_usec'] > 0


@case
def json_fields_of_all():
    for server_args, args in (((), ('--transports', 'polling')), ((), ()), (('--version', '2'), ('--eio', '3')),
                              (('--version', '3'), ('--transports', 'polling')), (('--version', '2', '--polling-only'), ()),
                              (('--msgpack',), ('--parser', 'msgpack'))):
        with sio(*server_args) as server, Cli.connect(server.url('http'), '--protocol', 'socket.io', *args,
                                                      '--emit', 'a', '--arg', '1', '--ack', '--emit', 'b', '--file', __file__,
                                                      '--ack', '--close', '1000') as cli:
            cli.record(layer='eio', kind='open', dir='in')
            answer = cli.record(layer='sio', kind=lambda kind: kind in ACKS, dir='in')
            assert answer['args'] == [1] and answer['latency_usec'] > 0, answer
            leaves(cli, 0)
            check_records(cli)
            assert len([r for r in cli.seen if 'ack_of' in r]) == 2, cli.story()
            assert 'http' in {r['layer'] for r in cli.seen}, 'never polled\n' + cli.story()


main()
