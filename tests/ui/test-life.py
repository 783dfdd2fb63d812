#!/usr/bin/python3
"""The life of a Socket.IO connection in the window: it breaks and comes back, its heart beats, its namespaces come and
go, and where it cannot live the doctor says why."""
import re
import time

import ui
from harness import Server, case, main
from story import State, Story, has

WAITS = re.compile(r'Trying again in (\d+) s')


def shown(window, words, timeout=8, below=None):
    """Waits until a person can read these words; returns the line."""
    return ui.wait(lambda: next((t for t in ui.all_text(below or window.app).splitlines() if words in t), None),
                   timeout, repr(words))


def connect(window, server):
    window.connect(server.url('http'))
    window.state('connected ')


def sidebar(window):
    return window.find('Connections, servers and captures', 'list')


def countdown(window):
    """Of the sidebar's row: seconds to the next attempt, or None."""
    said = WAITS.search(ui.all_text(sidebar(window)))
    return int(said.group(1)) if said else None


def open_popover(window, name):
    """GTK 4.8 has two nodes of that name, of which the inner one acts."""
    window.on_page(name, 'push button')
    ui.click(ui.find_all(window.page, name, 'push button')[-1])


@case
def server_restarts():
    with Server('socketio.mjs') as server, Story() as window:
        connect(window, server)
        server.say(crash=60000)
        window.state('waiting to reconnect')
        said = window.problem('127.0.0.1', 'Trying again')
        assert 'attempt' in said, said
        ui.wait(lambda: 'image' in [ui.role_of(n) for n in ui.find_all(sidebar(window), 'waiting to reconnect')], 5,
                'the state in the sidebar')
        before = ui.wait(lambda: now if (now := countdown(window) or 0) >= 2 else 0, 15, 'a wait of two seconds or more')
        ui.wait(lambda: (now := countdown(window)) is not None and now < before, 4, 'the countdown to go down')

        window.compose('order', '1')
        window.emit()
        window.result('“order” will be sent when connected')
        shown(window, '1 waiting to be sent', below=window.on_page('SkyLinkStrip'))
        server.say(revive=True)
        server.expect(lambda r: 'restarted' in r, 'the server again')
        again = ui.find_all(sidebar(window), 'Try now', 'push button', state=State.SENSITIVE)
        if again:    # else it is tried at this moment
            ui.click(again[0])
        window.state('connected ')
        window.row('sent', 'event order')
        window.result('Sent “order”, now that there is a connection')
        bar = window.on_page(role='alert')
        ui.wait(lambda: ui.size(bar)[1] == 0, 5, 'the problem to go away')
        assert not ui.find_all(sidebar(window), 'Try now'), 'Try now at a connection that is open'


@case
def stopped_while_it_waits():
    with Server('socketio.mjs') as server, Story() as window:
        connect(window, server)
        server.say(crash=60000)
        window.problem('Trying again')
        ui.click(ui.find(sidebar(window), 'Stop', 'push button'))
        window.state('closed')
        bar = window.on_page(role='alert')
        ui.wait(lambda: ui.size(bar)[1] == 0, 5, 'the problem to go away')
        time.sleep(1.6 * ui.SLOW)    # longer than the first wait may be
        window.state('closed')


@case
def heartbeat():
    with Server('socketio.mjs', '--ping-interval', '1000', '--ping-timeout', '4000') as server, Story() as window:
        connect(window, server)
        shown(window, 'polling → websocket', below=window.on_page('SkyLinkStrip'))
        shown(window, 'Engine.IO 4', below=window.on_page('SkyLinkStrip'))
        shown(window, 'ping in ', below=window.on_page('SkyLinkStrip'))
        open_popover(window, 'Heartbeat')
        shown(window, 'In Engine.IO 4 the server pings, every 1 s')
        ui.keys('Escape')
        server.say(stall=60000)
        shown(window, 'dead in ', below=window.on_page('SkyLinkStrip'))
        window.problem('Ping timeout', 'Trying again', timeout=12)


@case
def namespaces():
    with Server('socketio.mjs') as server, Story() as window:
        connect(window, server)
        open_popover(window, 'Namespace /, connected')

        def join(nsp, auth=''):
            ui.set_text(window.find('Name of the namespace', 'text'), nsp)
            ui.set_text(window.find('Auth payload as a JSON object', 'text'), auth)
            window.press('Connect the namespace')

        join('/chat')
        server.expect(lambda r: r.get('connected') == '/chat', '/chat at the server')
        window.find('Namespace /chat, connected', 'push button')
        join('/secure', '{"token":')
        shown(window, 'The auth payload has to be a JSON object')
        join('/secure')
        shown(window, 'refused: no token')
        window.press('Connect again /secure')
        ui.wait(lambda: ui.text(window.find('Name of the namespace', 'text')) == '/secure', 5, '/secure in the form')
        ui.set_text(window.find('Auth payload as a JSON object', 'text'), '{"token": "abc"}')
        window.press('Connect the namespace')
        server.expect(lambda r: r.get('connected') == '/secure', '/secure at the server')
        window.press('Disconnect /chat')
        server.expect(lambda r: r.get('disconnected') == '/chat', '/chat to be left')
        shown(window, 'disconnected: io client disconnect')
        window.press('Connect again /chat')
        window.find('Disconnect /chat', 'push button')
        ui.keys('Escape')
        window.compose('order', '1')
        window.emit()
        window.row('sent', 'event order', '/secure')


@case
def answers():
    with Server('socketio.mjs') as server, Story() as window:
        connect(window, server)
        window.compose('ask', '"how"')
        window.emit()
        shown(window, 'question (namespace /) waits for an ack')
        ui.set_text(window.on_page('Answer as JSON', 'text'), '"well"')
        window.press('Always answer like this')
        window.row('received', 'event answered', 'well')
        shown(window, '1 event that asks is answered as you have set')
        window.filter('event:answered')
        window.emit()
        ui.wait(lambda: len(window.rows()) == 2, 8, 'an answer by itself')


@case
def doctor_names_the_path():
    with Server('socketio.mjs', '--path', '/engine.io/') as server, Story() as window:
        window.connect(server.url('http'), 'Socket.IO')
        ui.keys('ctrl+e', window=window.id)
        shown(window, 'Nothing is at /socket.io/, but Engine.IO answers at /engine.io/.', 25)
        window.find('Change that and connect', 'push button', timeout=20)
        window.press('Show what was said')
        shown(window, 'Doctor: 127.0.0.1', below=sidebar(window))
        window.press('Change that and connect')
        server.expect(lambda r: r.get('connected') == '/', 'the connection at the server')
        ui.wait(lambda: ui.find_all(sidebar(window), 'connected', 'image'), 5, 'connected in the sidebar')


main()
