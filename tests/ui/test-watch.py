#!/usr/bin/python3
"""A real server with @socket.io/admin-ui, watched and acted on through the Rooms and Clients panes of a client."""
import os
import pathlib
import time

import ui
from harness import Server, case, main
from story import State, Story, has

TREE = 'Namespaces, rooms and sockets'


class Watch(Story):
    def open(self, server, tab='Rooms'):
        self.connect(server.url('http'))
        self.state('connected ')
        self.tab(tab)
        return self

    def field(self, name):
        return self.on_page(name, 'password text' if name == 'Password' else 'text')

    def type_into(self, name, string):
        node = self.field(name)
        self.mouse_click(node)
        ui.wait(lambda: has(node, State.FOCUSED), 5, f'the cursor in {name}')
        ui.keys('ctrl+a', *([] if string else ['BackSpace']))
        if string:
            ui.type_text(string)

    def log_in(self, user='', password='', nsp=None):
        """With the keyboard: Enter in the password."""
        if nsp is not None:
            self.type_into('Namespace', nsp)
        self.type_into('User name', user)
        self.type_into('Password', password)
        ui.keys('Return')
        return self

    def refused(self, *words, timeout=8):
        """The sentence below the login, which can be used again."""
        def look():
            said = [n.get_name() for n in ui.find_all(self.page, role='alert') if ui.size(n)[1] > 0]
            return next((s for s in said if all(w in s for w in words)), None)
        sentence = ui.wait(look, timeout, f'a sentence with {words}')
        ui.wait(lambda: has(self.on_page('Watch', 'push button'), State.SENSITIVE), 5, 'the login')
        return sentence

    def watched(self, *words, timeout=10):
        """The strip, once it says these words."""
        def look():
            said = ui.all_text(ui.find(self.page, 'SkyWatchStrip', timeout=0))
            return said if 'Stop watching' in said and all(w in said for w in words) else ''
        return ui.wait(look, timeout, f'a strip with {words}')

    def rows(self, table=TREE):
        node = self.on_page(table, 'tree table')
        _, top, _, height = ui.extents(node)
        return [n for n in ui.find_all(node, role='table row')
                if ui.size(n)[1] > 0 and top <= ui.extents(n)[1] < top + height]

    def row(self, *words, table=TREE, timeout=8):
        return ui.wait(lambda: next((n for n in self.rows(table) if all(w in n.get_name() for w in words)), None),
                       timeout, f'a row with {words} among {table}')

    def records(self):
        return super().rows()

    def gone(self, *words, table=TREE):
        ui.wait(lambda: not any(all(w in n.get_name() for w in words) for n in self.rows(table)), 8, f'no row with {words}')

    def ready(self, name):
        button = self.on_page(name, 'push button')
        ui.wait(lambda: has(button, State.SENSITIVE), 5, f'{name} to be sensitive')
        return button


def come(server, name, room=None, nsp='/'):
    server.say(come=[name, nsp])
    server.expect(lambda r: r.get('came') == name, f'{name} came')
    if room is not None:
        server.say(say=[name, 'enter', room])


@case
def logs_in_wrong_and_right_and_sees_who_comes():
    with Server('admin.mjs', '--basic') as server, Watch() as window:
        come(server, 'ann', 'tea')
        window.open(server)
        said = window.log_in('admin', 'wrong').refused('refused the user name or the password')
        assert said.endswith('.'), said
        assert ui.text(window.field('User name')) == 'admin', 'what was typed is kept'
        ui.wait(lambda: has(window.field('Password'), State.FOCUSED), 5, 'the cursor in the password')
        ui.keys('ctrl+a')
        ui.type_text('changeit')
        ui.keys('Return')
        window.watched('up ', '2 clients', 'development')
        window.row('Room tea, 1 socket')
        window.row('Socket this client')
        come(server, 'bob', 'tea')
        window.row('Room tea, 2 sockets')
        window.row('Socket bob', 'WebSocket')
        window.row('joined', 'tea', 'bob', table='What happened')
        server.say(go='bob')
        window.row('Room tea, 1 socket')
        window.tab('Clients')
        window.watched('development')
        window.mouse_click(window.row('Socket ann', 'rooms: tea', table='Clients'))
        ui.wait(lambda: '"headers": {' in ui.all_text(window.page), 5, 'the handshake')


@case
def emits_to_a_room_and_sends_one_away():
    with Server('admin.mjs') as server, Watch() as window:
        for name in ('ann', 'bob'):
            come(server, name, 'tea')
        come(server, 'cid')
        window.open(server).log_in()
        window.watched()
        window.mouse_click(window.row('Room tea, 2 sockets'))
        assert not has(window.on_page('Ack from all within', 'check box'), State.SENSITIVE), 'it cannot pass on acks'
        after = len(server.seen)
        box = ui.find(window.page, 'SkyRoomsEmit')    # the timeline has a composer with such names, too
        ui.set_text(ui.find(box, 'Event name', 'text'), 'notice')
        ui.set_text(ui.find(box, 'Arguments as JSON', 'text'), '{"n": 1.50}, "é"')
        ui.click(window.ready('Emit to 2 sockets'))
        for name in ('ann', 'bob'):
            heard = server.expect(lambda r, n=name: r.get('heard') == n and r['event'] == 'notice', f'{name} hears', after=after)
            assert heard['args'] == [{'n': 1.5}, 'é'], heard
        window.mouse_click(window.row('Socket bob'))
        window.on_page('Emit to socket…', 'push button')
        time.sleep(0.3 * ui.SLOW)
        window.mouse_click(window.ready('Disconnect…'))
        ui.click(window.find('From this namespace only', 'push button'))
        left = server.expect(lambda r: r.get('left') == 'bob', 'bob is gone', after=after)
        assert left['reason'] == 'io server disconnect', left
        window.gone('Socket bob')
        window.mouse_click(window.row('Room tea, 1 socket'))
        ui.click(window.ready('Empty room'))
        window.row('left', 'tea', 'ann', table='What happened')
        assert not [r for r in server.seen[after:] if r.get('heard') == 'cid'], 'cid was in another place'


