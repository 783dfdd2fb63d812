#!/usr/bin/python3
"""The window without the mouse: shortcuts, the order of Tab, names for whoever cannot see, and following."""
import time

import ui
from harness import Server, case, main
from story import State, Story, has

# What a person may press, type into or choose; each must say what it is.
CONTROLS = {'push button', 'toggle button', 'check box', 'radio button', 'text', 'entry', 'password text', 'spin button',
            'combo box', 'page tab', 'list', 'tree table', 'slider', 'link'}
# GTK's own inner parts: the button within a drop-down, the row list within a column view.
INNER = {'GtkToggleButton', 'GtkColumnListView'}


def focused(window):
    """Where the focus is: role and name."""
    seen = next(ui.look_for(window.app, state=State.FOCUSED), None)
    return (seen.role, seen.name) if seen else (None, None)


def focus_is(window, name, what):
    ui.wait(lambda: focused(window)[1] == name, 5, what)


def demo(window):
    """The demo, with the first client's page in sight."""
    ui.wait(lambda: ui.find_all(window.app, 'SkyLinkPage'), 15, 'the demo')
    window.item(1)
    window.row('Socket.IO event', timeout=10)
    return window


def dialog(window):
    """Whatever window there is beside the main one."""
    return next((n for n in ui.kids(window.app) if not n.get_name().endswith('Sockeye') and has(n, State.VISIBLE)), None)


@case
def shortcuts_of_the_window():
    with Story('--demo') as window:
        demo(window)
        ui.keys('ctrl+l')
        focus_is(window, 'Address', 'the address by Ctrl+L')
        ui.keys('ctrl+n')
        focus_is(window, 'Address to connect to', 'the start page by Ctrl+N')
        ui.keys('Escape')
        ui.wait(lambda: 'alice' in window.find(role='frame').get_name(), 5, 'back by Esc')
        sidebar = window.find('SkySidebar')
        ui.keys('F9')
        ui.wait(lambda: ui.size(sidebar)[0] == 0, 5, 'the sidebar away by F9')
        ui.keys('F9')
        ui.wait(lambda: ui.find_all(window.app, 'SkySidebar', fits=lambda n: ui.size(n)[0] > 0), 5, 'the sidebar back by F9')
        window.item(2)
        ui.wait(lambda: 'bob' in window.find(role='frame').get_name(), 5, 'bob by Alt+2')


@case
def choosers_and_help_open_and_close():
    with Story('--demo') as window:
        demo(window)
        for key, what in (('ctrl+o', 'open a capture'), ('ctrl+s', 'save the capture'), ('ctrl+question', 'the shortcuts')):
            ui.keys(key)
            ui.wait(lambda: dialog(window), 10, f'a window to {what}')
            time.sleep(0.3 * ui.SLOW)
            ui.keys('Escape')
            ui.wait(lambda: not dialog(window), 5, f'the window to {what} gone by Esc')


@case
def filter_by_keyboard():
    with Story('--demo') as window:
        demo(window)
        before = window.rows()
        assert any('Upgrade' in r for r in before), before
        window.filter('event:say')
        left = ui.wait(lambda: (now := window.rows()) and all('event say' in r for r in now) and now, 5, 'events named say only')
        assert len(left) < len(before), f'{len(left)} of {len(before)}'
        ui.keys('Escape')
        ui.wait(lambda: any('Upgrade' in r for r in window.rows()), 5, 'all rows again by Esc')
        window.filter('event:no-such-thing')
        ui.wait(lambda: 'No record matches this filter' in ui.all_text(window.page), 5, 'words for an empty list')


@case
def close_by_keyboard():
    with Story('--demo') as window:
        demo(window)
        items = window.find('Connections, servers and captures', 'list')
        names = ui.wait(lambda: [n.get_name() for n in ui.find_all(items, role='push button')], 5, 'close buttons')
        window.mouse_click(window.row('Socket.IO event'))
        ui.keys('ctrl+w')
        ui.wait(lambda: 'Close alice' not in [n.get_name() for n in ui.find_all(items, role='push button')], 5, 'alice gone')
        for _ in names[1:]:
            ui.keys('ctrl+w')
            time.sleep(0.3 * ui.SLOW)
        focus = 'Address to connect to'
        ui.wait(lambda: not ui.find_all(window.app, 'SkyLinkPage'), 5, 'every page gone')
        ui.keys('ctrl+n')
        focus_is(window, focus, 'the start page at the end')


