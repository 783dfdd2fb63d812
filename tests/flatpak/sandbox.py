"""Sockeye's window in the sandbox of its Flatpak, driven from outside as a person would, and the portal's file chooser.

The runtime's GTK is newer than the one that tests/ui knows: class names are no accessible names there, and places leave
out padding. So all is done by name and by keyboard, and nothing by place.
"""
import os
import pathlib
import subprocess
import sys
import tempfile
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / 'ui'))

import ui    # noqa: E402
from story import State, Story, has    # noqa: E402

ID = 'io.github.sockeye.Sockeye'


def flatpak(*args):
    """Its standard output; a failure tells all that it said."""
    done = subprocess.run(['flatpak', *args], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, f'flatpak {" ".join(args)}: exit status {done.returncode}\n{done.stdout}{done.stderr}'
    return done.stdout


def inside(script):
    """What a shell in the sandbox prints."""
    return flatpak('run', '--user', '--command=sh', ID, '-c', script)


def x_windows(*how):
    return subprocess.run(['xdotool', 'search', '--onlyvisible', *how], capture_output=True, text=True,
                          check=False).stdout.split()


def start(*args, **more):
    """The command as it stands, but for one link: the portal names files where it has mounted them for this session, and
    the sandbox, which has them as well, knows only of /run/user/UID."""
    link = f'{os.environ["XDG_RUNTIME_DIR"]}/doc'
    script = 'mkdir -p "${0%/*}" && ln -sfn /run/flatpak/doc "$0" && exec sockeye "$@"'
    return subprocess.Popen(['flatpak', 'run', '--user', '--env=GSK_RENDERER=cairo', '--env=G_DEBUG=fatal-criticals',
                             '--env=LC_ALL=C.UTF-8', '--command=sh', ID, '-c', script, link, *args], **more)


def accessible(name):
    """An application by its name: its process id is that of the sandbox's proxy."""
    registry = ui.Node('org.a11y.atspi.Registry', '/org/a11y/atspi/accessible/root')
    return ui.wait(lambda: next((node for node in registry.kids() if node.get_name() == name), None), 20,
                   f'{name} on the accessibility bus')


class Sandboxed(Story):
    """Like Story, with one page at a time: what is on it is looked for in the whole window."""
    def __init__(self, *args):
        self.errors = tempfile.NamedTemporaryFile()
        self.child = start(*args, stderr=self.errors)
        try:
            self.app = accessible('sockeye')
            self.id = ui.wait(self._x_window, 20, 'a mapped window')
        except BaseException:
            print('# ' + self.said().replace('\n', '\n# '), flush=True)
            self._end()
            raise

    def _x_window(self):
        return next(iter(x_windows('--class', 'sockeye')), None)

    def _end(self):
        if self.child.poll() is None:
            subprocess.run(['flatpak', 'kill', ID], capture_output=True, check=False)
            self.child.wait(10 * ui.SLOW)

    @property
    def page(self):
        return ui.find(self.app, role='frame', timeout=0)

    def strip(self):
        return ui.all_text(self.page)

    def item(self, number):
        ui.keys(f'alt+{number}')

    def emit(self, event, arguments):
        """With the keyboard: the cursor is in the event's name, Tab leads to the boxes, the button and the arguments."""
        ui.set_text(self.on_page('Event name', 'text'), event)
        ui.set_text(self.on_page('Arguments as JSON', 'text'), arguments)
        ui.wait(lambda: has(self.on_page('Emit', 'push button'), State.SENSITIVE), 5, 'Emit to be sensitive')
        ui.keys('ctrl+Return', window=self.id)

    def choose_file(self, key, title, path):
        """In the portal's chooser, which is a process outside the sandbox. A slash begins a path in it."""
        ui.keys(key, window=self.id)
        chooser = ui.wait(lambda: next(iter(x_windows('--name', f'^{title}$')), None), 20, f'the chooser "{title}"')
        owner = pathlib.Path('/proc', ui.sh('xdotool', 'getwindowpid', chooser), 'comm').read_text()
        assert owner.startswith('xdg-desktop-por'), f'the chooser is of {owner}'
        time.sleep(0.5 * ui.SLOW)
        ui.sh('xdotool', 'windowfocus', '--sync', chooser)
        ui.keys('ctrl+a', 'slash')    # over the proposed name; where there is none, an entry appears
        time.sleep(0.5 * ui.SLOW)
        ui.type_text(str(path).removeprefix('/'))
        time.sleep(0.5 * ui.SLOW)
        self.picture_for_people(title)
        ui.keys('Return')
        ui.wait(lambda: chooser not in x_windows('--name', f'^{title}$'), 10, f'the chooser "{title}" to close')

    @staticmethod
    def picture_for_people(name):
        if os.environ.get('SOCKEYE_TEST_SHOTS'):
            ui.screenshot(pathlib.Path(os.environ['SOCKEYE_TEST_SHOTS'], f'flatpak-{name.lower().replace(" ", "-")}.png'))
