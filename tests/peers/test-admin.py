#!/usr/bin/python3
"""A real server with @socket.io/admin-ui, watched and acted on through its admin namespace; then our own host the same."""
import json
import os
import threading

from harness import HERE, SLOW, Cli, Process, Server, case, main

WATCHER = os.environ.get('SOCKEYE_WATCHER', str(HERE.parents[1] / 'build/tests/peers/watcher'))
LOGIN = '{"username":"admin","password":"changeit"}'
ALL, BULK = 511, 64 + 32 + 16


class Watcher(Process):
    def __init__(self, server, *args, namespace='/admin'):
        super().__init__(WATCHER, server.url('http'), namespace, *args,
                         env={'G_DEBUG': 'fatal-criticals', 'LC_ALL': 'C.UTF-8'})

    def state(self, fits, what, seconds=10):
        """The newest line has to fit: what was, does not count."""
        def newest(_):
            states = [r for r in self.seen if 'live' in r]
            return states and fits(states[-1])
        self.expect(newest, what, seconds)
        return [r for r in self.seen if 'live' in r][-1]

    def live(self):
        return self.state(lambda r: r['live'], 'life')

    def sockets(self, nsp='/'):
        return self.spaces().get(nsp, {}).get('sockets', [])

    def spaces(self):
        return [r for r in self.seen if 'live' in r][-1]['spaces']

    def until(self, expected, nsp='/', seconds=10):
        """The rooms of each, by name: {'ann': 'art tea'}."""
        def who(r):
            return {s['label']: ' '.join(s['rooms']) for s in r['spaces'].get(nsp, {}).get('sockets', [])}
        return self.state(lambda r: who(r) == expected, f'{nsp} {expected}', seconds)

    def order(self, ok=True, **order):
        after = len(self.seen)
        self.say(**order)
        done = self.expect(lambda r: 'ordered' in r, f'an answer to {order}', after=after)
        assert done['ordered'] == ok, f'{order}: {done}'
        return done.get('why', '')

    def ends(self):
        self.child.stdin.close()
        code = self.wait()
        assert code == 0 and not [e for e in self.errors if 'ERROR:' in e or 'runtime error' in e], self.story()


def come(server, *names, nsp='/'):
    ids = []
    for name in names:
        server.say(come=[name, nsp])
        ids.append(server.expect(lambda r: r.get('came') == name, f'{name} came')['id'])
    return ids


def heard(server, name, event, after=0):
    return server.expect(lambda r: r.get('heard') == name and r['event'] == event, f'{event} at {name}', after=after)['args']


def socket_of(watcher, name, nsp='/'):
    return next(s for s in watcher.sockets(nsp) if s['label'] == name)


class Host:
    """Our host in the place of servers/admin.mjs, with the same clients."""
    FLAGS = {'--basic': [], '--readonly': ['--admin-readonly'], '--production': ['--admin-production'],
             '--msgpack': ['--parser', 'msgpack']}

    def __init__(self, *args):
        options = [word for flag in args for word in self.FLAGS[flag]]
        if '--basic' not in args:
            options += ['--admin', 'open']    # it wins over the file
        self.cli = Cli.host('--rules', HERE / 'rules/admin.json', *options)
        self.guests = Process('node', HERE / 'servers/admin.mjs', '--guests', self.cli.at,
                              *(['--msgpack'] if '--msgpack' in args else []))
        self.child, self.story, self.say, self.expect = self.cli.child, self.cli.story, self.guests.say, self.guests.expect

    @property
    def seen(self):
        return self.guests.seen

    def url(self, scheme):
        return self.cli.at.replace('http', scheme)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.guests.__exit__()
        self.cli.__exit__()


local = threading.local()    # .ours: the case that runs in this thread looks at our host


def watched(*args, auth=(), namespace='/admin'):
    """A server, and who watches it, both to be used in a with block."""
    server = Host(*args) if getattr(local, 'ours', False) else Server('admin.mjs', *args)
    return server, Watcher(server, *auth, namespace=namespace)


def too(function):
    """A case for our own host as well."""
    def run():
        local.ours = True
        try:
            function()
        finally:
            local.ours = False
    run.__name__ = 'host_' + function.__name__
    case(run)
    return case(function)


