#!/usr/bin/python3
"""sockeye-cli connect against the npm servers."""
import base64
import functools

from harness import Certificates, Cli, Server, case, main


def sio(*args, **kw):
    return Server('socketio.mjs', *args, **kw)


def leaves(cli, *codes):
    """Asserts that the command ended by itself with one of these statuses."""
    code = cli.wait(30)
    assert code in codes, f'exit status {code}, not {codes}\n{cli.story()}'


def refused(server, url, *args, status=None, words=()):
    """A connection that must fail: status 1, and a sentence with these words."""
    with server, Cli.connect(url(server), *args) as cli:
        leaves(cli, 1)
        if status:
            cli.record(layer='upgrade', kind='response', status=status)
        assert cli.said().strip(), 'failed without a word\n' + cli.story()
        for word in words:
            assert word.lower() in cli.said().lower(), f'no word of “{word}”\n{cli.story()}'


# ---- WebSocket

@case
def ws_text_echo():
    with Server('ws.mjs') as server, \
            Cli.connect(server.url(), '--protocol', 'websocket', '--send', 'grüße ☃', '--close', '1000:done') as cli:
        cli.record(layer='upgrade', kind='response', status=101)
        cli.record(layer='ws', kind='text', dir='out', text='grüße ☃')
        cli.record(layer='ws', kind='text', dir='in', text='grüße ☃')
        cli.record(layer='ws', kind='close', dir='out', code=1000, reason='done')
        leaves(cli, 0)
        assert server.expect(lambda r: 'closed' in r, 'the close')['reason'] == 'done'
        assert not [r for r in cli.seen if r.get('faults')], 'a fault without a reason\n' + cli.story()


@case
def ws_binary_echo():
    with Server('ws.mjs') as server, \
            Cli.connect(server.url(), '--protocol', 'websocket', '--send-file', __file__, '--close', '1000') as cli:
        size = len(open(__file__, 'rb').read())
        assert cli.record(layer='ws', kind='binary', dir='in')['size'] >= size
        leaves(cli, 0)


@case
def ws_deflate_echo():
    with Server('ws.mjs', '--deflate') as server, \
            Cli.connect(server.url(), '--protocol', 'websocket', '--send', 'again ' * 500, '--send', 'again ' * 500,
                        '--close', '1000') as cli:
        record = cli.record(layer='ws', kind='text', dir='in', text='again ' * 500)
        assert record.get('compressed') and record['size'] < 1000, record
        leaves(cli, 0)
        assert 'permessage-deflate' in str(server.expect(lambda r: 'connected' in r, 'connected'))


@case
def ws_no_deflate():
    with Server('ws.mjs', '--deflate') as server, \
            Cli.connect(server.url(), '--protocol', 'websocket', '--no-deflate', '--send', 'x', '--close', '1000') as cli:
        leaves(cli, 0)
        assert server.expect(lambda r: 'connected' in r, 'connected')['extensions'] == ''


@case
def ws_subprotocol():
    with Server('ws.mjs', '--subprotocol', 'soap') as server, \
            Cli.connect(server.url(), '--protocol', 'websocket', '--subprotocol', 'soap', '--close', '1000') as cli:
        assert server.expect(lambda r: 'connected' in r, 'connected')['protocol'] == 'soap'
        leaves(cli, 0)


@case
def ws_fragments_and_pings():
    with Server('ws.mjs', '--fragment') as server, \
            Cli.connect(server.url(), '--protocol', 'websocket', '--send', 'one two three') as cli:
        cli.record(layer='ws', kind='continuation', dir='in')
        cli.record(layer='ws', kind='ping', dir='in')
        cli.record(layer='ws', kind='pong', dir='out')
        cli.record(dir='in', text='one two three')    # whole again
        server.expect(lambda r: r.get('pong') == 'between', 'the pong')


@case
def ws_close_code_and_reason():
    with Server('ws.mjs', '--close', '4001', '--reason', 'no more ☃') as server, \
            Cli.connect(server.url(), '--protocol', 'websocket', '--send', 'x') as cli:
        cli.record(layer='ws', kind='close', dir='in', code=4001, reason='no more ☃')
        cli.record(layer='ws', kind='close', dir='out', code=4001)
        cli.wait(30)
        assert not [r for r in cli.seen if r.get('code') == 1006], 'a clean close taken for 1006\n' + cli.story()


