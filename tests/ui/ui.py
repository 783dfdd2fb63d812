"""Drives a GTK 4 window through AT-SPI, and with a real pointer and keyboard through xdotool.

Widgets are found by accessible name and role. GTK 4.8 gives actions to push buttons only: check boxes,
list rows, drop-downs and menu items are clicked by place (mouse_click) or reached by keyboard. It sets
SHOWING on the frame alone, so VISIBLE is what is looked at, and it knows no screen coordinates.
"""
import os
import signal
import subprocess
import sys
import time

import gi
gi.require_version('Atspi', '2.0')
from gi.repository import Atspi, GLib    # noqa: E402

SLOW = float(os.environ.get('SOCKEYE_TEST_SLOWNESS', '1'))


class NotFound(AssertionError):
    pass


class Window:
    """Sockeye as a child process with its window up; ends it by pid."""
    def __init__(self, *args, binary=None, env=None, timeout=20):
        binary = binary or os.environ['SOCKEYE']
        self.child = subprocess.Popen([binary, *args], env={**os.environ, **(env or {})})
        try:
            self.app = app(pid=self.child.pid, timeout=timeout)
            self.id = wait(self._x_window, timeout, 'a mapped window')
        except BaseException:
            self.__exit__()
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

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.child.poll() is None:
            self.child.send_signal(signal.SIGTERM)
            try:
                self.child.wait(5 * SLOW)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()


def kids(node):
    try:
        return [node.get_child_at_index(i) for i in range(node.get_child_count())]
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


def walk(node, depth=0, deepest=60):
    if node is None or depth > deepest:
        return
    yield node, depth
    for child in kids(node):
        yield from walk(child, depth + 1, deepest)


def find_all(root, name=None, role=None, fits=None, visible=True):
    """Every node with that name and AT-SPI role name for which fits(node) holds."""
    hits = []
    for node, _ in walk(root):
        try:
            if ((name is None or node.get_name() == name) and (role is None or node.get_role_name() == role)
                    and (not visible or node.get_state_set().contains(Atspi.StateType.VISIBLE))
                    and (fits is None or fits(node))):
                hits.append(node)
        except GLib.Error:
            continue
    return hits


def find(root, name=None, role=None, fits=None, visible=True, timeout=5, nth=0):
    end = time.monotonic() + timeout * SLOW
    while True:
        hits = find_all(root, name, role, fits, visible)
        if len(hits) > nth:
            return hits[nth]
        if time.monotonic() > end:
            raise NotFound(f'no {role or "widget"} called {name!r}')
        time.sleep(0.05)


def click(node):
    assert node.get_action_iface() is not None, f'{node.get_role_name()} {node.get_name()!r} has no action'
    node.get_action_iface().do_action(0)


def text(node):
    t = node.get_text_iface()
    return t.get_text(0, t.get_character_count()) if t else node.get_name()


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
    marks = {'v': Atspi.StateType.VISIBLE, 'f': Atspi.StateType.FOCUSED, 'F': Atspi.StateType.FOCUSABLE,
             'e': Atspi.StateType.SENSITIVE, 'c': Atspi.StateType.CHECKED}
    for node, depth in walk(root):
        try:
            states = node.get_state_set()
            flags = ''.join(c for c, state in marks.items() if states.contains(state))
            print(f"{'  ' * depth}{node.get_role_name()} {node.get_name()!r} [{flags}]", file=out)
        except GLib.Error as error:
            print(f"{'  ' * depth}?? {error}", file=out)


# ---- a real pointer and keyboard (X11 only)

def sh(*args):
    return subprocess.run(args, check=True, capture_output=True, text=True, timeout=20).stdout.strip()


def center(node):
    r = node.get_component_iface().get_extents(Atspi.CoordType.WINDOW)
    return r.x + r.width // 2, r.y + r.height // 2


def mouse_click(node, window, button=1, repeat=1):
    x, y = center(node)
    sh('xdotool', 'mousemove', '--window', str(window), str(x), str(y), 'click', '--repeat', str(repeat), str(button))


def keys(*names):
    sh('xdotool', 'key', '--clearmodifiers', *names)


def type_text(string):
    """Letters beyond ASCII need the longer delay."""
    sh('xdotool', 'type', '--clearmodifiers', '--delay', '4' if string.isascii() else '12', string)


def screenshot(path):
    sh('import', '-silent', '-window', 'root', str(path))
