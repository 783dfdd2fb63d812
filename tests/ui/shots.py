#!/usr/bin/python3
"""shots.py OUT_DIR SUFFIX [NAME…]: one picture a scene, of the whole screen: see shots.sh."""
import pathlib
import sys
import time

import ui
from harness import Server
from story import Story

SCENES = {}


def scene(function):
    SCENES[function.__name__] = function
    return function


def show(window, path):
    """Without the pointer's hover and tooltips, maximized, when it has come to rest."""
    ui.sh('xdotool', 'mousemove', '0', '0')
    time.sleep(1.2 * ui.SLOW)
    window.shot(path)


def demo(window):
    ui.wait(lambda: ui.find_all(window.app, 'SkyLinkPage'), 15, 'the demo')
    window.item(1)
    ui.wait(lambda: len([r for r in window.rows() if 'event say' in r]) >= 3, 20, 'some talk')
    return window


@scene
def start(path):
    with Story() as window:
        show(window, path)


@scene
def event(path):
    with Story('--demo') as window:
        demo(window)
        window.mouse_click(window.row('received', 'event say'))
        window.compose('say', '"room-42", {"text": "And mine?", "n": 1.50}', ack=True)
        show(window, path)


@scene
def polling(path):
    """Long-polling that was upgraded, as it is by default."""
    with Server('socketio.mjs') as server, Story() as window:
        window.connect(server.url('http'))
        ui.wait(lambda: 'polling → websocket' in window.strip(), 10, 'the upgrade')
        show(window, path)


@scene
def handshakes(path):
    with Server('socketio.mjs') as server, Story() as window:
        window.connect(server.url('http'))
        ui.wait(lambda: 'polling → websocket' in window.strip(), 10, 'the upgrade')
        window.tab('Handshake')
        show(window, path)


@scene
def waiting(path):
    with Server('socketio.mjs') as server, Story() as window:
        window.connect(server.url('http'))
        window.state('connected ')
        server.say(crash=60000)
        window.problem('Trying again')
        show(window, path)


@scene
def handshake(path):
    with Story('--demo') as window:
        demo(window)
        window.tab('Handshake')
        show(window, path)


@scene
def composer(path):
    with Story('--demo') as window:
        demo(window)
        window.compose('say', '"room-42", {"text": "And mine?",, "n": 1.50}')
        window.mouse_click(window.on_page('Arguments as JSON', 'text'))
        show(window, path)


@scene
def problem(path):
    with Server('socketio.mjs') as server, Story() as window:
        window.connect(server.url(), 'WebSocket')
        window.problem('speaks Socket.IO')
        show(window, path)


@scene
def host(path):
    with Story('--demo') as window:
        demo(window)
        window.item(4)
        window.mouse_click(window.row('join'))
        show(window, path)


@scene
def rooms(path):
    with Story('--demo') as window:
        demo(window)
        window.item(4)
        window.tab('Rooms')
        room = ui.wait(lambda: ui.find(window.on_page('Namespaces, rooms and sockets', 'tree table'), role='table row', timeout=0,
                                       fits=lambda n: 'room-42' in ui.all_text(n)), 10, 'the room')
        window.mouse_click(room)
        time.sleep(6 * ui.SLOW)
        show(window, path)


@scene
def clients(path):
    with Story('--demo') as window:
        demo(window)
        window.item(4)
        window.tab('Clients')
        show(window, path)


@scene
def rules(path):
    with Story('--demo') as window:
        demo(window)
        window.item(4)
        window.tab('Rules')
        time.sleep(2 * ui.SLOW)
        show(window, path)


def main():
    out, suffix, *names = sys.argv[1:]
    for name in names or SCENES:
        path = pathlib.Path(out, f'{name}-{suffix}.png')
        SCENES[name](path)
        print(path, flush=True)


main()
