"""Drives a GTK 4 window over the accessibility bus, and with a real pointer and keyboard through xdotool.

Widgets are found by accessible name and role. The bus is asked by hand: its cache tells a whole tree in one answer,
where libatspi needs several calls a widget. GTK 4.8 gives actions to push buttons only: check boxes, list rows,
drop-downs and menu items are clicked by place (mouse_click) or reached by keyboard. It sets SHOWING on the frame
alone, so VISIBLE is what is looked at, and it knows no screen coordinates.
"""
import functools
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
from gi.repository import Atspi, Gio, GLib    # noqa: E402

sys.path.append(str(pathlib.Path(__file__).resolve().parents[1] / 'peers'))    # for harness: servers, TAP

SLOW = float(os.environ.get('SOCKEYE_TEST_SLOWNESS', '1'))
State = Atspi.StateType

# What a window may say on standard error: a bare session has no settings portal and no other services.
NOISE = re.compile('|'.join([
    r'dbind-WARNING.*AT-SPI',
    r'Unable to (acquire|register).*(session bus|accessib)',
    r'(org\.freedesktop\.portal|xdg-desktop-portal).*(ServiceUnknown|not provided|Timeout)',
    r'GtkLabel .* reported min width -4',    # the theme's, at the page buttons of the shortcuts window
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
                                      env={**os.environ, 'G_DEBUG': 'fatal-criticals', 'LC_ALL': 'C.UTF-8', 'LANGUAGE': 'en', **(env or {})})
        try:
            self.app = app(pid=self.child.pid, timeout=timeout)
            try:
                self.id = wait(self._x_window, timeout, 'a mapped window')
            except NotFound:
                tree = subprocess.run(['xwininfo', '-root', '-tree'], capture_output=True, text=True, check=False).stdout
                raise NotFound(f'no mapped window\n{tree}\n{self.said()}') from None
            wait(lambda: Look(self.app), timeout, 'an answer of its cache')    # it may be on the bus before that
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
        """What is on the screen and on standard error, for who reads a failure; a window that is gone tells the latter."""
        if os.environ.get('SOCKEYE_TEST_SHOTS'):
            self.shot(pathlib.Path(os.environ['SOCKEYE_TEST_SHOTS'], f'failed-{self.child.pid}.png'))
        try:
            shown = [f'{n.get_role_name()} {text(n)!r}' for n in find_all(self.app, fits=lambda n: size(n)[1] > 0)]
        except GLib.Error as error:
            shown = [f'(it does not tell what it shows: {error.message})']
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


# Below these is nothing that their own name does not tell.
LEAVES = {'label', 'image', 'table row', 'scroll bar', 'page tab', 'spin button', 'check box'}


@functools.lru_cache(None)
def role_name(number):
    """The role's name; newer AT-SPI calls a push button just "button"."""
    name = Atspi.role_get_name(Atspi.Role(number))
    return 'push button' if name == 'button' else name


APPLICATION = '/org/a11y/atspi/accessible/root'


class Node:
    """One widget on the bus. What it tells is asked for at that moment; a widget that is gone is a GLib.Error."""
    _bus = None

    def __init__(self, owner, path):
        self.owner, self.path = owner, path

    @classmethod
    def bus(cls):
        if cls._bus is None:
            session = Gio.bus_get_sync(Gio.BusType.SESSION)
            address, = session.call_sync('org.a11y.Bus', '/org/a11y/bus', 'org.a11y.Bus', 'GetAddress', None, None,
                                         Gio.DBusCallFlags.NONE, -1, None).unpack()
            flags = Gio.DBusConnectionFlags.AUTHENTICATION_CLIENT | Gio.DBusConnectionFlags.MESSAGE_BUS_CONNECTION
            cls._bus = Gio.DBusConnection.new_for_address_sync(address, flags, None, None)
        return cls._bus

    def variant(self, face, method, form=None, *values):
        return self.bus().call_sync(self.owner, self.path, face, method, form and GLib.Variant(form, values), None,
                                    Gio.DBusCallFlags.NONE, int(10000 * SLOW), None)

    def ask(self, *call):
        return self.variant(*call).unpack()

    def atspi(self, face, method, form=None, *values):
        return self.ask('org.a11y.atspi.' + face, method, form, *values)

    def property(self, face, name):
        return self.ask('org.freedesktop.DBus.Properties', 'Get', '(ss)', 'org.a11y.atspi.' + face, name)[0]

    def can(self, face):
        return 'org.a11y.atspi.' + face in self.atspi('Accessible', 'GetInterfaces')[0]

    def kids(self):
        """One by one: see Look. An application's windows all at once: asked for the second of two when one has just gone, GTK
        4.8 takes any that is hidden, and has a critical of its own, for that one has no path."""
        if self.path == APPLICATION:
            refs = self.atspi('Accessible', 'GetChildren')[0]
        else:
            refs = [self.atspi('Accessible', 'GetChildAtIndex', '(i)', i)[0] for i in range(self.property('Accessible', 'ChildCount'))]
        return [Node(*ref) for ref in refs if ref[0]]

    def get_parent(self):
        owner, path = self.property('Accessible', 'Parent')
        return Node(owner, path) if owner else None

    def get_name(self):
        return self.property('Accessible', 'Name')

    def get_role_name(self):
        return role_name(self.atspi('Accessible', 'GetRole')[0])

    def __eq__(self, other):
        return isinstance(other, Node) and (self.owner, self.path) == (other.owner, other.path)

    def __hash__(self):
        return hash((self.owner, self.path))


ITEM = GLib.VariantType('((so)(so)(so)iiassusau)')


class Seen:
    """What the cache told of one widget; its node."""
    def __init__(self, item):
        """Part by part: to unpack all of it takes four times as long."""
        part = item.get_child_value
        self.item, self.path = item, part(0).get_child_value(1).get_string()
        self.parent, self.n_kids = part(2).get_child_value(1).get_string(), part(4).get_int32()
        self.name, self.role = part(6).get_string(), role_name(part(7).get_uint32())
        states = part(9)
        self.states = states.get_child_value(0).get_uint32() | states.get_child_value(1).get_uint32() << 32

    @classmethod
    @functools.lru_cache(4000)
    def of(cls, data):
        """Most of what a look tells was told by the last one, in the same bytes."""
        return cls(GLib.Variant.new_from_bytes(ITEM, GLib.Bytes.new(data), True))

    @property
    def node(self):
        return Node(*self.item.get_child_value(0).unpack())

    @property
    def faces(self):
        return self.item.get_child_value(5).unpack()

    def has(self, state):
        return self.states >> int(state) & 1


class Look:
    """One look at what is below a node. The cache knows names, roles and states of all that was asked for before, and of
    things that are hidden or gone: who is whose child is asked for anew, a whole level of the tree at a time. (What was
    hidden keeps its parent, place and state in the cache, and what took its place is not in it before somebody asks.)"""
    def __init__(self, root):
        self.owner, self.root, self.kids = root.owner, root.path, {}
        self._read()
        if root.path == APPLICATION:    # the cache gives it no windows
            self.kids[root.path] = [window.path for window in root.kids()]
        else:
            self._ask([root.path])
        level = self.kids[root.path]
        while level:
            if any(path not in self.seen for path in level):
                self._read()    # it knows them now
            self._ask(level)
            level = [kid for path in level for kid in self.kids[path]]

    def _read(self):
        items = Node(self.owner, '/org/a11y/atspi/cache').variant('org.a11y.atspi.Cache', 'GetItems').get_child_value(0)
        all_seen = (Seen.of(items.get_child_value(i).get_data_as_bytes().get_data()) for i in range(items.n_children()))
        self.seen = {seen.path: seen for seen in all_seen}

    def _n_kids(self, path):
        seen = self.seen.get(path)
        if path == self.root:
            return Node(self.owner, path).property('Accessible', 'ChildCount') if seen is not None else 0
        return seen.n_kids if seen is not None and seen.role not in LEAVES else 0

    def _ask(self, paths):
        """Finds their children; GetChildren would pass over the pages of a stack (GTK 4.8)."""
        found, wanted = {}, [(path, i) for path in paths for i in range(self._n_kids(path))]
        left = [len(wanted)]

        def on_answer(bus, result, key):
            left[0] -= 1
            try:
                found[key] = bus.call_finish(result).unpack()[0]
            except GLib.Error:    # it went away meanwhile
                pass
        for key in wanted:
            Node.bus().call(self.owner, key[0], 'org.a11y.atspi.Accessible', 'GetChildAtIndex', GLib.Variant('(i)', key[1:]),
                            None, Gio.DBusCallFlags.NONE, int(10000 * SLOW), None, on_answer, key)
        while left[0]:
            GLib.MainContext.default().iteration(True)
        self.kids.update((path, []) for path in paths)
        for key in wanted:
            if found.get(key, ('',))[0]:
                self.kids[key[0]].append(found[key][1])

    def role_above(self, seen):
        """The role of what it is in."""
        return self.seen[seen.parent].role if seen.parent in self.seen else None

    def walk(self, path=None, depth=0):
        """What is seen there and below, in order, with its depth."""
        seen = self.seen.get(path or self.root)
        if seen is not None:
            yield seen, depth
            for kid in self.kids.get(seen.path, ()):
                yield from self.walk(kid, depth + 1)


def kids(node):
    try:
        return node.kids()
    except GLib.Error:    # it went away meanwhile
        return []


def app(pid, timeout=15):
    registry = Node('org.a11y.atspi.Registry', APPLICATION)
    daemon = Node('org.freedesktop.DBus', '/org/freedesktop/DBus')

    def look():
        for node in registry.kids():
            try:
                if daemon.ask('org.freedesktop.DBus', 'GetConnectionUnixProcessID', '(s)', node.owner)[0] == pid:
                    return node
            except GLib.Error:    # one that has just ended
                pass
        return None
    return wait(look, timeout, f'application {pid} on the accessibility bus')


def role_of(node):
    return node.get_role_name()


def walk(root):
    """Every node there but below the leaves, with its depth."""
    for seen, depth in Look(root).walk():
        yield seen.node, depth


def look_for(root, name=None, role=None, fits=None, visible=True, state=None):
    """All that is seen of that name and AT-SPI role name, in that state, for which fits(node) holds."""
    for seen, _ in Look(root).walk():
        try:
            if ((name is None or seen.name == name) and (role is None or seen.role == role)
                    and (not visible or seen.has(State.VISIBLE)) and (state is None or seen.has(state))
                    and (fits is None or fits(seen.node))):
                yield seen
        except GLib.Error:
            continue


def matches(root, *args, **more):
    return (seen.node for seen in look_for(root, *args, **more))


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
    assert node.can('Action'), f'{node.get_role_name()} {node.get_name()!r} has no action'
    node.atspi('Action', 'DoAction', '(i)', 0)


def has(node, state):
    low, high = node.atspi('Accessible', 'GetState')[0]
    return bool((low | high << 32) >> int(state) & 1)


def written(node):
    return node.atspi('Text', 'GetText', '(ii)', 0, node.property('Text', 'CharacterCount'))[0]


def text(node):
    return written(node) if node.can('Text') else node.get_name()


def all_text(root, but=()):
    """All that a person could read below a node, a line each; but nothing of these roles."""
    return '\n'.join(filter(None, (written(seen.node) if 'org.a11y.atspi.Text' in seen.faces else seen.name
                                   for seen in look_for(root) if seen.role not in but)))


def set_text(node, string):
    """Into a source view, or the GtkText (role "text") within an entry."""
    if not node.can('EditableText'):
        node = find(node, role='text')
    assert node.atspi('EditableText', 'SetTextContents', '(s)', string)[0], 'not editable'


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
            flags = ''.join(c for c, state in marks.items() if has(node, state))
            print(f"{'  ' * depth}{node.get_role_name()} {node.get_name()!r} [{flags}] {extents(node)}", file=out)
        except GLib.Error as error:
            print(f"{'  ' * depth}?? {error}", file=out)


# ---- a real pointer and keyboard (X11 only)

def sh(*args):
    return subprocess.run(args, check=True, capture_output=True, text=True, timeout=20).stdout.strip()


def extents(node):
    """x, y, width and height of its content, from the corner of the window proper (without shadow)."""
    window = 1
    return node.atspi('Component', 'GetExtents', '(u)', window)[0] if node.can('Component') else (0, 0, 0, 0)


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