@case
def a_read_only_server_refuses_visibly():
    with Server('admin.mjs', '--readonly') as server, Watch() as window:
        come(server, 'ann', 'tea')
        window.open(server).log_in()
        window.watched('development', 'read-only')
        window.mouse_click(window.row('Room tea, 1 socket'))
        for name in ('Emit to room…', 'Empty room', 'Disconnect…', 'Emit to 1 socket'):
            ui.wait(lambda n=name: not has(window.on_page(n, 'push button'), State.SENSITIVE), 5, f'{name} to be off')
        window.on_page('The server lets its admin namespace only watch: it is set to read-only.', 'label')


@case
def goes_on_by_itself_when_the_connection_is_back():
    with Server('admin.mjs', '--basic') as server, Watch() as window:
        come(server, 'ann', 'tea')
        window.open(server).log_in('admin', 'changeit')
        window.watched('development')
        window.row('Room tea, 1 socket')
        server.say(drop=True)
        window.watched('connection is lost')
        come(server, 'bob', 'tea')
        window.watched('development', timeout=20)
        window.row('Room tea, 2 sockets')


@case
def a_server_in_production_tells_numbers():
    with Server('admin.mjs', '--production') as server, Watch() as window:
        come(server, 'ann')
        come(server, 'cid', nsp='/chat')
        window.open(server).log_in()
        window.watched('production', '3 clients')
        ui.wait(lambda: all(w in ui.all_text(window.page) for w in (
            'This server tells numbers only', 'instrument(io, { mode: "development" })', '/chat', '2 sockets', '1 socket')),
            8, 'the numbers')
        window.tab('Clients')
        window.on_page('This server tells numbers only', 'label')


@case
def a_long_list_of_namespaces_says_how_many_more_there_are():
    with Server('admin.mjs', '--production', '--spaces', '230') as server, Watch() as window:
        window.open(server).log_in()
        window.watched('production')
        numbers = window.on_page('SkyWatchNumbers')
        ui.wait(lambda: '… and 32 more' in ui.all_text(numbers), 8, 'those beyond')    # with "/" and "/chat"
        assert sum(n.endswith((' socket', ' sockets')) for n in ui.all_text(numbers).splitlines()) == 200


@case
def says_what_is_wrong_and_gives_the_login_back():
    with Server('admin.mjs', '--mute') as server, Watch() as window:
        window.open(server)
        window.log_in(nsp='/nowhere').refused('no namespace /nowhere')
        window.log_in(nsp='/chat').refused('/chat does not speak as the admin namespace')
        window.log_in(nsp='/admin')
        window.on_page('Cancel', 'push button')
        window.refused('did not answer for /admin within 10 seconds', timeout=15)
        window.state('connected ')


@case
def connects_first_and_stops():
    with Server('admin.mjs', '--basic') as server, Watch() as window:
        window.open(server)
        ui.click(window.on_page('Disconnect', 'push button'))
        ui.wait(lambda: f'127.0.0.1:{server.port} is not connected' in ui.all_text(window.page), 5, 'that it is not connected')
        window.log_in('admin', 'changeit')
        window.watched('development')
        ui.click(window.on_page('Disconnect', 'push button'))
        window.refused('The connection was closed')
        ui.click(window.on_page('Connect', 'push button'))
        window.watched('development')
        ui.click(window.on_page('Stop watching', 'push button'))
        window.on_page('Watch', 'push button')
        window.state('connected ')
        ui.click(window.on_page('Watch', 'push button'))
        window.watched('development')


@case
def hides_the_records_of_the_admin_namespace_visibly():
    with Server('admin.mjs', '--basic') as server, Watch() as window:
        window.open(server).log_in('admin', 'changeit')
        window.watched('development', 'up ')
        window.tab('Timeline')

        def chip():
            return next(n for n in ui.find_all(window.page, role='push button') if n.get_name().startswith('/admin hidden: '))
        ui.wait(lambda: int(chip().get_name().split()[-1]) >= 6, 5, 'some hidden records')
        assert not [r for r in window.records() if 'namespace /admin' in r or 'all_sockets' in r], window.records()
        window.mouse_click(chip())
        ui.wait(lambda: [r for r in window.records() if 'server_stats' in r or 'all_sockets' in r], 5, 'the records')
        window.mouse_click(window.on_page('/admin', 'push button'))
        ui.wait(lambda: not [r for r in window.records() if 'all_sockets' in r], 5, 'no such records')


@case
def remembers_who_watched_but_not_the_password():
    with Server('admin.mjs', '--basic', '--namespace', '/boss') as server:
        with Watch() as window:
            window.open(server).log_in('admin', 'changeit', nsp='boss')
            window.watched('development')
        home = pathlib.Path(os.environ['XDG_CONFIG_HOME']).parent
        files = [p for p in home.rglob('*') if p.is_file() and p.suffix == '.json']
        assert any(b'"/boss"' in p.read_bytes() for p in files), files
        assert not [p for p in files if b'changeit' in p.read_bytes()]
        with Watch() as window:
            window.press(f'Connect: http://127.0.0.1:{server.port}/')
            window.state('connected ')
            window.tab('Rooms')
            assert [ui.text(window.field(n)) for n in ('Namespace', 'User name')] == ['/boss', 'admin']
            window.type_into('Password', 'changeit')
            ui.keys('Return')
            window.watched('development')


main()