@case
def ws_cut_is_1006():
    with Server('ws.mjs', '--terminate') as server, \
            Cli.connect(server.url(), '--protocol', 'websocket', '--send', 'x') as cli:
        cli.record(code=1006)
        leaves(cli, 1)


@case
def ws_stdin_close_refused():
    with Server('ws.mjs') as server, Cli.connect(server.url(), '--protocol', 'websocket', '--stdin') as cli:
        cli.record(layer='upgrade', kind='response', status=101)
        cli.say(close=[999])
        cli.say(text='still here')
        cli.record(layer='ws', kind='text', dir='in', text='still here')
        cli.child.stdin.close()
        leaves(cli, 2)


@case
def ws_stdin():
    with Server('ws.mjs') as server, Cli.connect(server.url(), '--protocol', 'websocket', '--stdin') as cli:
        cli.say(text='typed')
        cli.record(layer='ws', kind='text', dir='in', text='typed')
        cli.say(binary=base64.b64encode(b'\x00\xff').decode())
        cli.record(layer='ws', kind='binary', dir='in')
        cli.say(ping='are you there')
        cli.record(layer='ws', kind='pong', dir='in')
        cli.say(close=[1000, 'bye'])
        assert server.expect(lambda r: 'closed' in r, 'the close') == {'closed': 1000, 'reason': 'bye'}
        leaves(cli, 0)


# ---- TLS

@case
def wss_with_authority():
    with Certificates() as tls, Server('ws.mjs', '--cert', tls.cert, '--key', tls.key) as server:
        with Cli.connect(server.url('wss'), '--protocol', 'websocket', '--ca', str(tls.ca), '--send', 'secret',
                         '--close', '1000') as cli:
            cli.record(layer='ws', kind='text', dir='in', text='secret')
            leaves(cli, 0)
        with Cli.connect(server.url('wss'), '--protocol', 'websocket', '--insecure', '--send', 'secret',
                         '--close', '1000') as cli:
            cli.record(layer='ws', kind='text', dir='in', text='secret')
            leaves(cli, 0)


@case
def wss_refused_without():
    with Certificates() as tls, Server('ws.mjs', '--cert', tls.cert, '--key', tls.key) as server:
        with Cli.connect(server.url('wss'), '--protocol', 'websocket') as cli:
            leaves(cli, 1)
            assert 'certificate' in cli.said().lower(), cli.story()
        assert not [r for r in server.seen if 'connected' in r], 'it connected all the same'


@case
def sio_over_tls():
    with Certificates() as tls, sio('--cert', tls.cert, '--key', tls.key) as server, \
            Cli.connect(server.url('https'), '--protocol', 'socket.io', '--transports', 'websocket', '--ca', str(tls.ca),
                        '--emit', 'echo', '--arg', '1') as cli:
        cli.record(layer='sio', kind='EVENT', dir='in', event='echo', args=[1])


# ---- not what was hoped for

bad = functools.partial(Server, 'bad.mjs')
WS = ('--protocol', 'websocket', '--timeout', '3000')


@case
def wrong_accept_key():
    with bad('wrong-accept') as server, Cli.connect(server.url(), *WS) as cli:
        leaves(cli, 1)
        assert [r for r in cli.seen if r.get('faults')], 'no fault shown\n' + cli.story()


@case
def no_accept_key():
    with bad('no-accept') as server, Cli.connect(server.url(), *WS) as cli:
        leaves(cli, 1)
        assert [r for r in cli.seen if r.get('faults')], 'no fault shown\n' + cli.story()


@case
def http_404():
    refused(Server('ws.mjs', '--status', '404'), Server.url, *WS, status=404, words=['404'])


@case
def http_426():
    refused(Server('ws.mjs', '--status', '426'), Server.url, *WS, status=426, words=['426'])


@case
def http_200_page():
    refused(bad('not-upgraded'), Server.url, *WS, status=200, words=['200'])


@case
def not_http():
    refused(bad('not-http'), Server.url, *WS)


@case
def silent_server_times_out():
    refused(bad('silent'), Server.url, *WS)


@case
def half_head_times_out():
    refused(bad('half-head'), Server.url, *WS)


@case
def half_head_then_cut():
    refused(bad('half-head-cut'), Server.url, *WS)


@case
def connection_refused():
    with Server('ws.mjs') as server:
        url = server.url()
    with Cli.connect(url, *WS) as cli:
        leaves(cli, 1)
        assert 'refused' in cli.said().lower(), cli.story()


@case
def name_not_found():
    with Cli.connect('ws://no-such-host.invalid/', *WS) as cli:
        leaves(cli, 1)
        assert 'no-such-host.invalid' in cli.said(), cli.story()


