#!/usr/bin/python3
"""Who is in which room of a server, and what a person does about it: the demo's host."""
import time

import ui
from harness import case, main
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


@case
def shows_who_is_where():
    with Story('--demo') as window:
        rooms(window)
        ui.wait(lambda: len([n for n in names(window) if n.startswith('Socket ')]) == 2, 5, 'two sockets in the room')
        alice, bob = row(window, 'Socket alice').get_name(), row(window, 'Socket bob').get_name()
        assert 'WebSocket' in alice + bob, (alice, bob)
        said(window, 'joined', 'room-42', 'alice', 'by event "join"')
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
        assert not has(window.on_page('Empty room', 'push button'), State.SENSITIVE)
        window.mouse_click(row(window, 'Socket alice'))    # by herself, below the namespace
        window.on_page('Emit to socket…', 'push button')
        time.sleep(0.3 * ui.SLOW)
        window.mouse_click(window.on_page('Disconnect…', 'push button'))
        ui.click(window.find('From this namespace only', 'push button'))
        row(window, 'Namespace /chat, 1 socket')
        gone(window, 'Socket alice')
        said(window, 'disconnected', 'server namespace disconnect')


main()
