#!/usr/bin/python3
"""One list of behaviours against socket.io 2, 3 and 4, by every transport and with both parsers.

Without an argument each version is spoken to by each transport once, with a parser in turn; with "all" (or the name of
a case) by each transport with each parser.
"""
import base64
import functools
import json
import sys

from harness import SLOW, Cli, Server, case, main, together

TRANSPORTS = {'polling': ('--transports', 'polling'), 'websocket': ('--transports', 'websocket'), 'both': (),
              'websocket_first': ('--transports', 'websocket,polling')}
ENDS_ON = {'polling': 'polling', 'websocket': 'websocket', 'both': 'websocket', 'websocket_first': 'websocket'}
TYPES = [None, True, False, 0, -1.5, 9007199254740991, '', 'a"\\/\b\f\n\r\t\u0000', 'grüße ☃ 𝄞😀\u2028', [], {}, [[[]]],
         {'': {'ключ': [1, {'b': None}]}}]
EVENTS, ACKS = ('EVENT', 'BINARY_EVENT'), ('ACK', 'BINARY_ACK')


def blob(data):
    return {'$bin': base64.b64encode(data).decode()}


def counted(n):
    return blob(bytes(i & 255 for i in range(n)))


class Talk:
    """One connection, and what it is told to do by lines on its standard input."""
    def __init__(self, server, cli, version, transport, parser):
        self.server, self.cli, self.version, self.transport, self.parser = server, cli, version, transport, parser

    def heard(self, kinds, after=0, **wanted):
        return self.cli.record(20, after, layer='sio', dir='in', kind=lambda kind: kind in kinds, **wanted)

    def event(self, name, after=0, **wanted):
        return self.heard(EVENTS, after, event=name, nsp=wanted.pop('nsp', '/'), **wanted)

    def emit(self, name, *args, **order):
        """Emits, and returns where in what is seen the answers begin."""
        after = len(self.cli.seen)
        self.cli.say(emit=[name, *args], **order)
        return after

    def ask(self, name, *args, timeout=20000, nsp='/'):
        """Emits with an ack; the record of the answer."""
        wire = nsp.split('?')[0]
        after = self.emit(name, *args, ack=True, timeout=int(timeout * SLOW), nsp=nsp)
        asked = self.cli.record(20, after, layer='sio', dir='out', event=name, nsp=wire, kind=lambda kind: kind in EVENTS)
        answer = self.heard(ACKS, after, ack=asked['ack'], nsp=wire)
        assert answer['ack_of'] == asked['n'] and answer['latency_usec'] > 0, answer
        return answer


def connects(t):
    found = t.cli.record(layer='sio', kind='CONNECT', dir='in', nsp='/')
    assert found.get('sid') or t.version == 2, found
    t.cli.record(layer='note', kind='connect', text=lambda text: text.startswith('/: connected, sid '))
    assert t.cli.record(layer='eio', kind='open', dir='in')['sid']
    if t.transport == 'both':
        t.cli.record(layer='note', kind='upgrade')
    facts = t.ask('whoami')['args'][0]
    assert (facts['version'], facts['transport']) == (t.version, ENDS_ON[t.transport]), facts


def types(t):
    assert t.ask('types', *TYPES)['args'] == TYPES
    if t.parser == 'default':    # the MessagePack of the npm servers spoils these
        assert t.ask('large', 1e21, -5e-324, 1.7976931348623157e308)['args'] == [1e21, -5e-324, 1.7976931348623157e308]
    after = t.emit('echo', *TYPES)
    assert t.event('echo', after)['args'] == TYPES
    assert t.ask('nothing')['args'] == []
    after = t.emit('ünicøde 😀')
    t.event('ünicøde 😀', after, args=[])


def comes_back(args, ask):
    """A line waits a quarter of a second for its attachments; a busy machine may take longer for a million bytes."""
    for _ in range(5):
        answer = ask()
        if '_placeholder' not in json.dumps(answer):
            break
    assert answer == args, json.dumps(answer)[:300]


def binary(t):
    small, other = blob(b'\x00\x01\xfe\xff'), blob(b'')
    for args in ([small], [{'deep': [1, {'er': small}]}, 'x'], [small, {'n': [other, small]}], [counted(1_000_000)]):
        comes_back(args, lambda: t.ask('bytes', *args)['args'])
        comes_back(args, lambda: t.event('echo', t.emit('echo', *args))['args'])
    after = t.emit('binary', 300)
    assert t.event('binary', after)['args'] == [counted(300), {'nested': counted(300)}]


def acks(t):
    after = t.emit('ackLate', int(400 * SLOW), ack=True, timeout=int(100 * SLOW))
    asked = t.cli.record(layer='sio', dir='out', event='ackLate', kind='EVENT')
    late = t.heard(ACKS, after, ack=asked['ack'])
    assert late['ack_of'] == asked['n'] and late['latency_usec'] > 300_000, late
    t.cli.record(layer='note', after=after, text=lambda text: 'after its timeout' in text)
    assert any('No ack came within' in line for line in t.cli.errors), t.cli.story()
    after = t.emit('ackNever', ack=True, timeout=50)
    t.event('turn', t.emit('turn'))    # nothing stands still meanwhile
    # What nobody asked for is a fault, and the only one.
    t.emit('orphanAck', 4711, 'for nobody')
    orphan = t.heard(ACKS, ack=4711)
    assert [fault['id'] for fault in orphan['faults']] == ['sio-ack-id'], orphan