@case
def wrong_usage():
    for args in (['connect'], ['connect', 'ws://127.0.0.1:1/', '--protocol', 'carrier-pigeon'], ['no-such-command']):
        with Cli(*args) as cli:
            leaves(cli, 2)


@case
def faults_are_shown():
    for name in ('masked', 'reserved-bits', 'bad-opcode', 'long-length', 'long-ping', 'split-ping', 'stray-continuation',
                 'message-in-message', 'bad-utf8', 'close-reserved-code', 'close-one-byte', 'close-bad-utf8',
                 'huge-length', 'length-top-bit', 'unasked-extension', 'unasked-protocol'):
        with bad(name) as server, Cli.connect(server.url(), *WS, seconds=4) as cli:
            try:
                fault = cli.record(faults=bool, seconds=4)['faults'][0]
            except AssertionError as error:
                raise AssertionError(f'{name}: {error}') from None
            assert {'id', 'text', 'section'} <= set(fault), (name, fault)


@case
def cut_in_a_frame():
    for name in ('cut-in-frame', 'reset-in-frame', 'cut-no-close'):
        with bad(name) as server, Cli.connect(server.url(), *WS) as cli:
            cli.record(code=1006)
            leaves(cli, 1)


@case
def close_without_reply():
    with bad('close-no-reply') as server, Cli.connect(server.url(), *WS, '--close', '1000', seconds=40) as cli:
        assert cli.wait(40) in (0, 1)


@case
def odd_but_right():
    for name in ('early', 'drip'):
        with bad(name) as server, Cli.connect(server.url(), *WS) as cli:
            cli.record(layer='ws', kind='text', dir='in', text='hello')
            assert not [r for r in cli.seen if r.get('faults')], name + '\n' + cli.story()


# ---- Socket.IO over WebSocket

SIO = ('--protocol', 'socket.io', '--transports', 'websocket', '--timeout', '5000')


@case
def sio_connect_and_echo():
    with sio() as server, Cli.connect(server.url('http'), *SIO, '--emit', 'hello', '--arg', '{"n": 1.0}',
                                      '--arg', '"two"', '--arg', 'null') as cli:
        cli.record(layer='eio', kind='open', dir='in')
        cli.record(layer='sio', kind='CONNECT', dir='out')
        cli.record(layer='sio', kind='CONNECT', dir='in')
        cli.record(layer='sio', kind='EVENT', dir='out', event='hello', args=[{'n': 1.0}, 'two', None])
        cli.record(layer='sio', kind='EVENT', dir='in', event='hello', args=[{'n': 1}, 'two', None])


@case
def sio_ack_is_joined():
    with sio() as server, Cli.connect(server.url('http'), *SIO, '--emit', 'value', '--arg', '[1,2]', '--ack',
                                      '--close', '1000') as cli:
        asked = cli.record(layer='sio', kind='EVENT', dir='out', event='value')
        answer = cli.record(layer='sio', kind='ACK', dir='in')
        assert answer['args'] == [[1, 2]] and answer['ack'] == asked['ack'], answer
        assert answer['ack_of'] == asked['n'] and answer['latency_usec'] > 0, answer
        leaves(cli, 0)
        server.expect(lambda r: r.get('disconnected') == '/', 'the goodbye')


@case
def sio_emits_in_order():
    emits = [a for n in range(5) for a in ('--emit', 'turn', '--arg', str(n))]
    with sio() as server, Cli.connect(server.url('http'), *SIO, *emits) as cli:
        cli.record(layer='sio', kind='EVENT', dir='in', event='turn', args=[4])
        assert [r['args'] for r in cli.records(layer='sio', kind='EVENT', dir='in', event='turn')] == [[n] for n in range(5)]


@case
def sio_binary():
    with open(__file__, 'rb') as f:
        wanted = base64.b64encode(f.read()).decode()
    with sio() as server, Cli.connect(server.url('http'), *SIO, '--emit', 'file', '--file', __file__, '--arg', '1',
                                      '--ack') as cli:
        sent = cli.record(layer='sio', kind='BINARY_EVENT', dir='out')
        assert sent['attachments'] == 1, sent
        got = cli.record(layer='sio', kind='BINARY_ACK', dir='in')
        assert got['args'] == [{'$bin': wanted}, 1], str(got)[:300]


