#!/usr/bin/python3
"""Ctrl+Q ends the program soon, whatever is open or on its way, and a signal from outside does so over any dialog."""
import json
import os
import pathlib
import signal
import time

import ui
from harness import Certificates, Server, case, main
from story import Story

SOON = 2    # seconds


def hosted(window, tab):
    ui.wait(lambda: ui.find_all(window.app, 'SkyLinkPage'), 15, 'the demo')
    window.item(4)
    window.tab(tab)
    return window


def button(window, begins):
    return window.on_page(role='push button', fits=lambda n: n.get_name().startswith(begins))


def open_list(window, begins):
    """What a button opens, whose entry or first line has the focus then."""
    def focused():
        return [n for n in ui.find_all(window.app, fits=lambda n: ui.has(n, ui.State.FOCUSED))]
    before = focused()
    window.mouse_click(button(window, begins))
    ui.wait(lambda: focused() not in ([], before), 5, f'the list of {begins}')


def in_room(window):
    """The demo's two are in the room, which is chosen by itself."""
    hosted(window, 'Rooms')
    ui.wait(lambda: ui.has(button(window, 'Empty room'), ui.State.SENSITIVE), 15, 'the room')
    return window


def ends(window, ask=lambda: ui.keys('ctrl+q')):
    ask()
    begun = time.monotonic()
    ui.wait(lambda: window.child.poll() is not None, SOON, 'the end of the program')
    print(f'# {time.monotonic() - begun:.2f} s')
    assert window.child.returncode == 0, window.said()


@case
def from_a_list_that_is_open():
    for begins in ('In namespace', 'Sort', 'Copy client code'):
        with Story('--demo') as window:
            open_list(in_room(window), begins)
            ends(window)


@case
def while_acks_are_awaited():
    with Story('--demo') as window:
        in_room(window)
        ui.set_text(window.on_page('Event name', 'text'), 'vote')
        window.toggle('Ack from all within', role='check box')
        ui.wait(lambda: ui.has(button(window, 'Emit to 2'), ui.State.SENSITIVE), 5, 'Emit')
        ui.click(button(window, 'Emit to 2'))
        ends(window)


@case
def with_rules_just_typed_which_are_kept():
    with Story() as window:
        window.serve()
        window.tab('Rules')
        text = window.on_page('Rules', 'text')
        window.mouse_click(text)
        ui.wait(lambda: ui.has(text, ui.State.FOCUSED), 5, 'the cursor in the rules')
        ui.keys('ctrl+Home')
        ui.type_text('unsaved')
        ends(window)
    kept = pathlib.Path(os.environ['XDG_STATE_HOME'], 'sockeye', 'rules').glob('*.json')
    assert any(json.loads(file.read_text())['text'].startswith('unsaved') for file in kept)


@case
def by_a_signal_under_a_dialog():
    with Story('--demo') as window:
        in_room(window)
        window.mouse_click(button(window, 'Options'))
        ui.wait(lambda: any(n.get_name() == 'Server options' for n in ui.kids(window.app)), 5, 'the options')
        ends(window, lambda: window.child.send_signal(signal.SIGTERM))


def ends_over(window, name, open_it):
    """Ctrl+Q in that dialog, which has the keyboard."""
    open_it()
    ui.wait(lambda: ui.sh('xdotool', 'getwindowfocus', 'getwindowname') == name, 10, f'the keyboard in “{name}”')
    ends(window)


@case
def from_any_dialog_of_a_connection():
    for name, key in (('Save connection', 'ctrl+d'), ('Doctor: alice', 'ctrl+e'), ('Open a capture', 'ctrl+o'), ('Save the capture', 'ctrl+s'),
                      ('sockeye', 'ctrl+question')):    # the shortcuts: GTK gives that window no title
        with Story('--demo') as window:
            ui.wait(lambda: ui.find_all(window.app, 'SkyLinkPage'), 15, 'the demo')
            window.item(1)
            ends_over(window, name, lambda: ui.keys(key))


@case
def from_options_with_something_typed():
    for item, name in ((1, 'Connection options'), (4, 'Server options')):
        with Story('--demo') as window:
            ui.wait(lambda: ui.find_all(window.app, 'SkyLinkPage'), 15, 'the demo')
            window.item(item)
            ui.click(button(window, 'Options'))
            ui.wait(lambda: any(n.get_name() == name for n in ui.kids(window.app)), 5, name)
            ends_over(window, name, lambda: ui.type_text('9'))


@case
def from_a_certificate():
    with Certificates() as tls, Server('ws.mjs', '--cert', str(tls.cert), '--key', str(tls.key)) as server, Story() as window:
        window.connect(server.url('wss'), 'WebSocket')
        window.problem('certificate', timeout=20)
        ends_over(window, 'Certificate', lambda: window.press('Show certificate…'))


@case
def from_a_question_for_a_password():
    with Story() as window:
        window.connect('ws://127.0.0.1:1/?token=s3cret')
        window.state('failed')
    with Story() as window:
        row = window.find(role='push button', fits=lambda n: n.get_name().startswith('Connect: ws://127.0.0.1:1/'))
        ends_over(window, 'Passwords and tokens', lambda: ui.click(row))


main()
