#!/usr/bin/python3
"""The options of a connection, saved connections, and that their secrets are in no file."""
import os
import pathlib

import ui
from harness import Certificates, Process, Server, case, main
from story import State, Story, has

HERE = pathlib.Path(__file__).resolve().parent
SECRETS = ('s3cret-header', 's3cret-auth', 's3cret-cookie')


class Options(Story):
    def dialog(self, title):
        return ui.wait(lambda: next((n for n in ui.kids(self.app) if n.get_name() == title and has(n, State.VISIBLE)), None),
                       5, f'the window “{title}”')

    def gone(self, title):
        ui.wait(lambda: not [n for n in ui.kids(self.app) if n.get_name() == title and has(n, State.VISIBLE)], 5,
                f'“{title}” to go')

    def options(self):
        """Opens the dialog; its pages are found by name whichever is shown."""
        ui.click(next(n for n in ui.find_all(self.page, role='push button') if n.get_name().startswith('Options')))
        return self.dialog('Connection options')

    def turn_to(self, dialog, page):
        node = ui.find(dialog, page, 'label')
        ui.mouse_click(node, ui.sh('xdotool', 'search', '--onlyvisible', '--name', '^Connection options$').split()[-1])

    def apply(self, dialog):
        button = ui.find(dialog, 'Apply', 'push button')
        ui.wait(lambda: has(button, State.SENSITIVE), 5, 'Apply to be sensitive')
        ui.click(button)
        self.gone('Connection options')

    def dial(self):
        """Return in the address: whatever the state is."""
        ui.keys('ctrl+l', 'Return', window=self.id)

    def badge(self):
        return next(n.get_name() for n in ui.find_all(self.page, role='push button') if n.get_name().startswith('Options'))


def put(root, name, string, role='text'):
    ui.set_text(ui.find(root, name, role), string)


def choose(window, dialog, name, steps):
    """A drop-down, by the keyboard."""
    node = ui.find(dialog, name, 'combo box')
    ui.mouse_click(node, ui.sh('xdotool', 'search', '--onlyvisible', '--name', '^Connection options$').split()[-1])
    ui.keys(*['Down' if steps > 0 else 'Up'] * abs(steps), 'Return')


def server_with_token():
    return Server('socketio.mjs', '--path', '/my.io/', '--need-token', 's3cret-auth', '--log-requests')


def seen(server, header, value, after=0):
    server.expect(lambda r: 'request' in r and r.get('headers', {}).get(header) == value, f'{header}: {value}', 10, after)


def files():
    """Everything that Sockeye wrote for itself, but not captures: those hold what crossed the wire."""
    for name in ('XDG_CONFIG_HOME', 'XDG_DATA_HOME', 'XDG_STATE_HOME', 'XDG_CACHE_HOME'):
        for path in pathlib.Path(os.environ[name]).rglob('*'):
            if path.is_file() and path.suffix != '.pcapng':
                yield path


@case
def reach_the_server_are_saved_and_no_secret_is_in_a_file():
    with server_with_token() as server:
        with Options() as window:
            window.connect(server.url('http'))
            dialog = window.options()
            put(dialog, 'Path', '/my.io/')
            window.turn_to(dialog, 'Headers')
            put(dialog, 'Header 1', 'Authorization')
            put(dialog, 'Value of header 1', 'Bearer s3cret-header')
            put(dialog, 'Header 2', 'X-Team')
            put(dialog, 'Value of header 2', 'sky')
            put(dialog, 'Cookie 1', 'session')
            put(dialog, 'Value of cookie 1', 's3cret-cookie')
            window.turn_to(dialog, 'Sign-in')
            put(dialog, 'Auth payload', '{"token": "s3cret-auth"}')
            window.turn_to(dialog, 'Reconnection')
            choose(window, dialog, 'Connect again', -1)
            window.apply(dialog)
            ui.wait(lambda: '5 changed' in window.badge(), 5, 'the badge')
            window.dial()
            window.state('connected ')
            seen(server, 'x-team', 'sky')
            seen(server, 'authorization', 'Bearer s3cret-header')

            save(window, 'Team server')
            ui.wait(lambda: has(window.on_page('Saved', 'push button'), State.PRESSED), 5, 'the star')

        told = {path.name: path.read_text(encoding='utf-8', errors='replace') for path in files()}
        assert 'X-Team: sky' in told['connections.json'], told
        for name, content in told.items():
            for secret in SECRETS:
                assert secret not in content, f'{secret} in {name}:\n{content}'

        before = len(server.seen)
        with Options() as window:
            window.press('Connect: Team server')
            dialog = window.dialog('Passwords and tokens')
            put(dialog, 'Header Authorization', 'Bearer s3cret-header', 'password text')
            put(dialog, 'Cookie session', 's3cret-cookie', 'password text')
            put(dialog, 'Auth payload', '{"token": ', 'password text')
            ui.wait(lambda: 'Line 1, column' in ui.all_text(dialog), 5, 'what is wrong')
            put(dialog, 'Auth payload', '{"token": "s3cret-auth"}', 'password text')
            ui.click(ui.find(dialog, 'Connect', 'push button'))
            window.state('connected ')
            seen(server, 'x-team', 'sky', before)
            seen(server, 'authorization', 'Bearer s3cret-header', before)
            assert 'Team server' in window.find(role='frame').get_name()