@too
def basic_login_and_life():
    server, watcher = watched('--basic', auth=[LOGIN])
    with server, watcher:
        state = watcher.live()
        assert state['features'] == ALL and state['development'], state
        [ann] = come(server, 'ann')
        watcher.until({'ann': ''})
        watcher.state(lambda r: socket_of(watcher, 'ann')['transport'] == 'websocket', 'the upgrade')
        shown = socket_of(watcher, 'ann')
        assert shown['id'] == ann and shown['revision'] == 4 and '127.0.0.1' in shown['address'], shown
        server.say(say=['ann', 'enter', 'tea'])
        watcher.until({'ann': 'tea'})
        server.say(say=['ann', 'binary', {'bytes': [1, 2, 3]}])
        heard(server, 'ann', 'back')
        watcher.state(lambda r: (socket_of(watcher, 'ann')['in'], socket_of(watcher, 'ann')['out']) == (2, 1), 'the counts')
        come(server, 'bob', nsp='/chat')
        come(server, 'eve', nsp='/dynamic-7')
        watcher.until({'bob': ''}, '/chat')
        watcher.until({'eve': ''}, '/dynamic-7')
        server.say(go='ann')
        watcher.until({})
        state = watcher.state(lambda r: r['servers'] == 1, 'statistics')
        assert set(state['spaces']) >= {'/', '/chat'} and '/admin' not in state['spaces'], state['spaces']
        watcher.ends()


@too
def wrong_password():
    for auth in ('{"username":"admin","password":"no"}', '{"username":"admin"}'):
        server, watcher = watched('--basic', auth=[auth])
        with server, watcher:
            watcher.state(lambda r: 'refused the user name' in r['problem'], 'the refusal')
            assert server.child.poll() is None, 'a missing password ended the server\n' + server.story()
            watcher.ends()


@too
def orders():
    server, watcher = watched()
    with server, watcher:
        watcher.live()
        ann, bob, cat = come(server, 'ann', 'bob', 'cat')
        watcher.until({'ann': '', 'bob': '', 'cat': ''})
        watcher.order(join=['/', ann, 'tea'])
        watcher.order(join=['/', bob, 'tea'])
        watcher.until({'ann': 'tea', 'bob': 'tea', 'cat': ''})
        watcher.order(join=['/', 'tea', 'vip'])
        watcher.until({'ann': 'tea vip', 'bob': 'tea vip', 'cat': ''})
        watcher.order(emit=['/', 'tea', None, 'to-room', '{"x":1},2'])
        assert heard(server, 'ann', 'to-room') == [{'x': 1}, 2]
        watcher.order(emit=['/', None, ann, 'to-others', '1'])
        heard(server, 'bob', 'to-others')
        heard(server, 'cat', 'to-others')
        watcher.order(emit=['/', cat, None, 'to-one', None])
        heard(server, 'cat', 'to-one')
        watcher.order(leave=['/', None, 'vip'])
        watcher.until({'ann': 'tea', 'bob': 'tea', 'cat': ''})
        watcher.order(disconnect=['/', 'tea', False])
        watcher.until({'cat': ''})
        assert server.expect(lambda r: r.get('left') == 'ann', 'ann left')['reason'] == 'io server disconnect'
        watcher.order(disconnect=['/', None, True])
        watcher.until({})
        told = [(r['heard'], r['event']) for r in server.seen if 'heard' in r]
        assert ('cat', 'to-room') not in told and ('ann', 'to-others') not in told and ('ann', 'to-one') not in told, told
        watcher.ends()


@case
def nothing_is_made_by_accident():
    server, watcher = watched()
    with server, watcher:
        watcher.live()
        come(server, 'ann')
        watcher.until({'ann': ''})
        watcher.state(lambda r: '/chat' in r['spaces'], 'the namespaces')
        assert 'no namespace' in watcher.order(False, emit=['/never', None, None, 'x', '1'])
        assert 'no namespace' in watcher.order(False, emit=['/admin', None, None, 'x', '1'])
        assert 'missing' in watcher.order(False, disconnect=['/', '', True])
        assert 'Nobody' in watcher.order(False, emit=['/', 'nobody', None, 'x', '1'])
        server.say(namespaces=True)
        spaces = server.expect(lambda r: 'namespaces' in r, 'the namespaces')['namespaces']
        assert '/never' not in spaces, spaces
        assert socket_of(watcher, 'ann'), 'ann was disconnected'
        watcher.ends()


