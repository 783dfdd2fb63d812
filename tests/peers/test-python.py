#!/usr/bin/python3
"""Clients of another language against sockeye-cli host: Debian's python3-socketio, python3-engineio and python3-websockets."""
import asyncio
import os
import queue
import sys
import threading

from harness import HERE, SLOW, Certificates, Cli, case, main

try:
    import engineio
    import requests
    import socketio
    import websockets
except ImportError as missing:
    print(f'1..0 # SKIP {missing}')
    sys.exit()

RULES = HERE / 'rules/behaviours.json'
WAYS = {'polling': ['polling'], 'websocket': ['websocket'], 'upgrade': ['polling', 'websocket']}
VALUES = [[None], [True, False], [0, -1, 2**53], [-0.5, 1e300], [''], ['ünïcode ☃ 🎉 \u2028\u0000"\\'], [[], {}],
          [{'a': {'b': [None, {'c': 'd'}]}, '': 0}], [1, 'two', [3], {'four': 4}], ['x' * 70000]]
SECONDS = 10 * SLOW
engineio.payload.Payload.max_decode_packets = 1000    # this client takes 16 in a poll's answer if it is not told otherwise


class InOrder(socketio.Client):
    """As it is, each message is taken in a thread of its own, where octets overtake what they belong to."""
    def __init__(self, **options):
        super().__init__(**options)
        trigger = self.eio._trigger_event
        self.eio._trigger_event = lambda *args, **how: trigger(*args, **{**how, 'run_async': False})


class Peer:
    """All that it hears is kept, in its order."""
    def __init__(self, url, way, namespace='/', auth=None, **options):
        self.heard, self.namespace, self.late = queue.Queue(), namespace, []
        self.client = InOrder(**{'reconnection': False, **options})
        self.client.on('*', lambda event, *args: self.heard.put((event, list(args))), namespace=namespace)
        for event in ('connect_error', 'disconnect'):
            self.client.on(event, lambda *args, e=event: self.heard.put((e, list(args))), namespace=namespace)
        self.client.connect(url, auth=auth, namespaces=[namespace], transports=WAYS[way], wait_timeout=SECONDS)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.client.disconnect()

    @property
    def id(self):
        return self.client.get_sid(self.namespace)

    def hear(self, name):
        """The arguments of the first event of that name; others are kept for later."""
        for event in self.late:
            if event[0] == name:
                self.late.remove(event)
                return event[1]
        while True:
            event = self.heard.get(timeout=SECONDS)
            if event[0] == name:
                return event[1]
            self.late.append(event)

    def emit(self, name, *args):
        self.client.emit(name, tuple(args), namespace=self.namespace)

    def ask(self, name, *args):
        answer = self.client.call(name, tuple(args), namespace=self.namespace, timeout=SECONDS)
        return list(answer) if isinstance(answer, tuple) else [] if answer is None else [answer]


def equal(a, b):
    assert a == b, f'{str(a)[:200]} is not {str(b)[:200]}'


def hello(host, way):
    with Peer(host.at, way, auth={'token': 'good'}) as ann:
        equal(ann.hear('welcome'), [ann.id, WAYS[way][-1], {'bytes': b'\0\1\2\xff'}])
        equal(ann.client.transport(), WAYS[way][-1])
        for values in VALUES:
            ann.emit('echo', *values)
            equal(ann.hear('echo'), values)
            if values != [None]:    # for this client nothing and None are the same answer
                equal(ann.ask('ack', *values), values)
        for n in range(100):
            ann.emit('echo', n)
        equal([ann.hear('echo')[0] for _ in range(100)], list(range(100)))
        equal(ann.ask('late', 30), ['late'])


