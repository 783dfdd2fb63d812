#!/usr/bin/python3
"""The first story: a person connects to a real Socket.IO server, sees every layer, and answers it."""
import re

import ui
from harness import Server, case, main
from story import Story


def ready(window, server):
    """Connected, with the composer filled in."""
    window.connect(server.url('http'))
    window.state('connected ')
    window.compose('order', '{"price": 1.50, "n": 2e3}, "two"', ack=True)


@case
def connect_and_see_the_handshake_rows():
    with Server('socketio.mjs') as server, Story() as window:
        window.connect(server.url('http'))
        window.state('connected ')
        server.expect(lambda r: r.get('connected') == '/', 'the client at the server')
        strip = window.strip()
        assert 'sid ' in strip and re.search(r'handshake \d', strip), strip
        ui.wait(lambda: 'polling → websocket' in window.strip(), 5, 'the upgrade in the strip')
        window.row('sent', 'HTTP GET', '/socket.io/?EIO=4&transport=polling')
        window.row('received', 'HTTP 200', '"upgrades":["websocket"]')
        window.row('sent', 'Upgrade GET', '/socket.io/?EIO=4&transport=websocket&sid=')
        window.row('received', '101')
        window.row('sent', 'CONNECT')
        window.row('received', 'CONNECT', '"sid"')
        title = window.find(role='frame').get_name()
        assert f'127.0.0.1:{server.port}' in title, title


@case
def emit_by_button_and_by_key_and_see_the_acks():
    with Server('socketio.mjs') as server, Story() as window:
        ready(window, server)
        window.emit()
        window.row('sent', 'event order', '{"price":1.50,"n":2e3},"two"', 'ack in')
        window.row('received', 'ack', '{"price":1.5,"n":2000},"two"')
        said = window.result('ack after', '"two"')
        assert re.search(r'\d (ms|µs|s)', said), said
        ui.wait(lambda: re.search(r'ack [\d.]+ (ms|µs)', window.strip()), 5, 'the latency in the strip')

        window.compose('again', '[7]')
        window.mouse_click(window.on_page('Arguments as JSON', 'text'))
        ui.keys('ctrl+Return')
        window.row('sent', 'event again', '[7]')
        window.row('received', 'ack', '[7]')


@case
def look_at_an_event_with_the_keyboard():
    with Server('socketio.mjs') as server, Story() as window:
        ready(window, server)
        window.emit()
        window.row('received', 'ack', '"two"')
        window.filter('')
        ui.keys('Return')
        window.arrow_to('received', 'ack', '"two"', key='Down')
        window.arrow_to('sent', 'event order', key='Up')

        layers = window.tab('Layers')
        titles = [n.get_name() for n in ui.find_all(layers, role='label')]
        wanted = ['WebSocket frame', 'Engine.IO packet', 'Socket.IO packet', 'Event']
        assert [t for t in titles if t in wanted] == wanted, titles

        payload = ui.text(ui.find(window.tab('Payload'), 'Payload', 'text'))
        assert '"price": 1.50' in payload and '"n": 2e3' in payload and payload.count('\n') > 4, payload
        ui.find(window.tab('Bytes'), 'Bytes', fits=lambda n: n.get_role_name() == 'panel' and ui.size(n)[1] > 50)
        explained = ui.all_text(window.tab('Explain'))
        assert 'Socket.IO event “order”' in explained and 'answered by record' in explained, explained


@case
def a_chosen_field_lights_its_bytes():
    with Server('socketio.mjs') as server, Story() as window:
        ready(window, server)
        window.emit()
        window.mouse_click(window.row('sent', 'event order'))
        layers = window.tab('Layers')
        window.mouse_click(ui.find(layers, 'WebSocket frame', 'label'))    # folded: it lies below the event
        ui.keys('shift+Right')
        field = ui.find(layers, 'Opcode', 'label')
        other = ui.find(layers, 'Payload length', 'label')
        view = ui.find(layers, 'Bytes', fits=lambda n: ui.size(n)[1] > 50 and n.get_role_name() == 'panel')
        plain = window.picture(view)
        window.mouse_click(field)
        lit = ui.wait(lambda: (now := window.picture(view)) != plain and now, 5, 'lit bytes')
        window.mouse_click(other)
        ui.wait(lambda: window.picture(view) not in (plain, lit), 5, 'other bytes lit')
        window.mouse_click(field)
        ui.wait(lambda: window.picture(view) == lit, 5, 'the first bytes lit again')


@case
def the_handshake_is_explained():
    with Server('socketio.mjs') as server, Story() as window:
        window.connect(server.url('http'))
        window.state('connected ')
        pane = window.tab('Handshake')
        chosen = f'· 127.0.0.1:{server.port} WebSocket'
        ui.wait(lambda: chosen in ui.all_text(ui.find(pane, 'Connection', 'combo box')), 5, 'the upgrade chosen among the connections')
        phases = ui.all_text(ui.find(pane, 'Phases of the handshake', 'panel'))
        assert 'TCP connect' in phases and 'Upgrade' in phases and 'In all' in phases, phases
        request = ui.all_text(ui.find(pane, 'Request', 'list'))
        response = ui.all_text(ui.find(pane, 'Response', 'list'))
        for part, head in ((request, 'Sec-WebSocket-Key: '), (request, 'GET /socket.io/'), (request, 'Sec-WebSocket-Version: 13'),
                           (response, 'HTTP/1.1 101'), (response, 'Sec-WebSocket-Accept: ')):
            assert head in part and '✓' in part and '✗' not in part, part
        window.mouse_click(ui.find(pane, role='list item', fits=lambda n: n.get_name().startswith('Sec-WebSocket-Accept')))
        accept = re.search(r'Sec-WebSocket-Accept: (\S{28})', response)[1]
        ui.wait(lambda: 'SHA-1' in ui.all_text(pane) and f'Computed here: {accept}' in ui.all_text(pane), 5, 'why it is right')


@case
def disconnect():
    with Server('socketio.mjs') as server, Story() as window:
        window.connect(server.url('http'))
        window.state('connected ')
        window.press('Disconnect')
        window.state('closed')
        window.find('Connect', 'push button', fits=lambda n: ui.extents(n)[1] < 120)
        server.expect(lambda r: r.get('disconnected') == '/', 'the end at the server')
        window.toggle('All')
        window.row('sent', 'close', '1000')


main()
