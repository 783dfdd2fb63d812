#!/usr/bin/python3
"""Where the disk takes its time, the window does not wait for it; and who leaves loses nothing."""
import os
import pathlib
import shutil
import subprocess
import tempfile
import time

import ui
from harness import Server, case, main
from story import State, Story, has


class Disk:
    """A folder to save in, and a disk below it that answers or does not (slow-disk.c)."""
    def __enter__(self):
        self.dir = tempfile.TemporaryDirectory()
        self.folder, self.busy = (pathlib.Path(self.dir.name, name) for name in ('disk', 'disk.busy'))
        self.folder.mkdir()
        # A path with a space in it would be two to the loader.
        self.env = {'LD_PRELOAD': shutil.copy(os.environ['SLOW_DISK_MODULE'], self.dir.name), 'SLOW_DISK': str(self.folder),
                    'XDG_STATE_HOME': str(self.folder / 'state')}
        return self

    def __exit__(self, *_):
        self.answers()
        self.dir.cleanup()

    def sleeps(self):
        self.busy.touch()

    def answers(self):
        self.busy.unlink(missing_ok=True)

    def files(self):
        return sorted(path.name for path in self.folder.iterdir() if path.is_file())

    def recent(self):
        return (self.folder / 'state/sockeye/recent.json').read_text()


def notice(window, begins):
    return window.find(role='label', fits=lambda n: n.get_name().startswith(begins))


def press_notice(window, name):
    """A button that is activated takes a moment to be pressed."""
    ui.click(ui.find(window.find('SkyNoticeBar'), name, 'push button'))
    time.sleep(0.5 * ui.SLOW)


def save(window, path):
    """By the file chooser, which must be open and ready."""
    ui.keys('ctrl+s', window=window.id)
    dialog = ui.wait(lambda: next((n for n in ui.kids(window.app) if n.get_name() == 'Save the capture'), None), 10, 'a file chooser')
    ui.wait(lambda: ui.find_all(dialog, state=State.FOCUSED), 5, 'its focus')
    ui.keys('ctrl+a')
    ui.type_text(str(path))
    ui.keys('Return')
    ui.wait(lambda: not any(n.get_name() == 'Save the capture' and has(n, State.VISIBLE) for n in ui.kids(window.app)), 5, 'it to go')


def emit(window, event):
    window.compose(event, '1')
    window.emit()
    window.row('sent', f'event {event}')


def connected(window, server):
    window.connect(server.url('http'))
    window.state('connected ')
    emit(window, 'before')


def events(path):
    done = subprocess.run([os.environ['SOCKEYE_CLI'], 'decode', path, '--layers', 'sio'], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done
    return [event for event in ('before', 'meanwhile') if event in done.stdout]


def ends(window):
    ui.wait(lambda: window.child.poll() is not None, 5, 'the end of the program')
    assert window.child.returncode == 0, window.said()


@case
def a_capture_is_saved_while_it_grows():
    with Disk() as disk, Server('socketio.mjs') as server, Story(env=disk.env) as window:
        connected(window, server)
        disk.sleeps()
        save(window, disk.folder / 'a.pcapng')
        notice(window, 'Saving a.pcapng…')
        emit(window, 'meanwhile')
        assert 'a.pcapng' not in disk.files(), 'half a file'
        window.press('Hide this notice')
        ui.keys('ctrl+s', window=window.id)
        notice(window, 'Saving a.pcapng…')
        disk.answers()
        notice(window, 'Saved a.pcapng with')
        assert disk.files() == ['a.pcapng']
        assert events(disk.folder / 'a.pcapng') == ['before']


@case
def who_leaves_meanwhile_waits_and_has_it():
    with Disk() as disk, Server('socketio.mjs') as server, Story(env=disk.env) as window:
        connected(window, server)
        disk.sleeps()
        save(window, disk.folder / 'a.pcapng')
        ui.keys('ctrl+q', window=window.id)
        notice(window, 'Saving a.pcapng. The window closes when it is done.')
        emit(window, 'meanwhile')
        disk.answers()
        ends(window)
        assert disk.files() == ['a.pcapng']
        assert events(disk.folder / 'a.pcapng') == ['before']


@case
def who_does_not_wait_leaves_no_part_of_it():
    with Disk() as disk, Server('socketio.mjs') as server, Story(env=disk.env) as window:
        connected(window, server)
        (disk.folder / 'a.pcapng').write_text('precious')
        disk.sleeps()
        save(window, disk.folder / 'b.pcapng')
        ui.keys('ctrl+q', window=window.id)
        press_notice(window, 'Close without it')
        ui.keys('ctrl+q', window=window.id)    # the disk does not answer: this time it does not ask
        ui.wait(lambda: not any(has(n, State.VISIBLE) for n in ui.kids(window.app)), 5, 'the window to go')
        disk.answers()
        ends(window)
        assert disk.files() == ['a.pcapng'], disk.files()


@case
def cancelled_leaves_what_was_there():
    with Disk() as disk, Server('socketio.mjs') as server, Story(env=disk.env) as window:
        connected(window, server)
        disk.sleeps()
        save(window, disk.folder / 'a.pcapng')
        press_notice(window, 'Cancel')
        disk.answers()
        notice(window, 'a.pcapng was not saved.')
        assert disk.files() == []


def remembered_though_slow(leave):
    """Two in a row, of which the second is still on its way when the program is asked to end."""
    with Disk() as disk, Server('socketio.mjs') as server:
        with Story(env=disk.env) as window:
            connected(window, server)
        assert 'second' not in disk.recent()
        with Story(env=disk.env) as window:
            disk.sleeps()
            window.connect(server.url('http') + '?first')
            window.state('connected ')
            emit(window, 'meanwhile')    # nor does what was sent wait for the disk
            time.sleep(1.2 * ui.SLOW)
            ui.keys('ctrl+n')
            entry = window.find('Address to connect to', 'text')
            ui.wait(lambda: has(entry, State.FOCUSED), 5, 'the cursor in the address')
            ui.keys('ctrl+a')
            ui.type_text(server.url('http') + '?second')
            ui.keys('Return')
            window.item(2)
            window.state('connected ')
            assert 'second' not in disk.recent()
            leave(window)
            time.sleep(2 * ui.SLOW)
            assert window.child.poll() is None, 'it did not wait for the disk'
            disk.answers()
            ends(window)
        assert 'first' in disk.recent() and 'second' in disk.recent(), disk.recent()
        assert '"meanwhile"' in (disk.folder / 'state/sockeye/history.json').read_text()


@case
def what_was_opened_is_remembered_at_quit():
    remembered_though_slow(lambda window: ui.keys('ctrl+q', window=window.id))


@case
def what_was_opened_is_remembered_at_a_signal():
    remembered_though_slow(lambda window: window.child.terminate())


@case
def what_cannot_be_written_is_told():
    with Disk() as disk, Server('socketio.mjs') as server:
        (disk.folder / 'sockeye').write_text('in the way')
        with Story(env={**disk.env, 'XDG_DATA_HOME': str(disk.folder)}) as window:
            connected(window, server)
            ui.keys('ctrl+d')
            ui.wait(lambda: any(n.get_name() == 'Save connection' for n in ui.kids(window.app)), 5, 'a name to be asked for')
            time.sleep(0.3 * ui.SLOW)
            ui.keys('Return')
            notice(window, 'Cannot make the folder')
            window.press('Hide this notice')


main()