def replies(t):
    for number, event in enumerate(('ask', 'askAck')):
        after = t.emit(event, number)
        question = t.event('question', after, args=[number])
        assert t.cli.record(20, after, layer='sio', dir='out', kind='ACK', ack=question['ack'])['args'] == ['set', {'n': 2}]
        assert t.event('answered', after)['args'] == ['set', {'n': 2}]
    t.cli.say(reply=[blob(b'bin')], to_event='question')
    after = t.emit('ask', 2)
    assert t.event('answered', after)['args'] == [blob(b'bin')]


def burst(t):
    """500 from there while 500 go there and come back, each fifth with a binary."""
    after = t.emit('burst', 500)
    sent = [[n, blob(n.to_bytes(2, 'big'))] if n % 5 == 0 else [n] for n in range(500)]
    for args in sent:
        t.cli.say(emit=['turn', *args])
    t.event('turn', after, args=sent[-1])
    t.event('burst', after, args=[499])
    came = [r for r in t.cli.seen[after:] if r.get('layer') == 'sio' and r['dir'] == 'in']
    assert [r['args'] for r in came if r.get('event') == 'turn'] == sent, 'not in order'
    assert [r['args'] for r in came if r.get('event') == 'burst'] == [[n] for n in range(500)], 'not in order'


def namespaces(t):
    # Socket.IO 2 has no auth: there it stands in the query of the namespace.
    secure = '/secure?token=x' if t.version == 2 else '/secure'
    t.cli.say(connect='/chat', auth={'who': 'chat'})
    t.cli.say(connect=secure, auth={'token': 'x'})
    sids = [t.cli.record(layer='note', kind='connect', text=lambda text: text.startswith(nsp + ': connected'))['text'].split()[-1]
            for nsp in ('/', '/chat', secure)]
    assert len(set(sids)) == 3, sids
    for nsp, auth in (('/chat', {'who': 'chat'}), (secure, {'token': 'x'})):
        given = t.ask('handshake', nsp=nsp)['args'][0]
        if t.version > 2:
            assert given['auth'] == auth, given
        else:
            assert given['query'].get('token') == auth.get('token'), given
    after = t.emit('echo', 'there', nsp='/chat')
    assert t.event('echo', after, nsp='/chat')['args'] == ['there']
    t.cli.say(connect='/nowhere')
    refusal = t.cli.record(layer='sio', kind='CONNECT_ERROR', dir='in', nsp='/nowhere')
    assert 'Invalid namespace' in json.dumps(refusal), refusal
    t.cli.say(disconnect=secure)
    assert t.ask('between')['args'] == []    # socket.io closes all when CONNECT follows at once
    t.cli.say(connect='/secure', auth={})
    refusal = t.cli.record(layer='sio', kind='CONNECT_ERROR', dir='in', nsp='/secure')
    for word in ('401', 'send auth.token') if t.version == 2 else ('no token', '401', 'send auth.token'):
        assert word in json.dumps(refusal), refusal
    after = t.emit('kick', nsp='/chat')
    t.cli.record(layer='sio', kind='DISCONNECT', dir='in', nsp='/chat', after=after)
    t.cli.record(layer='note', kind='disconnect', text='/chat: io server disconnect')
    assert t.ask('still', 1)['args'] == [1]


def ends(t):
    """The server ends it all, which is no failure; but an ack never came."""
    after = t.emit('disconnectMe', True)
    assert t.cli.wait(20) == 3, 'exit status ' + t.cli.story()
    t.cli.record(layer='note', kind='disconnect', after=after, text=lambda text: text.startswith('/: io server disconnect'))
    faulty = [r for r in t.cli.seen if r.get('faults') and r.get('ack') != 4711]
    assert not faulty, f'faults of a right server: {faulty[:3]}'
    errors = [r for r in t.cli.records(layer='note', kind='error')]
    assert not errors, errors


BEHAVIOURS = connects, types, binary, acks, replies, burst, namespaces, ends


def talk(server, version, transport, parser, *args):
    with Cli.connect(server.url('http'), '--protocol', 'socket.io', *TRANSPORTS[transport], '--parser', parser, '--stdin',
                     '--reply', 'question="set",{"n":2}', *args, seconds=60) as cli:
        for behave in BEHAVIOURS:
            try:
                behave(Talk(server, cli, version, transport, parser))
            except AssertionError as error:
                raise AssertionError(f'{version} by {transport} with {parser}: {behave.__name__}: {error}\n{cli.story()}') from None


def all_transports(version, parser, transports=TRANSPORTS):
    """One server; the connections side by side."""
    with Server('socketio.mjs', '--version', version, *(['--msgpack'] if parser == 'msgpack' else [])) as server:
        together(2, *(functools.partial(talk, server, version, transport, parser) for transport in transports))


