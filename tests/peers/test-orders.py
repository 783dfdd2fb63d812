#!/usr/bin/python3
"""What a person does to a running host by hand, through --stdin: the npm clients hear it, the records say why."""
from harness import SLOW, Cli, Client, case, main

PEOPLE = ['ann', 'bob', 'eve', 'mute-joe', 'ann@/other']


class Show:
    """A host and five sockets: ann has two of them on one connection."""
    def __init__(self, version, way):
        self.host = Cli.host('--stdin', *(['--eio3'] if version == '2' else []))
        self.clients = Client('listener.mjs', self.host.at, '--client', version, '--way', way, *PEOPLE)

    def __enter__(self):
        self.id = self.clients.expect(lambda r: 'ready' in r, 'ready', 20)['ready']
        for name in ('ann', 'bob', 'mute-joe'):
            self.host.say(join='tea', who=self.id[name])
        self.check(tea=['ann', 'bob', 'mute-joe'])
        return self

    def __exit__(self, kind, *_):
        try:
            if kind is None:
                assert self.host.child.poll() is None, 'the host died\n' + self.host.story()
                self.host.say(stop=True)
                assert self.host.wait(20) == 0, self.host.story()
        finally:
            self.clients.__exit__()
            self.host.__exit__()

    def name(self, sid):
        return next(name for name, each in self.id.items() if each == sid)

    def rooms(self):
        """Rooms of "/" by name, without the private ones."""
        after = len(self.host.seen)
        self.host.say(rooms=True)
        answer = self.host.expect(lambda r: 'namespaces' in r, 'the rooms', after=after)
        return answer['namespaces'].get('/', {}).get('rooms', {})

    def check(self, **wanted):
        now = {room: sorted(map(self.name, who)) for room, who in self.rooms().items() if room not in self.id.values()}
        assert now == wanted, (now, wanted)

    def hears(self, *who, event, after):
        """Just these sockets have heard it, once a further event has come to everyone."""
        self.host.say(emit=['end', after])
        self.host.say(emit=['end', after], nsp='/other')
        there = [name for name in PEOPLE if not self.ended(name)]
        for name in there:
            self.clients.expect(lambda r, n=name: r.get('who') == n and r.get('heard') == ['end', after], f'the end for {name}')
        got = [r['who'] for r in self.clients.seen[after:] if r.get('heard', [None])[0] == event]
        assert sorted(got) == sorted(who), (event, got, who)

    def ended(self, name):
        return any(r.get('who') == name and r['heard'][0] == 'disconnect' for r in self.clients.seen)

    def mark(self):
        return len(self.clients.seen)

    def gone(self, *who, reason):
        for name in who:
            heard = self.clients.expect(lambda r, n=name: r.get('who') == n and r['heard'][0] == 'disconnect', f'{name} to go')
            assert heard['heard'][1] == reason, heard

    def answers(self, after):
        answer = self.host.expect(lambda r: 'asked' in r, 'the answers', after=after)
        return answer, {self.name(a['who']): a.get('args', 'late' if a.get('late') else 'gone') for a in answer['answers']}

    def deeds(self, **wanted):
        after = len(self.host.seen)
        self.host.say(deeds=True)
        deeds = self.host.expect(lambda r: 'deeds' in r, 'the deeds', after=after)['deeds']
        return [d for d in deeds if all(d.get(k) == v for k, v in wanted.items())]


def emits(show):
    say, sid = show.host.say, show.id
    for order, who in (({}, ['ann', 'bob', 'eve', 'mute-joe']), ({'nsp': '/other'}, ['ann@/other']),
                       ({'to': 'tea'}, ['ann', 'bob', 'mute-joe']), ({'to': sid['eve']}, ['eve']),
                       ({'except': 'tea'}, ['eve']), ({'to': 'tea', 'except': sid['bob']}, ['ann', 'mute-joe']),
                       ({'to': 'nobody'}, [])):
        mark = show.mark()
        say(emit=['word', {'n': 1}, {'$bin': 'AAE='}], **order)
        show.hears(*who, event='word', after=mark)
    assert {'who': 'eve', 'heard': ['word', {'n': 1}, {'$bin': 'AAE='}]} in show.clients.seen


