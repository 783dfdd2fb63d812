"""Drives a GTK 4 window through AT-SPI, and with a real pointer and keyboard through xdotool.

Widgets are found by accessible name and role. GTK 4.8 gives actions to push buttons only: check boxes,
list rows, drop-downs and menu items are clicked by place (mouse_click) or reached by keyboard. It sets
SHOWING on the frame alone, so VISIBLE is what is looked at, and it knows no screen coordinates.
"""
import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile
import time

import gi
gi.require_version('Atspi', '2.0')
from gi.repository import Atspi, GLib    # noqa: E402

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / 'peers'))    # for harness: servers, TAP

SLOW = float(os.environ.get('SOCKEYE_TEST_SLOWNESS', '1'))
State = Atspi.StateType

# What a window may say on standard error: a bare session has no settings portal and no other services.
NOISE = re.compile('|'.join([
    r'dbind-WARNING.*AT-SPI',
    r'Unable to (acquire|register).*(session bus|accessib)',
    r'(org\.freedesktop\.portal|xdg-desktop-portal).*(ServiceUnknown|not provided|Timeout)',
]))
COMPLAINT = re.compile(r'-(CRITICAL|WARNING|ERROR) \*\*|(CRITICAL|WARNING|ERROR) \*\*:|AddressSanitizer|runtime error:')


class NotFound(AssertionError):
    pass


class Window:
    """Sockeye as a child process with its window up. It must end well and without a complaint."""
    def __init__(self, *args, binary=None, env=None, timeout=20):
        binary = binary or os.environ['SOCKEYE']
        self.errors = tempfile.NamedTemporaryFile()
        self.child = subprocess.Popen([binary, *args], stderr=self.errors,
                                      env={**os.environ, 'G_DEBUG': 'fatal-criticals', 'LC_ALL': 'C.UTF-8', **(env or {})})
        try:
            self.app = app(pid=self.child.pid, timeout=timeout)
            try:
                self.id = wait(self._x_window, timeout, 'a mapped window')
            except NotFound:
                tree = subprocess.run(['xwininfo', '-root', '-tree'], capture_output=True, text=True, check=False).stdout
                raise NotFound(f'no mapped window\n{tree}\n{self.said()}') from None
        except BaseException:
            self._end()
            raise

    def _x_window(self):
        found = subprocess.run(['xdotool', 'search', '--onlyvisible', '--pid', str(self.child.pid)],
                               capture_output=True, text=True, check=False).stdout.split()
        return found[-1] if found else None

    def find(self, name=None, role=None, **more):
        return find(self.app, name, role, **more)

    def press(self, name, role='push button', **more):
        click(self.find(name, role, **more))

    def mouse_click(self, node, button=1, repeat=1):
        mouse_click(node, self.id, button, repeat)

    def shot(self, path):
        screenshot(path)

    def said(self):
        """All of standard error so far; read apart, for the child shares the place in the file."""
        return pathlib.Path(self.errors.name).read_text(encoding='utf-8', errors='replace')

    def complaints(self):
        return [line for line in self.said().splitlines() if COMPLAINT.search(line) and not NOISE.search(line)]

    def quit(self, timeout=8):
        """Ctrl+Q, as a person would; what still goes wrong on the way out counts."""
        keys('ctrl+q', window=self.id)
        try:
            code = self.child.wait(timeout * SLOW)
        except subprocess.TimeoutExpired:
            raise AssertionError('it did not quit at Ctrl+Q') from None
        assert code == 0, f'exit status {code}\n{self.said()}'

    def _end(self):
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
            try:
                self.child.wait(5 * SLOW)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()

    def story(self):
        """What is on the screen and on standard error, for who reads a failure."""
        shown = [f'{n.get_role_name()} {text(n)!r}' for n in find_all(self.app, fits=lambda n: size(n)[1] > 0)]
        if os.environ.get('SOCKEYE_TEST_SHOTS'):
            self.shot(pathlib.Path(os.environ['SOCKEYE_TEST_SHOTS'], f'failed-{self.child.pid}.png'))
        shown = [line for line in shown if "'Gtk" not in line and "'Sky" not in line and "''" not in line]
        return '\n'.join([*shown[-150:], *self.said().splitlines()[-100:], f'(exit status {self.child.poll()})'])

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        try:
            if kind is not None:
                print('# ' + self.story().replace('\n', '\n# '), flush=True)
            elif self.child.poll() is None:
                self.quit()
        finally:
            self._end()
            complaints = self.complaints()
            self.errors.close()
        if kind is None:
            assert not complaints, 'complaints on standard error:\n' + '\n'.join(complaints)


def kids(node):
    try:
        return [kid for i in range(node.get_child_count()) if (kid := node.get_child_at_index(i)) is not None]
    except GLib.Error:    # it went away meanwhile
        return []


def app(name=None, pid=None, timeout=15):
    def look():
        for a in kids(Atspi.get_desktop(0)):
            try:
                if a and ((name and a.get_name() == name) or (pid and a.get_process_id() == pid)):
                    return a
            except GLib.Error:
                pass
        return None
    return wait(look, timeout, f'application {name or pid} on the accessibility bus')


