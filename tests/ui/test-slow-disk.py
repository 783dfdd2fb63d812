#!/usr/bin/python3
"""Where the disk takes its time, the window does not wait for it; and who leaves loses nothing."""
import os
import pathlib
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
        self.env = {'LD_PRELOAD': os.environ['SLOW_DISK_MODULE'], 'SLOW_DISK': str(self.folder)}
        return self

    def __exit__(self, *_):
        self.answers()
        self.dir.cleanup()

    def sleeps(self):
        self.busy.touch()

    def answers(self):
        self.busy.unlink(missing_ok=True)

    def files(self):
        return sorted(path.name for path in self.folder.iterdir())


def notice(window, begins):
    return window.find(role='label', fits=lambda n: n.get_name().startswith(begins))


def press_notice(window, name):
    """A button that is activated takes a moment to be pressed."""
    ui.click(ui.find(window.find('SkyNoticeBar'), name, 'push button'))
    time.sleep(0.5 * ui.SLOW)


def save(window, path):
    """By the file chooser, which must be open and ready."""
    ui.keys('ctrl+s')
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
        ui.keys('ctrl+s')
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
        ui.keys('ctrl+q')
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
        ui.keys('ctrl+q')
        press_notice(window, 'Close without it')
        ui.keys('ctrl+q')    # the disk does not answer: this time it does not ask
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


main()
