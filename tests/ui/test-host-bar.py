#!/usr/bin/python3
"""A host's bar: where it listens, what it speaks, its options, what its owner should know, and client code."""
import json
import os
import pathlib
import socket
import subprocess
import sys
import time

import ui
from harness import CLI, HERE, case, free_port, main
from story import State, Story, has

READ_CLIPBOARD = '''
import gi
gi.require_version('Gtk', '4.0')
from gi.repository import Gdk, GLib, Gtk
Gtk.init()
loop = GLib.MainLoop()
def read(clipboard, result):
    print(clipboard.read_text_finish(result), end='')
    loop.quit()
Gdk.Display.get_default().get_clipboard().read_text_async(None, read)
GLib.timeout_add_seconds(5, loop.quit)
loop.run()
'''


class HostStory(Story):
    def host(self, port, rules=None):
        """From the start page, with the keyboard."""
        ui.keys('ctrl+shift+n')
        time.sleep(0.3 * ui.SLOW)
        if rules is not None:
            for step in (['shift+Tab', 'space'], ['Down'] * rules, ['Return'], ['Tab']):
                ui.keys(*step)
                time.sleep(0.3 * ui.SLOW)    # the list opens and closes in its own time
        ui.keys('ctrl+a')
        ui.type_text(str(port))
        ui.keys('Return')
        ui.wait(lambda: ui.find_all(self.app, 'SkyHostBar'), 8, 'the bar of a host')
        return self

    def field(self, name):
        return self.on_page(name, 'text')

    def put(self, name, value):
        """Types it and presses Enter."""
        self.mouse_click(self.field(name))
        ui.keys('ctrl+a')
        ui.type_text(value)
        ui.keys('Return')

    def fields(self, **wanted):
        names = {'bind': 'Address to listen on', 'port': 'Port', 'path': 'Path'}

        def look():
            return all(ui.text(ui.find(self.page, names[key], 'text', timeout=0)) == value for key, value in wanted.items())
        ui.wait(look, 8, f'{wanted} in the bar')

    def says(self, words):
        return ui.wait(lambda: words in ui.all_text(self.on_page('SkyHostBar')), 8, f'{words!r} in the bar')

    def silent(self, words):
        ui.wait(lambda: words not in ui.all_text(self.on_page('SkyHostBar')), 8, f'{words!r} to go')

    def rules(self, port):
        """The text that is kept for that port, half a second after it has changed."""
        file = pathlib.Path(os.environ['XDG_STATE_HOME'], 'sockeye', 'rules', f'{port}.json')
        return json.loads(file.read_text())['text'] if file.exists() else ''

    def server(self, kept, **wanted):
        """Waits for the rules to say this of the server."""
        def look():
            text = self.rules(kept)
            server = json.loads(text).get('server', {}) if text else {}
            return all(server.get(key) == value for key, value in wanted.items())
        ui.wait(look, 8, f'{wanted} in the rules')

    def dialog(self):
        """Opens the options."""
        ui.click(next(n for n in ui.find_all(self.page, role='push button') if n.get_name().startswith('Options')))
        return ui.wait(lambda: next((n for n in ui.kids(self.app) if n.get_name() == 'Server options'), None), 5, 'the options')

    def dialog_click(self, node):
        ui.mouse_click(node, ui.sh('xdotool', 'search', '--onlyvisible', '--name', '^Server options$').split()[-1])


def answers(port):
    try:
        with socket.create_connection(('127.0.0.1', port), timeout=2) as line:
            line.sendall(b'GET /socket.io/?EIO=4&transport=polling HTTP/1.1\r\nHost: x\r\n\r\n')
            return b' 200 ' in line.recv(100)
    except OSError:
        return False


@case
def moves_at_enter():
    first, second = free_port(), free_port()
    with HostStory() as window:
        window.host(first)
        window.state('listening')
        window.fields(bind='127.0.0.1', port=str(first), path='/socket.io/')
        assert answers(first)
        window.put('Port', str(second))
        ui.wait(lambda: answers(second), 8, 'an answer at the new port')
        assert not answers(first)
        window.server(first, port=second)
        window.put('Port', '70000')
        window.says('A port is a number from 1 to 65535')
        assert answers(second), 'a slip has stopped it'
        ui.keys('Escape')
        window.silent('A port is a number')
        window.fields(port=str(second))
        window.put('Port', '70000')
        window.says('A port is a number from 1 to 65535')
        window.put('Port', str(second))
        window.silent('A port is a number')
        window.put('Path', 'live')
        window.says('A path begins with /')
        window.put('Path', '/socket.io/v2/')
        window.server(first, path='/socket.io/v2/')
        window.put('Address to listen on', 'nowhere')
        window.says('“nowhere” is no address of this computer')