@case
def sio_answers_acks():
    with sio() as server, Cli.connect(server.url('http'), *SIO, '--stdin', '--emit', 'ask', '--arg', '7') as cli:
        question = cli.record(layer='sio', kind='EVENT', dir='in', event='question', args=[7])
        cli.say(reply=['an answer'], to_ack=question['ack'], nsp='/')
        assert server.expect(lambda r: 'answer' in r, 'the answer')['answer'] == 'an answer'
        cli.record(layer='sio', kind='ACK', dir='out')


@case
def sio_stdin():
    with sio() as server, Cli.connect(server.url('http'), *SIO, '--stdin') as cli:
        cli.record(layer='sio', kind='CONNECT', dir='in')
        cli.say(emit=['mixed', 1, {'$bin': 'AAE='}], nsp='/', ack=True, timeout=5000)
        assert cli.record(layer='sio', kind='BINARY_ACK', dir='in')['args'] == [1, {'$bin': 'AAE='}]
        cli.say(close=[1000, 'bye'])
        leaves(cli, 0)


@case
def sio_namespace():
    with sio() as server, Cli.connect(server.url('http'), *SIO, '--namespace', '/chat', '--emit', 'here',
                                      '--arg', '1') as cli:
        cli.record(layer='sio', kind='CONNECT', dir='in', nsp='/chat')
        cli.record(layer='sio', kind='EVENT', dir='in', nsp='/chat', event='here')


@case
def sio_auth():
    with sio() as server, Cli.connect(server.url('http'), *SIO, '--auth', '{"token":"x"}', '--namespace', '/secure',
                                      '--emit', 'here', '--ack', '--close', '1000') as cli:
        cli.record(layer='sio', kind='CONNECT', dir='in', nsp='/secure')
        leaves(cli, 0)


@case
def sio_connect_error():
    with sio() as server, Cli.connect(server.url('http'), *SIO, '--namespace', '/secure') as cli:
        record = cli.record(layer='sio', kind='CONNECT_ERROR', dir='in', nsp='/secure')
        assert 'no token' in str(record) and '401' in str(record), record
        leaves(cli, 1)
        assert 'no token' in cli.said(), cli.story()


@case
def sio_no_such_namespace():
    with sio() as server, Cli.connect(server.url('http'), *SIO, '--namespace', '/nowhere') as cli:
        cli.record(layer='sio', kind='CONNECT_ERROR', dir='in', nsp='/nowhere')
        leaves(cli, 1)


@case
def sio_server_disconnects():
    with sio() as server, Cli.connect(server.url('http'), *SIO, '--emit', 'bye') as cli:
        cli.record(layer='sio', kind='DISCONNECT', dir='in')


@case
def sio_custom_path():
    with sio('--path', '/my/io/') as server, Cli.connect(server.url('http'), *SIO, '--path', '/my/io/', '--emit', 'x',
                                                         '--ack', '--close', '1000') as cli:
        cli.record(layer='sio', kind='ACK', dir='in')
        leaves(cli, 0)


@case
def sio_heartbeat():
    with sio('--ping-interval', '300', '--ping-timeout', '400') as server, \
            Cli.connect(server.url('http'), *SIO, seconds=2) as cli:
        for _ in range(3):
            cli.record(layer='eio', kind='ping', dir='in', after=len(cli.seen))
        cli.record(layer='eio', kind='pong', dir='out')
        assert cli.wait(20) == 0, cli.story()


@case
def sio_deflate():
    with sio('--deflate') as server, Cli.connect(server.url('http'), *SIO, '--emit', 'long', '--arg',
                                                 '"%s"' % ('again ' * 500)) as cli:
        cli.record(layer='sio', kind='EVENT', dir='in', event='long')
        assert [r for r in cli.records(layer='ws', dir='in') if r.get('compressed')], cli.story()


@case
def auto_finds_socketio():
    with sio() as server, Cli.connect(server.url('http'), '--emit', 'x', '--arg', '1') as cli:
        cli.record(layer='sio', kind='EVENT', dir='in', event='x')


@case
def auto_finds_websocket():
    with Server('ws.mjs') as server, Cli.connect(server.url(), '--send', 'x') as cli:
        cli.record(layer='ws', kind='text', dir='in', text='x')


@case
def socketio_addressed_as_websocket():
    refused(sio(), Server.url, *WS, words=['socket.io'])


@case
def websocket_addressed_as_socketio():
    refused(Server('ws.mjs'), functools.partial(Server.url, scheme='http'), *SIO, words=['socket.io'])


main(jobs=3)
