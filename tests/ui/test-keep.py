#!/usr/bin/python3
"""What was captured is still there after a kill, a quit and a click, and goes only when it is told to."""
import os
import pathlib
import tempfile

import ui
from harness import Server, case, main
from story import Story


class State:
    """A place of its own for what a run leaves behind."""
    def __enter__(self):
        self.dir = tempfile.TemporaryDirectory()
        self.env = {'XDG_STATE_HOME': self.dir.name}
        return self

    def __exit__(self, *_):
        self.dir.cleanup()

    def files(self):
        return sorted(pathlib.Path(self.dir.name, 'sockeye', 'captures').glob('*'))


def capture(window, server, event):
    window.connect(server.url('http'))
    window.state('connected ')
    window.compose(event, '{"price": 1.50}', ack=True)
    window.emit()
    window.row('received', 'ack', '1.5')


def recent(window, server, timeout=5):
    """The texts of the row in Recent that is this server's capture."""
    def look():
        rows = ui.find_all(window.find('Recent', 'list'), role='list item')
        return next((r for r in map(ui.all_text, rows) if f'127.0.0.1:{server.port}\nCapture · ' in r), None)
    return ui.wait(look, timeout, 'the capture in Recent')


def remove(window, server):
    window.press(f'Remove: 127.0.0.1:{server.port}')
    ui.wait(lambda: not ui.find_all(window.app, f'Open: 127.0.0.1:{server.port}'), 5, 'the row to go')


def open_and_see(window, server, event):
    window.press(f'Open: 127.0.0.1:{server.port}')
    ui.wait(lambda: window.page, 5, 'a page')
    window.state('loaded')
    window.row('sent', f'event {event}', '{"price":1.50}')
    window.row('received', 'ack', '1.5')


@case
def killed_and_still_there():
    with State() as state, Server('socketio.mjs') as server:
        with Story(env=state.env) as window:
            capture(window, server, 'order')
            file, = state.files()
            assert file.stat().st_mode & 0o777 == 0o600, oct(file.stat().st_mode)
            ui.wait(lambda: b'1.5' in file.read_bytes(), 5, 'the ack on disk')
            window.child.kill()
            window.child.wait()
        assert state.files() == [file]
        with Story(env=state.env) as window:
            said = recent(window, server)
            assert 'today' in said, said
            open_and_see(window, server, 'order')
        assert state.files() == [file], 'what was opened was kept a second time'


@case
def quit_and_still_there():
    with State() as state, Server('socketio.mjs') as server:
        with Story(env=state.env) as window:
            capture(window, server, 'order')
        assert len(state.files()) == 1
        with Story(env=state.env) as window:
            recent(window, server)
            open_and_see(window, server, 'order')


@case
def terminated_without_losing_the_last_moment():
    with State() as state, Server('socketio.mjs') as server:
        with Story(env=state.env) as window:
            capture(window, server, 'last')
            window.child.terminate()
            assert window.child.wait(10) == 0
        with Story(env=state.env) as window:
            recent(window, server)
            open_and_see(window, server, 'last')


@case
def closed_with_a_click_and_removed_with_another():
    with State() as state, Server('socketio.mjs') as server:
        with Story(env=state.env) as window:
            capture(window, server, 'order')
            ui.keys('ctrl+w')
            window.press('Hide this notice')
            recent(window, server)
            file, = state.files()

            remove(window, server)
            assert state.files() == [file], 'removed before it could be undone'
            window.press('Undo')
            recent(window, server)
            remove(window, server)
        assert state.files() == []


@case
def closed_and_quit_at_once():
    with State() as state, Server('socketio.mjs') as server:
        with Story(env=state.env) as window:
            capture(window, server, 'last')
            ui.keys('ctrl+w', 'ctrl+q')
            assert window.child.wait(10) == 0
        with Story(env=state.env) as window:
            recent(window, server)
            open_and_see(window, server, 'last')


@case
def nothing_captured_leaves_nothing():
    with State() as state:
        with Story(env=state.env) as window:
            window.press('Start server')
            ui.wait(lambda: window.page, 5, 'a page')
            window.state('listening')
            assert len(state.files()) == 1
        assert state.files() == []


@case
def no_folder_is_told_once():
    with State() as state, Server('socketio.mjs') as server:
        os.mkdir(pathlib.Path(state.dir.name, 'sockeye'))
        pathlib.Path(state.dir.name, 'sockeye', 'captures').write_text('in the way')
        with Story(env=state.env) as window:
            capture(window, server, 'order')
            window.find(role='label', fits=lambda n: 'Captures cannot be kept' in n.get_name())


main()