def asks(show):
    after = len(show.host.seen)
    show.host.say(emit=['question', 'tea?', {'$bin': 'AAE='}], to='tea', ack=True, timeout=300)
    answer, by = show.answers(after)
    assert by == {'ann': ['ann', 'tea?', {'$bin': 'AAE='}], 'bob': ['bob', 'tea?', {'$bin': 'AAE='}], 'mute-joe': 'late'}, by
    assert answer['complete'] is False and answer['nsp'] == '/', answer
    after = len(show.host.seen)
    show.host.say(**{'emit': ['question'], 'to': 'tea', 'except': show.id['mute-joe'], 'ack': True, 'timeout': 5000})
    answer, by = show.answers(after)
    assert answer['complete'] is True and by == {'ann': ['ann'], 'bob': ['bob']}, answer
    after = len(show.host.seen)
    show.host.say(emit=['question'], to='nobody', ack=True)
    answer, by = show.answers(after)
    assert answer['complete'] is True and not by, answer


def moves(show):
    say, sid = show.host.say, show.id
    say(join='attic', who='tea')
    show.check(tea=['ann', 'bob', 'mute-joe'], attic=['ann', 'bob', 'mute-joe'])
    say(leave='attic', who=sid['ann'])
    show.check(tea=['ann', 'bob', 'mute-joe'], attic=['bob', 'mute-joe'])
    say(move=['attic', 'cellar'], who=sid['bob'])
    show.check(tea=['ann', 'bob', 'mute-joe'], attic=['mute-joe'], cellar=['bob'])
    say(move=['tea', 'garden'])
    show.check(garden=['ann', 'bob', 'mute-joe'], attic=['mute-joe'], cellar=['bob'])
    say(leave='garden')
    show.check(attic=['mute-joe'], cellar=['bob'])
    say(join='everyone')
    show.check(attic=['mute-joe'], cellar=['bob'], everyone=['ann', 'bob', 'eve', 'mute-joe'])
    assert len(show.deeds(what='leave', room='garden', why='by hand')) == 3, show.deeds()
    assert [show.name(d['who']) for d in show.deeds(what='join', room='cellar', why='by hand')] == ['bob']
    show.host.record(layer='note', kind='join', text=lambda text: 'cellar' in str(text) and 'by hand' in str(text))
    show.host.record(layer='note', kind='leave', text=lambda text: 'garden' in str(text) and 'by hand' in str(text))


def ends(show):
    say, sid = show.host.say, show.id
    say(disconnect=sid['eve'])
    show.gone('eve', reason='io server disconnect')
    say(disconnect=sid['ann'])
    show.gone('ann', reason='io server disconnect')
    mark = show.mark()
    say(emit=['still there'], nsp='/other')
    show.hears('ann@/other', event='still there', after=mark)
    say(disconnect=True, nsp='/other', close=True)
    show.gone('ann@/other', reason='io server disconnect')
    show.check(tea=['bob', 'mute-joe'])
    say(disconnect='tea', close=True)
    show.gone('bob', 'mute-joe', reason='io server disconnect')
    assert show.rooms() == {}, show.rooms()
    whys = {show.name(d['who']): d['why'] for d in show.deeds(what='disconnect')}
    assert set(whys) == set(PEOPLE) and set(whys.values()) == {'server namespace disconnect'}, whys
    show.host.record(layer='note', kind='leave', text=lambda text: 'by disconnect: server namespace disconnect' in str(text))


def mistakes(show):
    """Each is one sentence, and nothing happens."""
    for order, words in (({'emit': []}, '“emit” takes'), ({'move': ['a']}, '“move” takes'), ({'join': 5}, '“join” takes'),
                         ({'join': 'a', 'who': 5}, '“who” has to be'), ({'join': 'a', 'who': 'nobody'}, 'Nobody is in nobody'),
                         ({'disconnect': 'nobody'}, 'Nobody is in nobody'), ({'disconnect': True, 'nsp': '/none'}, 'no namespace /none'),
                         ({'join': ''}, 'name of a room is missing'), ({'dance': True}, 'is no order')):
        before = len(show.host.errors)
        show.host.say(**order)
        with show.host._news:
            show.host._news.wait_for(lambda n=before: len(show.host.errors) > n, 10 * SLOW)
        said = show.host.errors[before:]
        assert len(said) == 1 and words in said[0], (order, said)
    show.check(tea=['ann', 'bob', 'mute-joe'])


def run(version, way):
    with Show(version, way) as show:
        for part in (mistakes, emits, asks, moves):
            part(show)
    with Show(version, way) as show:
        ends(show)


def add_cases():
    for version, way in (('4', 'websocket'), ('4', 'polling'), ('3', 'upgrade'), ('2', 'polling'), ('2', 'websocket')):
        def go(v=version, w=way):
            run(v, w)
        go.__name__ = f'socketio_{version}_{way}'
        case(go)


add_cases()
if __name__ == '__main__':
    main(2)