ALL = 'all' in sys.argv[1:] or any('parser' in word for word in sys.argv[1:])
for _version in 2, 3, 4:
    for _parser in 'default', 'msgpack':
        # In turn: 2 by polling with MessagePack, 3 by WebSocket with it, 4 by both.
        _mine = [name for at, name in enumerate(TRANSPORTS)
                 if ALL or (_parser == 'msgpack') == (at == (_version - 2))]
        _run = functools.partial(all_transports, _version, _parser, _mine)
        _run.__name__ = f'version_{_version}_{_parser}_parser'
        case(_run)


@case
def parser_is_found_out():
    def by(server, *args):
        with Cli.connect(server.url('http'), '--protocol', 'socket.io', *args, '--emit', 'echo', '--arg', '[1,{"$bin":"AAE="}]',
                         '--emit', 'x', '--ack', '--close', '1000') as cli:
            cli.record(layer='sio', kind=lambda kind: kind in EVENTS, dir='in', event='echo', args=[[1, {'$bin': 'AAE='}]])
            assert cli.wait(20) == 0, cli.story()
            assert not [r for r in cli.seen if r.get('faults')], cli.story()
    for version in 2, 3, 4:
        with Server('socketio.mjs', '--version', version, '--msgpack') as server:
            together(2, *(functools.partial(by, server, *args) for args in TRANSPORTS.values()))


@case
def revision_is_found_out():
    def by(server, version, revision, *args):
        with Cli.connect(server.url('http'), '--protocol', 'socket.io', *args, '--emit', 'whoami', '--ack',
                         '--close', '1000') as cli:
            answer = cli.record(layer='sio', kind='ACK', dir='in')
            assert answer['args'][0]['version'] == version, answer
            assert cli.wait(20) == 0, cli.story()
            assert not [r for r in cli.seen if r.get('faults')], cli.story()
            last = [r['head'] for r in cli.seen if r['kind'] == 'request'][-1]
            assert f'EIO={revision}' in last, cli.story()
    for version, args, revision, asked in ((2, (), 3, ()), (3, (), 4, ()), (4, (), 4, ()), (4, ('--eio3',), 3, ('--eio', '3')),
                                           (2, (), 3, ('--eio', '3'))):
        with Server('socketio.mjs', '--version', version, *args) as server:
            together(2, *(functools.partial(by, server, version, revision, *asked, *how)
                          for name, how in TRANSPORTS.items() if asked or revision == 4 or 'websocket' not in name))


@case
def wrong_revision_is_told():
    with Server('socketio.mjs') as server:
        for how in TRANSPORTS.values():
            with Cli.connect(server.url('http'), '--protocol', 'socket.io', '--eio', '3', *how, '--timeout', '3000') as cli:
                assert cli.wait(20) == 1, cli.story()
                assert 'revision' in cli.said().lower(), cli.story()


@case
def early_event():
    """An event before CONNECT's answer: programs have it after "connect", the trace as it came."""
    for version in 2, 3, 4:
        with Server('socketio.mjs', '--version', version, '--early', '--welcome') as server:
            for name, how in TRANSPORTS.items():
                with Cli.connect(server.url('http'), '--protocol', 'socket.io', *how, '--emit', 'x', '--ack',
                                 '--close', '1000') as cli:
                    for event in ('early',) if version > 2 else ():
                        cli.record(layer='sio', kind='EVENT', dir='in', event=event)
                    for event in 'welcome', 'bytes':
                        cli.record(layer='sio', kind=lambda kind: kind in EVENTS, dir='in', event=event)
                    assert cli.wait(20) == 0, cli.story()
                    faults = {fault['id'] for r in cli.seen for fault in r.get('faults', [])}
                    assert not faults - {'sio-not-connected'}, f'{name} {version} {faults}\n{cli.story()}'


@case
def middleware_rejects():
    for version in 2, 3, 4:
        with Server('socketio.mjs', '--version', version, '--reject', 'not you ☃', '--reject-data', '{"code":42}') as server:
            for how in TRANSPORTS.values():
                with Cli.connect(server.url('http'), '--protocol', 'socket.io', *how) as cli:
                    assert cli.wait(20) == 1, cli.story()
                    refusal = json.dumps(cli.record(layer='sio', kind='CONNECT_ERROR', dir='in'), ensure_ascii=False)
                    assert '42' in refusal and ('not you' in refusal or version == 2), refusal
                    assert not [r for r in cli.seen if r.get('faults')], cli.story()
        with Server('socketio.mjs', '--version', version, '--need-token', 'tok') as server:
            with Cli.connect(server.url('http'), '--protocol', 'socket.io', '--auth', '{"token":"tok"}', '--emit', 'x', '--ack',
                             '--close', '1000') as cli:
                assert cli.wait(20) == (1 if version == 2 else 0), cli.story()
            with Cli.connect(server.url('http'), '--protocol', 'socket.io', '--query', 'token=tok', '--emit', 'x', '--ack',
                             '--close', '1000') as cli:
                assert cli.wait(20) == (0 if version == 2 else 1), cli.story()


sys.argv = [word for word in sys.argv if word != 'all']
main(2)