@too
def readonly():
    server, watcher = watched('--readonly')
    with server, watcher:
        state = watcher.live()
        assert state['features'] == 128 + 256, state
        come(server, 'ann')
        watcher.until({'ann': ''})
        assert 'read-only' in watcher.order(False, disconnect=['/', None, True])
        watcher.ends()


@too
def production():
    server, watcher = watched('--production')
    with server, watcher:
        assert not watcher.live()['development']
        [ann] = come(server, 'ann')
        state = watcher.state(lambda r: r['spaces'].get('/', {}).get('told') == 1, 'the number of sockets')
        assert state['spaces']['/']['n'] == 0
        watcher.order(emit=['/', ann, None, 'x', '1'])
        heard(server, 'ann', 'x')
        watcher.order(disconnect=['/', None, False])
        watcher.state(lambda r: r['spaces']['/']['told'] == 0, 'nobody')
        watcher.ends()


@case
def version_3():
    server, watcher = watched('--version', '3')
    with server, watcher:
        state = watcher.live()
        assert state['features'] == ALL - BULK, state
        ann, bob, cat = come(server, 'ann', 'bob', 'cat')
        watcher.state(lambda r: r['spaces'].get('/', {}).get('n') == 3, 'three sockets')
        watcher.order(join=['/', ann, 'tea'])
        watcher.order(join=['/', bob, 'tea'])
        watcher.state(lambda r: [s['rooms'] for s in r['spaces']['/']['sockets']] == [['tea'], ['tea'], []], 'the rooms')
        watcher.order(emit=['/', 'tea', None, 'to-room', '1'])
        heard(server, 'bob', 'to-room')
        assert 'leave anyone out' in watcher.order(False, emit=['/', None, ann, 'x', '1'])
        watcher.order(leave=['/', None, 'tea'])
        watcher.state(lambda r: r['spaces']['/']['rooms'] == 0, 'no rooms')
        watcher.order(disconnect=['/', None, True])
        watcher.state(lambda r: r['spaces']['/']['n'] == 0, 'nobody')
        watcher.ends()


@case
def msgpack_elsewhere():
    msgpack('--namespace', '/control', namespace='/control')


@too
def msgpack(*args, namespace='/admin'):
    server, watcher = watched('--msgpack', *args, namespace=namespace)
    with server, watcher:
        watcher.live()
        [ann] = come(server, 'ann')
        watcher.until({'ann': ''})
        server.say(say=['ann', 'binary', {'bytes': [1, 2, 3]}])
        watcher.state(lambda r: socket_of(watcher, 'ann')['out'] == 1, 'the counts')
        watcher.order(join=['/', ann, 'tea'])
        watcher.until({'ann': 'tea'})
        assert namespace not in watcher.spaces()
        watcher.ends()


@case
def session_is_kept():
    for flags in ((), ('--recovery', '60000')):
        server, watcher = watched('--basic', *flags, auth=[LOGIN])
        with server, watcher:
            watcher.live()
            come(server, 'ann')
            watcher.until({'ann': ''})
            for forget in (False, True):    # with the session, and where the server has forgotten it
                if forget:
                    server.say(forget=True)
                after = len(watcher.seen)
                server.say(drop=True)
                watcher.expect(lambda r: r.get('live') is False, 'the loss', after=after)
                name = f'bob-{forget}'
                come(server, name)
                watcher.live()
                watcher.state(lambda r: name in [s['label'] for s in r['spaces']['/']['sockets']], 'who came meanwhile', 15)
            assert len(watcher.sockets()) == 3, watcher.sockets()
            watcher.ends()


@case
def ten_thousand_sockets():
    server, watcher = watched('--crowd', '10000')
    with server, watcher:
        state = watcher.state(lambda r: r['live'] and r['spaces'].get('/', {}).get('n') == 10000 and not r['loading'],
                              'ten thousand sockets', 20)
        assert state['spaces']['/']['rooms'] == 200, state['spaces']['/']['rooms']
        shown = json.loads(state['spaces']['/']['sockets'][0]['handshake'])
        assert shown['headers'] == {'user-agent': 'crowd', 'cookie': '…', 'host': 'localhost', 'accept': '*/*'}, shown
        print(f'# all there after {state["ms"]} ms; the main loop stood still for {state["stuck_ms"]} ms at most')
        assert state['stuck_ms'] < 500 * SLOW, state['stuck_ms']
        watcher.ends()


if __name__ == '__main__':
    main(jobs=2)