@case
def wrong_input_is_marked_and_cannot_be_applied():
    with Server('socketio.mjs') as server, Options() as window:
        window.connect(server.url('http'))
        window.state('connected ')
        dialog = window.options()
        assert 'takes effect with the next connect' in ui.all_text(dialog)
        apply, now = (ui.find(dialog, name, 'push button') for name in ('Apply', 'Reconnect now'))
        window.turn_to(dialog, 'Address')
        put(dialog, 'Path', 'no-slash')
        ui.wait(lambda: not has(apply, State.SENSITIVE) and not has(now, State.SENSITIVE), 5, 'Apply greyed')
        assert 'A path begins with a slash' in ui.all_text(dialog)
        put(dialog, 'Path', '')
        ui.wait(lambda: has(apply, State.SENSITIVE), 5, 'Apply again')
        put(dialog, 'Namespace 1', '/chat')
        put(dialog, 'Auth of namespace 1', '[1,]')
        ui.wait(lambda: 'Line 1, column 3: A comma' in ui.all_text(dialog), 5, 'the place of the error')
        ui.keys('ctrl+Return')
        window.dialog('Connection options')
        ui.keys('Escape')
        window.gone('Connection options')
        assert window.badge() == 'Options…', 'Esc has applied'


@case
def reconnect_now_takes_them():
    with Server('socketio.mjs', '--log-requests') as server, Options() as window:
        window.connect(server.url('http'))
        window.state('connected ')
        dialog = window.options()
        window.turn_to(dialog, 'Headers')
        put(dialog, 'Header 1', 'X-Now')
        put(dialog, 'Value of header 1', 'yes')
        ui.click(ui.find(dialog, 'Reconnect now', 'push button'))
        seen(server, 'x-now', 'yes')
        window.state('connected ')


class SecretService(Process):
    """A secret store on the session's bus."""
    def __init__(self, *args):
        super().__init__('/usr/bin/python3', HERE / 'secret-service.py', *args)
        self.expect(lambda r: 'ready' in r, 'the secret service')


def save(window, name):
    ui.keys('ctrl+d', window=window.id)
    dialog = window.dialog('Save connection')
    put(dialog, 'Name of the connection', name)
    ui.click(ui.find(dialog, 'Save', 'push button'))
    window.gone('Save connection')


@case
def the_secret_store_keeps_secrets():
    with SecretService() as store, Server('socketio.mjs', '--need-token', 's3cret-auth') as server:
        with Options() as window:
            window.connect(server.url('http'))
            put(window.options(), 'Auth payload', '{"token": "s3cret-auth"}')
            window.apply(window.dialog('Connection options'))
            window.dial()
            window.state('connected ')
            save(window, 'Kept')
        store.expect(lambda r: 'stored' in r, 'an item')
        assert not [p for p in files() if 's3cret' in p.read_text(encoding='utf-8', errors='replace')]
        with Options() as window:
            window.press('Connect: Kept')
            window.state('connected ')
            ui.keys('ctrl+d', window=window.id)
        store.expect(lambda r: 'deleted' in r, 'the item to be deleted with its connection')


@case
def a_locked_store_asks_the_person():
    with SecretService('--locked'), Options() as window:
        window.press('Connect: Team server')
        said = ui.all_text(window.dialog('Passwords and tokens'))
        assert 'Header Authorization' in said, said
        ui.keys('Escape')
        window.gone('Passwords and tokens')


@case
def saved_ones_are_deleted_and_come_back():
    with Options() as window:
        window.mouse_click(window.find('More: Team server', 'push button', fits=lambda n: ui.size(n)[0] > 0))
        ui.keys('Up', 'Return')
        ui.wait(lambda: not ui.find_all(window.app, 'Connect: Team server'), 5, 'it to go')
        window.press('Undo')
        window.find('Connect: Team server')


@case
def a_new_name_stands_where_it_is_open():
    with Server('socketio.mjs') as server, Options() as window:
        window.connect(server.url('http'))
        window.state('connected ')
        save(window, 'Kept')
        ui.keys('ctrl+n', window=window.id)
        window.mouse_click(window.find('More: Kept', 'push button', fits=lambda n: ui.size(n)[0] > 0))
        ui.keys('Up', 'Up', 'Up', 'Return')
        dialog = window.dialog('Rename connection')
        put(dialog, 'Name of the connection', 'Other')
        ui.click(ui.find(dialog, 'Save', 'push button'))
        sidebar = window.find('Connections, servers and captures', 'list')
        ui.wait(lambda: 'Other' in ui.all_text(sidebar), 5, 'the new name in the sidebar')


@case
def a_certificate_is_shown_and_accepted():
    with Certificates(self_signed=True) as tls, Options() as window, \
            Server('ws.mjs', '--cert', str(tls.cert), '--key', str(tls.key)) as server:
        window.connect(server.url('wss'), 'WebSocket')
        window.problem('certificate')
        window.press('Show certificate…')
        dialog = window.dialog('Certificate')
        said = ui.all_text(dialog)
        assert 'localhost' in said and 'SHA-256' in said, said
        ui.click(ui.find(dialog, 'Accept for this host', 'push button'))
        window.state('connected ')
        assert '1 changed' in window.badge()


main()
