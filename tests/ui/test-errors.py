#!/usr/bin/python3
"""What fails is told in sentences, with what to do next, and where there is a remedy it is one click away."""
import socket

import ui
from harness import Certificates, Server, case, main
from story import State, Story, has


def fails(address, *words, protocol='Auto'):
    """Connects, and reads the problem: a sentence with these words, then advice."""
    with Story() as window:
        window.connect(address, protocol)
        said = window.problem(*words, timeout=20)
        sentences = [line for line in said.splitlines() if line.endswith('.')]
        assert len(sentences) >= 2, f'no sentence, or no advice: {said!r}'
        window.state('failed')
        ui.keys('Escape')
        bar = window.on_page(role='alert')
        ui.wait(lambda: ui.size(bar)[1] == 0, 5, 'the problem hidden by Esc')
        return said


@case
def refused():
    with socket.socket() as taken:    # bound, but not listening: nobody else gets this port
        taken.bind(('127.0.0.1', 0))
        said = fails(f'ws://127.0.0.1:{taken.getsockname()[1]}/', 'refused', str(taken.getsockname()[1]))
    assert 'Check that the server is running' in said, said


@case
def name_not_found():
    said = fails('ws://nobody.invalid/', '“nobody.invalid”')
    assert 'spelling' in said, said


@case
def not_found():
    with Server('ws.mjs', '--status', '404') as server:
        said = fails(server.url(path='/nowhere'), '404', protocol='WebSocket')
    assert 'Check the path' in said, said


@case
def certificate_not_trusted():
    with Certificates() as tls, Server('ws.mjs', '--cert', str(tls.cert), '--key', str(tls.key)) as server:
        said = fails(server.url('wss'), 'certificate', '127.0.0.1', 'authority', protocol='WebSocket')
    assert 'accept it for this host' in said and 'Show certificate…' in said, said


@case
def tls_where_there_is_none():
    with Server('ws.mjs') as server, Story() as window:
        window.connect(server.url('wss'), 'WebSocket')
        window.problem('does not speak TLS')
        window.press('Use ws://')
        window.state('connected ')
        assert ui.text(window.on_page('Address', 'text')) == server.url(), 'the address keeps wss://'


def remedied(server, scheme, chosen, button, sentence, seen):
    with server, Story() as window:
        window.connect(server.url(scheme), chosen)
        window.problem(*sentence, timeout=25)
        window.press(button)
        window.state('connected ')
        server.expect(lambda r: 'connected' in r, 'the connection at the server')
        assert seen in ui.all_text(window.on_page('Protocol', 'combo box'))
        bar = window.on_page(role='alert')
        ui.wait(lambda: ui.size(bar)[1] == 0, 5, 'the problem to go away')


@case
def socket_io_server_taken_for_websocket():
    remedied(Server('socketio.mjs'), 'ws', 'WebSocket', 'Use Socket.IO', ('speaks Socket.IO', 'plain WebSocket was chosen'),
             'Socket.IO')


@case
def websocket_server_taken_for_socket_io():
    remedied(Server('ws.mjs', '--refuse-plain'), 'http', 'Socket.IO', 'Use WebSocket', ('plain WebSocket', 'Socket.IO'), 'WebSocket')


@case
def wrong_json_in_the_composer():
    with Server('socketio.mjs') as server, Story() as window:
        window.connect(server.url('http'))
        window.state('connected ')
        window.compose('order', '{"price": 1.5,, "n": 2}')
        said = ui.wait(lambda: next((t for t in ui.all_text(window.page).splitlines() if t.startswith('Line 1, column ')), ''),
                       5, 'the place of the error')
        assert 'column 15' in said, said
        emit = window.on_page('Emit', 'push button')
        ui.wait(lambda: not has(emit, State.SENSITIVE), 5, 'Emit to be insensitive')
        window.mouse_click(window.on_page('Arguments as JSON', 'text'))
        ui.keys('ctrl+Return')
        window.result('Line 1')
        assert not [r for r in window.rows() if 'order' in r], window.rows()

        ui.set_text(window.on_page('Arguments as JSON', 'text'), '{"price": 1.5, "n": 2}')
        window.emit()
        window.row('sent', 'event order', '{"price":1.5,"n":2}')


@case
def event_without_a_name():
    hint, sentence = 'Name an event, add arguments if it has any', 'An event needs a name.'

    def says(text):
        ui.wait(lambda: text in ui.all_text(window.on_page('Compose event', 'panel')).splitlines(), 5, text)

    with Server('socketio.mjs') as server, Story() as window:
        window.connect(server.url('http'))
        window.state('connected ')
        says(hint)
        window.mouse_click(window.on_page('Event name', 'text'))
        ui.keys('ctrl+Return')
        window.result(sentence)
        says(sentence)
        ui.set_text(window.on_page('Event name', 'text'), 'disconnect')
        says('This name is reserved: Socket.IO raises it itself, and whoever gets it closes the connection.')
        ui.set_text(window.on_page('Event name', 'text'), '')
        says(hint)
        ui.set_text(window.on_page('Arguments as JSON', 'text'), '1')
        says(sentence)
        window.compose('order', '1')
        says('1 argument')


@case
def bad_address():
    with Story() as window:
        for address in ('ftp://localhost/', 'ws://', 'http://localhost:99999/'):
            entry = window.find('Address to connect to', 'text')
            ui.wait(lambda: has(entry, State.FOCUSED), 5, 'the cursor in the address')
            ui.keys('ctrl+a')
            ui.type_text(address)
            card = entry.get_parent()
            before = ui.all_text(card)
            window.press('Connect')
            ui.wait(lambda: ui.all_text(card) != before, 5, f'an error for {address}')
            assert not ui.find_all(window.app, 'SkyLinkPage'), f'a page for {address}'


main()
