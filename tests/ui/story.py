"""Sockeye's own window, in the words of a person: connect, see a row, compose, choose a tab."""
import subprocess
import time

import ui
from harness import free_port
from ui import has, State


class Story(ui.Window):
    """Everything is looked for on the page that is shown."""
    _stack = _page = None

    @property
    def page(self):
        """The only one there is, or the one that item() has shown."""
        if self._page is not None:
            return self._page
        if self._stack is None:
            self._stack = self.find('SkyStartPage').get_parent().get_parent()
        pages = [p for holder in ui.kids(self._stack) for p in ui.kids(holder) if p.get_name() == 'SkyLinkPage']
        if len(pages) != 1:
            raise ui.NotFound(f'{len(pages)} pages')
        return pages[0]

    def item(self, number):
        """Alt and a digit: that page of the sidebar, which takes the focus."""
        ui.keys(f'alt+{number}')
        time.sleep(0.2 * ui.SLOW)

        def look():
            for node in ui.find_all(self.app, state=State.FOCUSED):
                while node is not None and node.get_role_name() != 'frame':
                    if node.get_name() == 'SkyLinkPage':
                        return node
                    node = node.get_parent()
            return None
        self._page = ui.wait(look, 5, 'a page with the focus')
        return self._page

    def on_page(self, name=None, role=None, **more):
        return ui.wait(lambda: ui.find(self.page, name, role, timeout=0, **more), 5, f'{role} {name!r} on the page')

    # ---- to connect

    def connect(self, address, protocol='Auto'):
        """From the start page, with the keyboard."""
        entry = self.find('Address to connect to', 'text')
        ui.wait(lambda: has(entry, State.FOCUSED), 5, 'the cursor in the address')
        ui.keys('ctrl+a')
        ui.type_text(address)
        if protocol != 'Auto':
            ui.keys('Tab', 'space', *['Down'] * ['Auto', 'Socket.IO', 'WebSocket'].index(protocol), 'Return')
            ui.wait(lambda: protocol in ui.all_text(self.find('Protocol', 'combo box')), 5, protocol)
        self.press('Connect')
        ui.wait(lambda: self.page, 5, 'a page')

    def serve(self):
        """From the start page: a server on a free port; its address."""
        port = str(free_port())
        self.mouse_click(self.find(role='spin button'), repeat=3)
        ui.type_text(port)
        self.press('Start server')
        ui.wait(lambda: f'localhost:{port}' in ui.all_text(self.app), 10, 'a server')
        return f'http://127.0.0.1:{port}/'

    def strip(self):
        return ui.all_text(self.on_page('SkyLinkStrip'))

    def state(self, words, timeout=10):
        """Waits for the strip to begin with these words."""
        return ui.wait(lambda: [t for t in self.strip().splitlines() if t.startswith(words)], timeout,
                       f'state {words!r}')[0]

    def problem(self, *words, timeout=10):
        """Waits for the problem bar to be open and hold these words; returns its text."""
        def look():
            bar = ui.find(self.page, role='alert', timeout=0)
            said = ui.all_text(bar) if ui.size(bar)[1] > 20 else ''
            return said if said and all(w.lower() in said.lower() for w in words) else ''
        return ui.wait(look, timeout, f'a problem with {words}')

    # ---- timeline

    def seen_rows(self):
        """Rows that there are widgets for, from top to bottom; of a long list others claim the same places (GTK 4.8)."""
        table = ui.find(self.page, 'Records', 'tree table', timeout=0)
        x, top, width, height = ui.extents(table)
        look, shown = ui.Look(table), []
        for seen, _ in look.walk():
            if seen.role == 'table row' and seen.has(State.VISIBLE) and look.role_above(seen) == 'list':
                _, y, _, tall = ui.extents(seen.node)
                if tall > 0 and top <= y < top + height:
                    shown.append((y, seen))
        return [seen for _, seen in sorted(shown, key=lambda pair: pair[0])]

    def row_nodes(self):
        return [seen.node for seen in self.seen_rows()]

    def rows(self):
        return [seen.name for seen in self.seen_rows()]

    def row(self, *words, timeout=8):
        def look():
            return next((seen.node for seen in self.seen_rows() if all(w in seen.name for w in words)), None)
        return ui.wait(look, timeout, f'a row with {words}')

    def count(self):
        """How many records there are, as the only item of the sidebar says."""
        sidebar = self.find('Connections, servers and captures', 'list')
        return max((int(n.get_name().replace(',', '')) for n in ui.find_all(sidebar, role='label')
                    if n.get_name().replace(',', '').isdigit()), default=0)

    def selected(self):
        """The name of the row that is selected and on the screen, or None."""
        return next((seen.name for seen in self.seen_rows() if seen.has(State.SELECTED)), None)

    def arrow_to(self, *words, key='Up', most=30):
        """Presses an arrow until a row with these words is selected; the list must have the focus."""
        for _ in range(most):
            before = self.selected()
            if before and all(w in before for w in words):
                return before
            ui.keys(key)
            try:
                ui.wait(lambda: self.selected() != before, 1, 'another row')
            except ui.NotFound:
                pass    # the end of the list, or a row that looks alike
        raise ui.NotFound(f'no row with {words} by arrows; at {self.selected()!r}')

    def filter(self, string):
        """Ctrl+F and the words, or none."""
        ui.keys('ctrl+f')
        entry = self.on_page('Filter', 'entry')
        ui.wait(lambda: has(entry, State.FOCUSED), 5, 'the cursor in the filter')
        ui.keys('BackSpace')
        if string:
            ui.type_text(string)
        ui.wait(lambda: ui.text(entry) == string, 5, f'{string!r} in the filter')

    # ---- detail, composer

    def tab(self, name):
        """Chooses a page of whatever holds it: a pane, a part of the detail, of the composer."""
        tab = self.on_page(name, 'page tab')
        if not has(tab, State.SELECTED):
            self.mouse_click(tab)
        ui.wait(lambda: has(tab, State.SELECTED), 5, f'the tab {name}')
        return self.on_page(name, 'panel')

    def toggle(self, name, on=True, role='push button'):
        button = self.on_page(name, role)
        state = State.CHECKED if role == 'check box' else State.PRESSED
        if has(button, state) != on:
            self.mouse_click(button)
        ui.wait(lambda: has(button, state) == on, 5, f'{name} {"on" if on else "off"}')

    def compose(self, event, arguments='', ack=None):
        entry = self.on_page('Event name', 'text')
        ui.set_text(entry, event)
        ui.set_text(self.on_page('Arguments as JSON', 'text'), arguments)
        if ack is not None:
            self.toggle('Ask for an ack', ack, 'check box')

    def emit(self):
        """By its button, which must come to life."""
        button = self.on_page('Emit', 'push button')
        ui.wait(lambda: has(button, State.SENSITIVE), 5, 'Emit to be sensitive')
        ui.click(button)

    def result(self, *words, timeout=8):
        """Waits for the composer's line to hold these words."""
        def look():
            said = ui.all_text(ui.find(self.page, 'SkyComposeResult', timeout=0))
            return said if all(w in said for w in words) else ''
        return ui.wait(look, timeout, f'{words} beside the composer')

    # ---- pixels

    def picture(self, node, trim=0):
        """A fingerprint of what is painted there; trim: pixels at the right to leave out, for a scroll bar."""
        x, y, width, height = ui.extents(node)
        width -= trim
        left, top = ui.inset(node, self.id)
        return subprocess.run(
            ['import', '-silent', '-window', str(self.id), '-crop', f'{width}x{height}+{x + left}+{y + top}',
             '-format', '%#', 'info:'], capture_output=True, text=True, check=True, timeout=20).stdout
