#!/usr/bin/python3
"""Plain WebSocket: text and binary messages both ways, a close with its reason, and a line that is cut."""
import ui
from harness import Server, case, main
from story import State, Story, has


def send_text(window, string):
    window.tab('Message')
    window.toggle('Text')
    ui.set_text(window.on_page('Message text', 'text'), string)
    button = window.on_page('Send', 'push button')
    ui.wait(lambda: has(button, State.SENSITIVE), 5, 'Send to be sensitive')
    ui.click(button)


@case
def auto_finds_out_that_it_is_a_websocket():
    with Server('ws.mjs') as server, Story() as window:
        window.connect(server.url())
        window.state('connected ', timeout=20)
        assert 'WebSocket' in ui.all_text(window.find(role='frame')), 'the title does not say WebSocket'
        send_text(window, 'hello')
        window.row('received', 'hello')


@case
def text():
    with Server('ws.mjs') as server, Story() as window:
        window.connect(server.url(), 'WebSocket')
        window.state('connected ')
        send_text(window, 'grüße ☃ {"n": 1.0}')
        window.row('sent', 'text', 'grüße ☃ {"n": 1.0}')
        window.mouse_click(window.row('received', 'text', 'grüße ☃ {"n": 1.0}'))
        shown = ui.text(ui.find(window.tab('Payload'), 'Payload', 'text'))
        assert shown == 'grüße ☃ {"n": 1.0}', shown
        assert 'WebSocket' in ui.all_text(window.tab('Explain'))

        window.mouse_click(window.on_page('Message text', 'text'))
        ui.keys('ctrl+Return')
        ui.wait(lambda: len([r for r in window.rows() if 'grüße' in r]) == 4, 5, 'the same once more')


@case
def binary():
    with Server('ws.mjs') as server, Story() as window:
        window.connect(server.url(), 'WebSocket')
        window.state('connected ')
        window.tab('Message')
        window.toggle('Binary')
        editor = window.on_page('Message bytes', 'text')
        button = window.on_page('Send', 'push button')
        ui.set_text(editor, '00 ff 2a 8')
        ui.wait(lambda: not has(button, State.SENSITIVE), 5, 'half a byte refused')
        ui.set_text(editor, '00 ff 2a 80')
        ui.wait(lambda: has(button, State.SENSITIVE), 5, 'Send to be sensitive')
        ui.click(button)
        window.row('sent', 'binary')
        window.mouse_click(window.row('received', 'binary'))
        assert '4 bytes' in ui.all_text(window.tab('Payload'))


@case
def closed_by_the_server_with_a_reason():
    with Server('ws.mjs', '--close', '4001', '--reason', 'go home') as server, Story() as window:
        window.connect(server.url(), 'WebSocket')
        window.state('connected ')
        send_text(window, 'anything')
        said = window.problem('4001', 'go home')
        assert '1006' not in said, said
        window.toggle('All')
        window.row('received', 'close', '4001', 'go home')


@case
def cut_without_a_close():
    with Server('ws.mjs', '--terminate') as server, Story() as window:
        window.connect(server.url(), 'WebSocket')
        window.state('connected ')
        send_text(window, 'anything')
        said = window.problem('without a close frame', '1006')
        assert '4001' not in said, said
        window.state('failed')
        window.press('Connect', fits=lambda n: ui.extents(n)[1] < 120)
        window.state('connected ')


main()
