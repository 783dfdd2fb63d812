#!/usr/bin/python3
"""Who reads, scrolls and selects while a server is busy loses nothing: no list moves below the eyes, none forgets the row."""
import time

import ui
from harness import Client, case, main
from story import State, Story, has

SECONDS = 5
TREE = 'Namespaces, rooms and sockets'


class Crowd(Client):
    """Clients in thirty rooms, never an empty one, who talk and change rooms."""
    def __init__(self, url, sockets=160, rate=1):
        super().__init__('crowd.mjs', url, '--sockets', str(sockets), '--rooms', '30', '--rate', str(rate), '--keep')


def busy(window, sockets=160):
    """A server and its crowd, once they talk."""
    crowd = Crowd(window.serve(), sockets)
    ui.wait(lambda: window.count() > 5 * sockets, 20, 'records')
    return crowd


def look_at(window, table):
    node = window.on_page(table, 'tree table')
    _, top, _, height = ui.extents(node)
    rows = [(ui.extents(n)[1] - top, n)
            for n in ui.matches(node, role='table row', fits=lambda n: n.get_parent().get_role_name() == 'list' and ui.size(n)[1] > 0)]
    rows = [(y, n.get_name(), has(n, State.SELECTED), n) for y, n in rows if 0 <= y < height]
    return sorted(rows, key=lambda row: row[:2])


def shown(window, table):
    """The rows that are in view, from top to bottom: place, name, whether it is selected, node."""
    return ui.wait(lambda: look_at(window, table), 5, f'a look at {table}')    # again, if one goes under the look


def selected(window, table):
    return [(y, name.split(',')[0]) for y, name, is_selected, _ in shown(window, table) if is_selected]


def stays(window, look, seconds=SECONDS):
    """Watches look() for a while in which many records come."""
    first, before, end = look(), window.count(), time.monotonic() + seconds * ui.SLOW
    while time.monotonic() < end:
        now = look()
        assert now == first, f'{first}\nbecame\n{now}'
        time.sleep(0.1)
    ui.wait(lambda: window.count() > before + 100, 20, 'a hundred records meanwhile')
    return first


def choose_far_down(window, table, n_pages):
    """A click into the list, some pages down, and one row more."""
    shown(window, table)
    for _ in range(2):    # the first stops a list that follows, at whatever row; not on a row, which may be elsewhere by then
        window.mouse_click(window.on_page(table, 'tree table'))
        time.sleep(0.7 * ui.SLOW)    # two clicks, no double one
    ui.wait(lambda: selected(window, table), 5, 'the row below the pointer')
    for key in ['Home'] + ['Page_Down'] * n_pages + ['Up']:
        ui.keys(key)
        time.sleep(0.3 * ui.SLOW)
    chosen = ui.wait(lambda: selected(window, table), 5, 'a chosen row in view')
    print(f'# {chosen}')
    return chosen


@case
def timeline():
    with Story() as window, busy(window):
        window.tab('Timeline')
        choose_far_down(window, 'Records', 3)
        rows = stays(window, lambda: [row[:3] for row in shown(window, 'Records')])
        assert sum(row[2] for row in rows) == 1, rows
        assert not has(window.on_page('Follow', 'push button'), State.PRESSED)


@case
def a_row_that_is_pressed_stays_below_the_pointer():
    with Story() as window, busy(window, sockets=30):
        window.tab('Timeline')
        ui.wait(lambda: has(window.on_page('Follow', 'push button'), State.PRESSED), 5, 'a list that follows')
        node = window.on_page('Records', 'tree table')
        x, y = (a + b for a, b in zip(ui.center(node), ui.inset(node, window.id)))
        ui.sh('xdotool', 'mousemove', '--window', str(window.id), str(x), str(y), 'mousedown', '1')
        ui.wait(lambda: not has(window.on_page('Follow', 'push button'), State.PRESSED), 5, 'it to stop')
        time.sleep(0.3 * ui.SLOW)    # a slow finger
        ui.sh('xdotool', 'mouseup', '1')
        ui.wait(lambda: len(selected(window, 'Records')) == 1, 5, 'that row')


@case
def rooms():
    with Story() as window, busy(window):
        window.tab('Rooms')
        first = ui.wait(lambda: next((n for *_, n in shown(window, TREE) if n.get_name().startswith('Room room-0,')), None), 10, 'rooms')
        window.mouse_click(first)
        ui.keys('minus')    # whose sockets come and go
        ui.wait(lambda: not [1 for row in shown(window, TREE) if row[1].startswith('Socket')], 5, 'a closed room')
        choose_far_down(window, TREE, 1)
        stays(window, lambda: selected(window, TREE))


@case
def clients():
    with Story() as window, busy(window):
        window.tab('Clients')
        ui.wait(lambda: len(shown(window, 'Clients')) > 5, 10, 'clients')
        choose_far_down(window, 'Clients', 2)
        stays(window, lambda: selected(window, 'Clients'))


main()
