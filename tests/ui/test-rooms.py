#!/usr/bin/python3
"""Who is in which room of a server, and what a person does about it: the demo's host."""
import time
import urllib.request

import ui
from harness import Client, case, main
from story import State, Story, has

TREE, HOST = 'Namespaces, rooms and sockets', 4


def rows(window, table=TREE):
    """What the rows that are in view say, from top to bottom."""
    node = window.on_page(table, 'tree table')
    _, top, _, height = ui.extents(node)
    shown = [(ui.extents(n)[1], n) for n in ui.find_all(node, role='table row') if ui.size(n)[1] > 0]
    return [n for y, n in sorted(shown, key=lambda pair: pair[0]) if top <= y < top + height]


def names(window, table=TREE):
    return [n.get_name() for n in rows(window, table)]


def row(window, *words, table=TREE, timeout=8):
    return ui.wait(lambda: next((n for n in rows(window, table) if all(w in n.get_name() for w in words)), None),
                   timeout, f'a row with {words} among {table}')


def gone(window, *words, table=TREE):
    ui.wait(lambda: not any(all(w in n for w in words) for n in names(window, table)), 8, f'no row with {words}')


def rooms(window):
    """The Rooms tab of the demo's host, once both are in the room, which is chosen by itself."""
    ui.wait(lambda: ui.find_all(window.app, 'SkyLinkPage'), 15, 'the demo')
    window.item(HOST)
    window.tab('Rooms')
    row(window, 'Room room-42, 2 sockets', timeout=15)
    return window


def said(window, *words):
    """Waits for the room's list of deeds to hold these words."""
    return row(window, *words, table='What happened').get_name()


def ready(window, name):
    button = window.on_page(name, 'push button')
    ui.wait(lambda: has(button, State.SENSITIVE), 5, f'{name} to be sensitive')
    return button