@case
def tab_comes_round():
    with Server('socketio.mjs') as server, Story() as window:
        window.connect(server.url('http'))
        window.state('connected ')
        window.mouse_click(window.row('received', 'CONNECT'))
        ui.keys('ctrl+l')
        focus_is(window, 'Address', 'the address')
        reached = []
        while len(reached) < 60 and ('text', 'Address') not in reached:
            ui.keys('Tab')
            reached.append(focused(window))
        names = [name for _, name in reached]
        assert ('text', 'Address') in reached, f'Tab does not come round: {names}'
        for wanted in ('Options…', 'Disconnect', 'Timeline', 'All', 'Filter', 'Follow', 'Bytes', 'Compose event', 'Event name',
                       'Ask for an ack', 'Arguments as JSON', 'Insert file…', 'New', 'Main menu'):
            assert wanted in names, f'Tab does not reach {wanted}: {names}'
        back = []
        while len(back) < 60 and ('text', 'Address') not in back:
            ui.keys('shift+Tab')
            back.append(focused(window))
        assert ('text', 'Address') in back, f'Shift+Tab does not come round: {back}'
        missed = {name for role, name in reached if role not in ('table row', 'tree item')} - {name for _, name in back}
        assert not missed, f'Shift+Tab does not reach {missed}'


@case
def tab_leaves_the_rows():
    with Server('socketio.mjs') as server, Story() as window:
        window.connect(server.url('http'))
        window.state('connected ')
        for key in ('Tab', 'shift+Tab'):
            window.mouse_click(window.row('sent', 'CONNECT'))
            ui.keys(key)
            role, name = focused(window)
            assert role != 'table row' and name != 'Records', f'{key} stays among the rows: {role} {name!r}'


def nameless(window, where):
    """Controls without a name of their own: GTK then gives that of the class."""
    found = []
    for seen in ui.look_for(window.app):
        if seen.role in CONTROLS and seen.name not in INNER and (not seen.name.strip() or seen.name.startswith(('Gtk', 'Sky'))):
            if ui.size(seen.node)[1] > 0:
                found.append(f'{seen.role} {seen.name!r} at {ui.extents(seen.node)} ({where})')
    return found


@case
def everything_has_a_name():
    with Story('--demo') as window:
        found = nameless(window, 'start page')
        demo(window)
        window.mouse_click(window.row('Socket.IO event'))
        for tab in ('Layers', 'Payload', 'Bytes', 'Explain', 'Raw message', 'History', 'Compose event', 'Handshake'):
            window.tab(tab)
            found += nameless(window, tab)
        window.item(4)
        found += nameless(window, 'host')
        assert not found, '\n'.join(sorted(set(found)))


@case
def follow_never_steals_scroll_or_selection():
    with Server('socketio.mjs', '--ping-interval', '100') as server, Story() as window:
        window.connect(server.url('http'))
        window.state('connected ')
        window.toggle('All')
        follow = window.on_page('Follow')
        table = window.on_page('Records', 'tree table')
        assert has(follow, State.PRESSED), 'it does not follow from the start'
        ui.wait(lambda: window.count() > 60, 15, 'more rows than the window holds')
        before = window.picture(table, 24)
        ui.wait(lambda: window.picture(table, 24) != before, 5, 'the newest row followed')

        window.filter('')
        ui.keys('Return', 'Home')
        ui.wait(lambda: 'connecting' in (window.selected() or ''), 5, 'the first row selected')
        ui.wait(lambda: not has(follow, State.PRESSED), 5, 'following to stop')
        time.sleep(0.5 * ui.SLOW)    # the focus ring, the scroll
        before, count = window.picture(table, 24), window.count()
        ui.wait(lambda: window.count() > count + 20, 10, 'rows meanwhile')
        assert window.picture(table, 24) == before, 'the view moved'
        assert 'connecting' in window.selected(), f'the selection moved to {window.selected()!r}'

        ui.keys('End')
        ui.wait(lambda: has(follow, State.PRESSED), 5, 'following again by End')
        before = window.picture(table, 24)
        ui.wait(lambda: window.picture(table, 24) != before, 5, 'the newest row followed')
        ui.keys('Home')
        ui.wait(lambda: not has(follow, State.PRESSED), 5, 'following to stop by Home')
        window.toggle('Follow')
        before = window.picture(table, 24)
        ui.wait(lambda: window.picture(table, 24) != before, 5, 'the newest row followed by the button')


main()