@case
def starts_with_what_was_typed():
    first, second = free_port(), free_port()
    with HostStory() as window:
        window.host(first)
        window.state('listening')
        ui.click(window.on_page('Stop', 'push button'))
        start = window.on_page('Start', 'push button')
        dialog = window.dialog()
        assert not ui.find_all(dialog, 'Apply and restart'), 'there is nothing to start again'
        ui.keys('Escape')
        ui.wait(lambda: not ui.find_all(window.app, 'Server options'), 5, 'the dialog to close')
        for name, text in (('Path', 'live'), ('Port', str(second))):
            window.mouse_click(window.field(name))
            ui.keys('ctrl+a')
            ui.type_text(text)
        window.mouse_click(start)
        window.says('A path begins with /')
        window.mouse_click(window.field('Path'))
        ui.keys('ctrl+a')
        ui.type_text('/live/')
        window.mouse_click(start)
        window.state('listening')
        window.fields(port=str(second), path='/live/')
        window.server(first, port=second, path='/live/')


@case
def offers_a_free_port():
    with socket.create_server(('127.0.0.1', 0)) as taken, HostStory() as window:
        port = taken.getsockname()[1]
        window.host(port)
        window.problem(str(port))
        button = ui.wait(lambda: next((n for n in ui.find_all(window.page, role='push button')
                                       if n.get_name().startswith('Use port ')), None), 5, 'a way out')
        free = int(button.get_name().split()[-1])
        assert free > port
        ui.click(button)
        window.state('listening')
        ui.wait(lambda: answers(free), 8, 'an answer at the other port')
        window.fields(port=str(free))
        window.server(port, port=free)


@case
def warns_of_the_network():
    port = free_port()
    with HostStory() as window:
        window.host(port)
        window.state('listening')
        window.silent('Others on the network')
        window.put('Address to listen on', '0.0.0.0')
        window.says('Others on the network can reach this server')
        window.server(port, bind='0.0.0.0')
        window.tab('Rooms')
        window.on_page(f'http://127.0.0.1:{port}/', 'label')    # browsers refuse the other one
        ui.click(window.on_page('Only this computer', 'push button'))
        window.silent('Others on the network')
        window.fields(bind='127.0.0.1')
        window.server(port, bind=None)


def clipboard():
    return subprocess.run([sys.executable, '-c', READ_CLIPBOARD], capture_output=True, text=True, check=True, timeout=30).stdout