# Below these is nothing that their own name does not tell; each node costs a call or three.
LEAVES = {'label', 'image', 'table row', 'scroll bar', 'page tab', 'spin button', 'check box'}


def walk(node, depth=0, deepest=60, leaves=()):
    if node is None or depth > deepest:
        return
    yield node, depth
    try:
        if leaves and depth > 0 and node.get_role_name() in leaves:
            return
    except GLib.Error:
        return
    for child in kids(node):
        yield from walk(child, depth + 1, deepest, leaves)


def role_of(node):
    """The role's name; newer AT-SPI calls a push button just "button"."""
    name = node.get_role_name()
    return 'push button' if name == 'button' else name


def matches(root, name=None, role=None, fits=None, visible=True):
    """Every node with that name and AT-SPI role name for which fits(node) holds."""
    for node, _ in walk(root, leaves=LEAVES):
        try:
            if ((name is None or node.get_name() == name) and (role is None or role_of(node) == role)
                    and (not visible or has(node, State.VISIBLE)) and (fits is None or fits(node))):
                yield node
        except GLib.Error:
            continue


def find_all(*args, **more):
    return list(matches(*args, **more))


def find(root, name=None, role=None, timeout=5, **more):
    end = time.monotonic() + timeout * SLOW
    while True:
        hit = next(matches(root, name, role, **more), None)
        if hit is not None:
            return hit
        if time.monotonic() > end:
            raise NotFound(f'no {role or "widget"} called {name!r}')
        time.sleep(0.05)


def click(node):
    assert node.get_action_iface() is not None, f'{node.get_role_name()} {node.get_name()!r} has no action'
    node.get_action_iface().do_action(0)


def has(node, state):
    return node.get_state_set().contains(state)


def text(node):
    t = node.get_text_iface()
    return Atspi.Text.get_text(t, 0, t.get_character_count()) if t else node.get_name()


def all_text(root):
    """All that a person could read below a node, a line each."""
    return '\n'.join(filter(None, (text(n) for n in find_all(root))))


def set_text(node, string):
    """Into a source view, or the GtkText (role "text") within an entry."""
    editable = node.get_editable_text_iface()
    if editable is None:
        editable = find(node, role='text').get_editable_text_iface()
    assert editable is not None and editable.set_text_contents(string), 'not editable'


def wait(look, timeout=5, what='condition'):
    """The first true value of look(); AT-SPI trouble meanwhile counts as not yet."""
    end = time.monotonic() + timeout * SLOW
    while True:
        try:
            value = look()
            if value:
                return value
        except (NotFound, GLib.Error):
            pass
        if time.monotonic() > end:
            raise NotFound(f'timed out: {what}')
        time.sleep(0.03)


def dump(root, out=sys.stdout):
    """The tree, for a person who writes a test."""
    marks = {'v': State.VISIBLE, 'f': State.FOCUSED, 'F': State.FOCUSABLE, 'e': State.SENSITIVE, 'c': State.CHECKED,
             's': State.SELECTED, 'p': State.PRESSED, 'i': State.INVALID_ENTRY}
    for node, depth in walk(root):
        try:
            states = node.get_state_set()
            flags = ''.join(c for c, state in marks.items() if states.contains(state))
            print(f"{'  ' * depth}{node.get_role_name()} {node.get_name()!r} [{flags}] {extents(node)}", file=out)
        except GLib.Error as error:
            print(f"{'  ' * depth}?? {error}", file=out)


# ---- a real pointer and keyboard (X11 only)

def sh(*args):
    return subprocess.run(args, check=True, capture_output=True, text=True, timeout=20).stdout.strip()


def extents(node):
    """x, y, width and height of its content, from the corner of the window proper (without shadow)."""
    component = node.get_component_iface()
    r = component.get_extents(Atspi.CoordType.WINDOW) if component else None
    return (r.x, r.y, r.width, r.height) if r else (0, 0, 0, 0)


def size(node):
    return extents(node)[2:]


def inset(node, window):
    """Where that corner is in the X window: GTK 4.8 draws its own shadow, alike on all sides."""
    while node.get_role_name() not in ('frame', 'dialog', 'window', 'application'):
        node = node.get_parent()
    geometry = dict(line.split('=') for line in sh('xdotool', 'getwindowgeometry', '--shell', str(window)).splitlines())
    width, height = size(node)
    return max(0, int(geometry['WIDTH']) - width) // 2, max(0, int(geometry['HEIGHT']) - height) // 2


def center(node):
    x, y, width, height = extents(node)
    return x + width // 2, y + height // 2


def mouse_click(node, window, button=1, repeat=1):
    x, y = (a + b for a, b in zip(center(node), inset(node, window)))
    sh('xdotool', 'mousemove', '--window', str(window), str(x), str(y), 'click', '--repeat', str(repeat), str(button))


def keys(*names, window=None):
    """To the window with the focus; a window given is raised first."""
    if window is not None:
        sh('xdotool', 'windowfocus', '--sync', str(window))
    sh('xdotool', 'key', '--clearmodifiers', *names)


def type_text(string):
    """Letters beyond ASCII need the longer delay."""
    sh('xdotool', 'type', '--clearmodifiers', '--delay', '4' if string.isascii() else '12', string)


def screenshot(path):
    sh('import', '-silent', '-window', 'root', str(path))