def binary(host, way):
    with Peer(host.at, way) as ann:
        for size in (0, 1, 126, 65536, 1 << 20, 8 << 20):
            octets = bytes((7, size & 255)) * (size // 2) + b'\0' * (size % 2)
            ann.emit('echo', octets)
            assert ann.hear('echo') == [octets], f'{size} other bytes came back'
        deep = [{'a': b'one', 'list': [b'two', 'text', {'z': b''}]}, 7, b'four']
        equal(ann.ask('ack', *deep), deep)
        ann.client.on('question', lambda *args: ('yes', *args, b'!'))
        ann.emit('ask me', 5000, 'ü', b'bytes')
        equal(ann.hear('answered'), ['yes', 5000, 'ü', b'bytes', b'!'])


def rejects(host, way):
    for namespace, auth, error in (('/', {'token': 'bad'}, {'message': 'not you', 'data': {'code': 401, 'list': [1, None]}}),
                                   ('/closed', None, {'message': 'closed today'}),
                                   ('/nowhere', None, {'message': 'Invalid namespace'})):
        heard = queue.Queue()
        client = InOrder(reconnection=False)
        client.on('connect_error', heard.put, namespace=namespace)
        client.connect(host.at, auth=auth, namespaces=[namespace], transports=WAYS[way], wait=False)
        equal(heard.get(timeout=SECONDS), error)
        client.disconnect()


def rooms(host, way):
    with Peer(host.at, way) as ann, Peer(host.at, way) as bob, Peer(host.at, way) as eve:
        equal(sorted(ann.ask('join', 'den')[0]), sorted([ann.id, 'den']))
        bob.ask('join', 'den')
        ann.ask('to', 'den', b'hush')
        equal(bob.hear('heard'), ['to', 'den', b'hush'])
        eve.ask('all', 'hi')
        equal([peer.hear('heard') for peer in (ann, bob, eve)], [['all', 'hi']] * 3)
        ann.ask('in', eve.id, 'psst')
        equal(eve.hear('heard'), ['in', eve.id, 'psst'])
        for peer, answer in ((ann, 'a'), (bob, 'b')):
            peer.client.on('question', lambda ms, answer=answer: answer)
        word, answers = eve.ask('ask room', 'den', 5000)
        equal((word, sorted(answers)), ('all of them', ['a', 'b']))
        bob.ask('leave', 'den')
        ann.ask('in', 'den', 'alone')
        equal(ann.hear('heard'), ['in', 'den', 'alone'])
        equal(bob.ask('ack', 1), [1])
        assert bob.heard.empty(), bob.heard.get()


def ends(host, way):
    """The server ends a namespace, the transport or the line; who wants to comes back."""
    for how in ('kick', 'kick all', 'close', 'cut'):
        with Peer(host.at, way) as ann:
            ann.emit(how)
            ann.hear('disconnect')
    with Peer(host.at, way, reconnection=True, reconnection_delay=0.05, randomization_factor=0) as ann:
        before = ann.id
        ann.hear('welcome')
        ann.emit('cut')
        ann.hear('disconnect')
        assert ann.hear('welcome')[0] == ann.id != before
        equal(ann.ask('ack', 'back'), ['back'])


def namespaces(host, way):
    with Peer(host.at, way, '/tenant-7b') as one, Peer(host.at, way, '/other') as other:
        equal(one.ask('ack', 1), ['/tenant-7b', 1])
        equal(other.ask('ack', b'x'), ['/other', b'x'])


def add_cases():
    def add(name, run):
        run.__name__ = name
        case(run)
    for way in WAYS:
        for check in (hello, binary, rejects, rooms, ends, namespaces):
            add(f'socketio_{way}_{check.__name__}', lambda c=check, w=way: visit(c, w))


def visit(check, way):
    with Cli.host('--rules', RULES, '--quiet') as host:
        check(host, way)
        assert host.child.poll() is None, 'the host died\n' + host.story()


@case
def engineio_alone():
    for way in WAYS:
        with Cli.host('--protocol', 'engine.io', '--quiet') as host:
            heard, closed = queue.Queue(), threading.Event()
            client = engineio.Client()
            client.on('message', heard.put)
            client.on('disconnect', closed.set)
            client.connect(host.at, transports=WAYS[way], engineio_path='engine.io')
            text = 'text' if way == 'polling' else 'grüße ☃'    # it cannot post other letters by itself
            for message in (text, b'\0\1\xfe\xff', 'x' * 100000):
                client.send(message)
                equal(heard.get(timeout=SECONDS), message)
            client.disconnect()
            assert closed.wait(SECONDS)


@case
def tls():
    with Certificates() as made, \
            Cli.host('--rules', RULES, '--quiet', '--tls', made.cert, '--tls-key', made.key) as host:
        session = requests.Session()
        session.verify = str(made.ca)    # for its WebSocket; what it polls with looks into the environment first
        os.environ['REQUESTS_CA_BUNDLE'] = session.verify
        for way in ('polling', 'upgrade'):
            with Peer(host.at.replace('127.0.0.1', 'localhost'), way, http_session=session) as ann:
                equal(ann.ask('ack', 'safe', b'\1'), ['safe', b'\1'])


@case
def websockets_alone():
    async def talk(url):
        async with websockets.connect(url, max_size=None) as ws:
            for message in ('', 'grüße ☃', 'x' * 70000, b'', b'\0\xff' * 70000, bytes(8 << 20)):
                await ws.send(message)
                assert await ws.recv() == message
            await ws.send(part for part in ('in ', 'three ', 'parts'))
            equal(await ws.recv(), 'in three parts')
            await (await ws.ping(b'?'))
            await ws.close(4001, 'had enough ☃')
            equal(ws.close_code, 4001)
    with Cli.host('--protocol', 'websocket', '--quiet') as host:
        asyncio.run(asyncio.wait_for(talk(host.at.replace('http', 'ws')), 6 * SECONDS))


@case
def asyncio_client():
    async def talk(url):
        client, heard = socketio.AsyncClient(), asyncio.Queue()
        client.on('echo', lambda *args: heard.put_nowait(args))
        await client.connect(url, transports=['websocket'])
        await client.emit('echo', ('a', b'\1'))
        equal(await heard.get(), ('a', b'\1'))
        equal(await client.call('ack', (1, {'two': 2})), (1, {'two': 2}))
        await client.disconnect()
    with Cli.host('--rules', RULES, '--quiet') as host:
        asyncio.run(asyncio.wait_for(talk(host.at), 3 * SECONDS))


add_cases()
if __name__ == '__main__':
    main(2)