def printed(kind, port):
    """What the command line prints for the same rules."""
    rules = HERE.parents[1] / 'data/rules/default.json'
    host = subprocess.Popen([CLI, 'host', '--rules', rules, '--port', '0', '--print-client', kind],
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    at = json.loads(host.stderr.readline())['listening']
    host.terminate()
    return host.communicate()[0].replace(at.split(':')[-1].rstrip('/'), str(port))


@case
def copies_client_code():
    port = free_port()
    with HostStory() as window:
        window.host(port)
        window.state('listening')
        for steps, kind in enumerate(['browser', 'node', 'python', 'shell']):
            window.mouse_click(ui.find_all(window.page, 'Copy client code')[-1])
            time.sleep(0.4 * ui.SLOW)
            ui.keys(*['Down'] * steps, 'Return')
            window.says('Copied')
            assert clipboard() == printed(kind, port), kind
            window.silent('Copied')


@case
def options_stand_in_the_rules():
    port = free_port()
    with HostStory() as window:
        window.host(port)
        window.state('listening')
        dialog = window.dialog()
        ui.find(dialog, 'Apply and restart', 'push button')
        ui.set_text(ui.find(dialog, 'Ping every', 'spin button'), '5000')
        ui.set_text(ui.find(dialog, 'Session cookie', 'text'), 'not a name')
        apply = ui.find(dialog, 'Apply', 'push button')
        ui.wait(lambda: not has(apply, State.SENSITIVE), 5, 'Apply greyed')
        ui.set_text(ui.find(dialog, 'Session cookie', 'text'), 'io')
        ui.wait(lambda: has(apply, State.SENSITIVE), 5, 'Apply')
        window.dialog_click(ui.find(dialog, 'Security', 'label'))
        time.sleep(0.3 * ui.SLOW)
        window.dialog_click(ui.find(dialog, 'Encryption (TLS)', 'combo box'))
        ui.keys('Down', 'Return')
        time.sleep(0.2 * ui.SLOW)
        ui.click(apply)
        window.says('holds when it is started again')
        window.server(port, pingInterval=5000, cookie='io', tls='self-signed', cors='*', eio3=True)
        assert ui.find_all(window.page, 'Options, 5 set'), 'five on the badge'
        ui.click(window.on_page('Restart now', 'push button'))
        window.says('It made its certificate itself')
        window.silent('holds when it is started again')
        ui.click(window.on_page('How to trust it…', 'push button'))
        dialog = ui.wait(lambda: next((n for n in ui.kids(window.app) if n.get_name() == 'Server options'), None), 5, 'the options')
        ui.wait(lambda: [n for n in ui.find_all(dialog, role='label') if ui.text(n).count(':') == 31], 5, 'a fingerprint')
        window.dialog_click(ui.find(dialog, 'Encryption (TLS)', 'combo box'))
        ui.keys('Up', 'Return')
        time.sleep(0.2 * ui.SLOW)
        ui.click(ui.find(dialog, 'Apply and restart', 'push button'))
        window.silent('It made its certificate itself')
        ui.wait(lambda: answers(port), 8, 'an answer without encryption')


@case
def options_by_keyboard():
    port = free_port()
    with HostStory() as window:
        window.host(port)
        window.state('listening')
        dialog = window.dialog()
        ui.find(dialog, role='push button', state=State.FOCUSED, fits=lambda n: n.get_parent().get_name() == 'Transports')
        assert {'Engine.IO', 'Web pages', 'Security', 'Recovery', 'Admin'} <= {n.get_name() for n in ui.find_all(dialog, role='list item')}
        ping = ui.find(dialog, 'Ping every', 'spin button')
        window.dialog_click(ping)
        ui.keys('ctrl+a')
        ui.type_text('7000')
        ui.keys('Return')
        ui.wait(lambda: all(n.get_name() != 'Server options' for n in ui.kids(window.app)), 5, 'the dialog to close')
        window.server(port, pingInterval=7000)


@case
def warns_of_an_open_admin():
    port = free_port()
    with HostStory() as window:
        window.host(port)
        window.state('listening')
        dialog = window.dialog()
        window.dialog_click(ui.find(dialog, 'Admin', 'label'))
        time.sleep(0.3 * ui.SLOW)
        window.dialog_click(ui.find(dialog, 'Serve the Admin UI at /admin', 'check box'))
        ui.set_text(ui.find(dialog, 'User name', 'text'), 'ann')
        ui.wait(lambda: 'A user name needs a password' in ui.all_text(dialog), 5, 'what is missing')
        ui.set_text(ui.find(dialog, 'User name', 'text'), '')
        ui.click(ui.find(dialog, 'Apply', 'push button'))
        window.says('Whoever reaches this server can watch it at /admin')
        window.server(port, admin={})
        ui.click(window.on_page('Set a password…', 'push button'))
        dialog = ui.wait(lambda: next((n for n in ui.kids(window.app) if n.get_name() == 'Server options'), None), 5, 'the options')
        ui.set_text(ui.find(dialog, 'User name', 'text'), 'ann')
        ui.set_text(ui.find(dialog, 'Password', 'password text'), 'secret')
        ui.click(ui.find(dialog, 'Apply', 'push button'))
        window.silent('Whoever reaches this server')
        window.server(port, admin={'username': 'ann', 'password': 'secret'})
        assert 'secret' not in ui.all_text(window.on_page('SkyHostBar'))


@case
def changes_its_protocol():
    port = free_port()
    with HostStory() as window:
        window.host(port)
        window.state('listening')
        window.mouse_click(window.on_page('Protocol', 'combo box'))
        time.sleep(0.3 * ui.SLOW)
        ui.keys('Down', 'Down', 'Return')
        window.says('These rules are for another protocol')
        ui.click(window.on_page('Use the rules “Plain WebSocket”', 'push button'))
        window.fields(path='', port=str(port))
        window.server(port, protocol='websocket')
        window.state('listening')
        with socket.create_connection(('127.0.0.1', port), timeout=2) as line:
            line.sendall(b'GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n'
                         b'Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAECAwQFBgcICQoLDA0ODw==\r\n\r\n')
            assert b' 101 ' in line.recv(4096)
            window.mouse_click(window.field('Path'))
            ui.keys('Return')    # nothing is new: nobody is dropped
            window.field('Path')
            line.settimeout(2)
            try:
                while said := line.recv(4096):
                    assert said[0] != 0x88, 'it says goodbye'
                raise AssertionError('it has hung up')
            except TimeoutError:
                pass


@case
def starts_with_other_rules():
    port = free_port()
    with HostStory() as window:
        window.host(port, rules=2)
        window.state('listening')
        sidebar = window.find('Connections, servers and captures', 'list')
        ui.wait(lambda: '0 clients · Chat with rooms' in ui.all_text(sidebar), 5, 'the name of the rules')
    with HostStory() as window:
        window.press(f'Start: Chat with rooms on port {port}')
        window.state('listening')
        window.fields(port=str(port))
        sidebar = window.find('Connections, servers and captures', 'list')
        ui.wait(lambda: 'Chat with rooms' in ui.all_text(sidebar), 5, 'the rules of last time')


main()