def has_tip(window, name, tip):
    """Points at the name in a row of the tree, and waits for what is told."""
    node = row(window, name)
    (x, y), (left, top) = ui.center(node), ui.inset(node, window.id)
    ui.sh('xdotool', 'mousemove', '--window', str(window.id), str(x - ui.size(node)[0] // 2 + left + 100), str(y + top))
    ui.find(window.app, tip, 'label', fits=lambda n: 'Tooltip' in n.get_parent().get_parent().get_name())


@case
def shows_who_is_where():
    with Story('--demo') as window:
        rooms(window)
        ui.wait(lambda: len([n for n in names(window) if n.startswith('Socket ')]) == 2, 5, 'two sockets in the room')
        alice, bob = row(window, 'Socket alice').get_name(), row(window, 'Socket bob').get_name()
        assert 'WebSocket' in alice + bob, (alice, bob)
        has_tip(window, 'Socket alice', 'WebSocket')
        said(window, 'joined', 'room-42', 'alice', 'rule “join”')
        chart = window.on_page(role='image', fits=lambda n: n.get_name().startswith('Sockets over the last 5 minutes'))
        assert '2 at most, 2 now' in chart.get_name(), chart.get_name()
        ui.set_text(window.on_page('Filter rooms and sockets', 'entry'), 'bob')
        gone(window, 'alice')
        row(window, 'Socket bob')
        window.tab('Clients')
        row(window, 'Socket alice', '/chat', 'rooms: room-42', table='Clients')
        window.mouse_click(row(window, 'Socket bob', table='Clients'))
        ui.wait(lambda: '"token": "…"' in ui.all_text(window.page), 5, 'a masked token')
        window.toggle('Reveal secrets')
        ui.wait(lambda: '"token": "not-so-secret"' in ui.all_text(window.page), 5, 'the token')


@case
def emits_to_a_room():
    with Story('--demo') as window:
        rooms(window)
        ui.set_text(window.on_page('Event name', 'text'), 'notice')
        ui.set_text(window.on_page('Arguments as JSON', 'text'), '{"text": "closing", }')
        ui.wait(lambda: not has(window.on_page('Emit to 2 sockets', 'push button'), State.SENSITIVE), 5, 'a refusal')
        ui.set_text(window.on_page('Arguments as JSON', 'text'), '{"text": "closing"}')
        ui.click(ready(window, 'Emit to 2 sockets'))
        window.on_page('Emitted to 2 sockets', 'label')
        said(window, 'broadcast', 'room-42', 'server → 2 sockets', 'by hand')
        window.mouse_click(window.on_page('Arguments as JSON', 'text'))
        ui.keys('ctrl+a')
        ui.type_text('"twice"')
        ui.keys('ctrl+Return')
        for number in (1, 2):
            window.item(number)
            window.row('received', 'event notice', 'twice')
        window.item(HOST)
        assert ui.text(window.on_page('Arguments as JSON', 'text')) == '"twice"', 'a line break'
        for number in (1, 2):
            window.item(number)
            window.row('received', 'event notice')


@case
def empties_a_room_and_sends_one_away():
    with Story('--demo') as window:
        rooms(window)
        ui.click(ready(window, 'Empty room'))
        said(window, 'left', 'room-42', 'alice', 'by hand')
        said(window, 'left', 'room-42', 'bob', 'by hand')
        window.on_page('nobody is in it any more', 'label')
        window.on_page(role='image', fits=lambda n: n.get_name().endswith('2 at most, 0 now'))    # it is not forgotten
        empty = window.on_page('Empty room', 'push button')
        assert not has(empty, State.SENSITIVE)
        assert empty.property('Accessible', 'Description') == 'Nobody is in this room.', 'why it cannot'
        window.mouse_click(row(window, 'Socket alice'))    # by herself, below the namespace
        window.on_page('Emit to socket…', 'push button')
        time.sleep(0.3 * ui.SLOW)
        window.mouse_click(window.on_page('Disconnect…', 'push button'))
        ui.click(window.find('From this namespace only', 'push button'))
        row(window, 'Namespace /chat, 1 socket')
        gone(window, 'Socket alice')
        said(window, 'disconnected', 'server namespace disconnect')
        window.on_page('disconnected', 'label')
        window.on_page(role='push button', fits=lambda n: n.get_name().startswith('Emit to: alice '))    # called what she was


# ---- a server of one's own, and npm clients that tell what befalls them

class Guests(Client):
    """npm clients of these names, in a room."""
    def __init__(self, url, *names, room='tea'):
        super().__init__('rooms.mjs', url, '--room', room, *names)
        for name in names:
            self.hears(name, joined=room)

    def hears(self, name, **what):
        """Waits for the word of one client, and forgets all before it."""
        wanted = {'client': name, **what}
        return self.expect(lambda r: wanted.items() <= r.items(), wanted)

    def heard(self, name, **what):
        return any({'client': name, **what}.items() <= r.items() for r in self.seen if isinstance(r, dict))


def choose(window, button, words, key=None):
    """Opens one of the buttons with a list, by its place, and takes the line that typing some words finds first."""
    if key:
        tab_to(window, button)
        ui.keys(key)
    else:
        window.mouse_click(ready(window, button))
    time.sleep(0.4 * ui.SLOW)
    ui.type_text(words)
    time.sleep(0.3 * ui.SLOW)
    ui.keys('Return')
    time.sleep(0.3 * ui.SLOW)


def tab_to(window, name, most=60, key='Tab'):
    """Presses Tab until what is called so has the focus."""
    for _ in range(most):
        ui.keys(key)
        focused = ui.find_all(window.page, state=State.FOCUSED)
        if any(n.get_name().startswith(name) or (n.get_parent() and n.get_parent().get_name().startswith(name)) for n in focused):
            return
    raise ui.NotFound(f'{name} by Tab')


def write(window, event, arguments=''):
    ui.set_text(window.on_page('Event name', 'text'), event)
    ui.set_text(window.on_page('Arguments as JSON', 'text'), arguments)


@case
def asks_all_and_leaves_one_out():
    with Story() as window:
        url = window.serve()
        window.tab('Rooms')
        ui.wait(lambda: 'No one is here yet' in ui.all_text(window.page), 5, 'an empty room')
        with Guests(url, 'ann', 'bob', 'mute') as guests:
            row(window, 'Room tea, 3 sockets', timeout=10)
            write(window, 'vote', '{"n": 1}')
            window.toggle('Ack from all within', role='check box')
            ui.keys('Tab', 'ctrl+a')
            ui.type_text('1')
            ui.click(ready(window, 'Emit to 3 sockets'))
            for name in ('ann', 'bob', 'mute'):
                guests.hears(name, event='vote', args=[{'n': 1}])
            window.on_page(fits=lambda n: n.get_name().startswith('2 of 3 answered within 1 s. Not: mute'), role='label')
            window.mouse_click(window.on_page('Answers 2/3', 'push button'))
            ui.wait(lambda: '"ann says yes" after' in ui.all_text(window.app), 5, 'the answer')
            ui.keys('Escape')
            said(window, 'broadcast', 'by hand → emit "vote", with acks')
            window.toggle('Ack from all within', False, role='check box')
            write(window, 'notice')
            choose(window, 'Except: nobody', 'bob')
            ui.click(ready(window, 'Emit to 2 sockets'))
            guests.hears('ann', event='notice')
            guests.hears('mute', event='notice')
            assert not guests.heard('bob', event='notice')
            window.mouse_click(window.on_page('History', 'push button'))
            window.find(role='list item', fits=lambda n: n.get_name().startswith('notice'))
            time.sleep(0.4 * ui.SLOW)
            ui.keys('Down', 'Return')    # past the newest one
            ready(window, 'Emit to 3 sockets')
            assert ui.text(window.on_page('Event name', 'text')) == 'vote'


@case
def moves_and_sends_away_by_mouse():
    with Story() as window:
        url = window.serve()
        window.tab('Rooms')
        with Guests(url, 'ann', 'bob', 'cy') as guests:
            row(window, 'Room tea, 3 sockets', timeout=10)
            window.mouse_click(row(window, 'Socket ann'))
            choose(window, 'Move to…', 'gym')
            row(window, 'Room gym, 1 socket')
            row(window, 'Room tea, 2 sockets')
            window.mouse_click(row(window, 'Room gym'))
            choose(window, 'Move in…', 'bob')
            row(window, 'Room gym, 2 sockets')
            write(window, 'workout')
            ui.click(ready(window, 'Emit to 2 sockets'))
            guests.hears('ann', event='workout')
            guests.hears('bob', event='workout')
            assert not guests.heard('cy', event='workout')
            window.mouse_click(ready(window, 'Disconnect…'))
            ui.click(window.find('From this namespace only', 'push button'))
            guests.hears('ann', disconnected='io server disconnect')
            guests.hears('bob', disconnected='io server disconnect')
            gone(window, 'Room gym')
            window.tab('Clients')
            row(window, 'Socket cy', table='Clients')
            window.mouse_click(ready(window, 'Disconnect all…'))
            ui.click(window.find('Close the connection', 'push button'))
            guests.hears('cy', disconnected='io server disconnect')
            ui.wait(lambda: guests.heard('cy', closed='transport close') or guests.heard('cy', closed='forced close'), 5, 'an end')
            ui.wait(lambda: 'No client is connected' in ui.all_text(window.page), 5, 'nobody')


@case
def moves_and_empties_by_keyboard():
    with Story() as window:
        url = window.serve()
        window.tab('Rooms')
        with Guests(url, 'ann', 'bob') as guests:
            window.mouse_click(row(window, 'Room tea, 2 sockets', timeout=10))
            choose(window, 'Move all', 'gym', key='space')
            row(window, 'Room gym, 2 sockets')
            gone(window, 'Room tea')
            window.mouse_click(row(window, 'Room gym'))
            tab_to(window, 'Empty room')
            ui.keys('space')
            gone(window, 'Room gym')
            ui.keys('Down', 'Up')    # the button is off, and the tree has its focus
            ui.wait(lambda: any(has(n, State.SELECTED) for n in rows(window)), 5, 'a row by keyboard')
            window.mouse_click(row(window, 'Namespace /'))
            tab_to(window, 'Disconnect…')
            ui.keys('space')
            time.sleep(0.4 * ui.SLOW)
            ui.keys('Tab', 'space')
            guests.hears('ann', disconnected='io server disconnect')
            guests.hears('bob', disconnected='io server disconnect')


@case
def takes_the_room_that_was_typed():
    with Story() as window:
        url = window.serve()
        window.tab('Rooms')
        with Guests(url, 'ann', 'bob', 'cy'):
            row(window, 'Room tea, 3 sockets', timeout=10)
            window.mouse_click(row(window, 'Socket ann'))
            choose(window, 'Move to…', 'gym')
            row(window, 'Room gym, 1 socket')
            window.mouse_click(row(window, 'Socket cy'))
            choose(window, 'Move to…', 'big gym')    # no room of that name is there
            row(window, 'Room big gym, 1 socket')
            window.mouse_click(row(window, 'Socket bob'))
            choose(window, 'Move to…', 'gym')    # in the names of both, and the name of one
            row(window, 'Room gym, 2 sockets')
            row(window, 'Room big gym, 1 socket')


@case
def escape_leaves_what_it_is_in():
    with Story() as window:
        url = window.serve()
        window.tab('Rooms')
        with Guests(url, 'ann', 'bob'):
            row(window, 'Room tea, 2 sockets', timeout=10)
            for button, words in (('Move all…', 'Write the name of a new room.'), ('Except: nobody', '')):
                window.mouse_click(ready(window, button))
                hint = ui.wait(lambda: ui.find_all(window.app, 'A part of its name', 'entry', state=State.FOCUSED), 5, 'the cursor')
                assert words in ui.all_text(hint[0].get_parent()), ui.all_text(hint[0].get_parent())
                ui.keys('Escape')
                window.on_page(button, 'push button', state=State.FOCUSED)
            assert not has(window.on_page('Move in…', 'push button'), State.SENSITIVE), 'nobody else could be moved in'
            ui.keys('ctrl+f')
            entry = window.on_page('Filter rooms and sockets', 'entry')
            ui.wait(lambda: has(entry, State.FOCUSED), 5, 'the cursor in the filter')
            ui.type_text('bob')
            gone(window, 'ann')
            ui.keys('Escape')
            row(window, 'Socket ann')
            ui.keys('Escape')
            ui.wait(lambda: not has(entry, State.FOCUSED), 5, 'the focus in the tree')


@case
def tab_goes_all_the_way_and_back():
    with Story() as window:
        url = window.serve()
        window.tab('Rooms')
        with Guests(url, 'ann', 'bob'):
            window.mouse_click(row(window, 'Room tea, 2 sockets', timeout=10))
            ui.keys('Tab')
            window.on_page('Copy', 'push button', state=State.FOCUSED)
            for name in ('Disconnect…', 'Emit to: # tea', 'Except: nobody', 'Event name'):
                tab_to(window, name, most=6)
            for name in ('Except: nobody', 'Emit to: # tea', 'Disconnect…'):
                tab_to(window, name, most=6, key='shift+Tab')


@case
def rooms_without_letters():
    with Story() as window:
        url = window.serve()
        window.tab('Rooms')
        with Guests(url, 'ann', room='  '):
            row(window, 'Room "  ", 1 socket', timeout=10)
            window.on_page('# "  "', 'label')


@case
def clients_that_speak_no_socket_io():
    with Story() as window:
        url = window.serve()
        window.mouse_click(window.on_page(role='combo box', fits=lambda n: 'Socket.IO' in ui.all_text(n)))
        time.sleep(0.4 * ui.SLOW)
        ui.keys('Down', 'Return')
        ui.click(window.on_page(role='push button', fits=lambda n: n.get_name().startswith('Use the rules')))
        ui.wait(lambda: not ui.find_all(window.page, 'Rooms', 'page tab'), 8, 'no rooms')
        window.tab('Clients')
        ui.wait(lambda: 'No client is connected' in ui.all_text(window.page), 5, 'nobody')
        assert not [n for n in ui.find_all(window.page, role='label') if n.get_name().startswith('Choose a client')]
        with urllib.request.urlopen(url + 'engine.io/?EIO=4&transport=polling', timeout=10) as answer:
            assert answer.read().startswith(b'0{')
        client = row(window, 'Socket client 1', 'long-polling', table='Clients')
        assert ' in ' not in client.get_name() and 'room' not in client.get_name(), client.get_name()
        width = ui.size(window.on_page('Clients', 'tree table'))[0]
        assert ui.size(client)[0] >= width - 8, f'a row of {ui.size(client)[0]} px in a table of {width}'


main()
