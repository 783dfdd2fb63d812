#!/usr/bin/python3
"""The demo: it flows, drafts stay with their page, and nothing that a monkey does breaks it."""
import os
import random
import time

import ui
from harness import case, main
from story import State, Story, has

SEED, TURNS, SECONDS = int(os.environ.get('SOCKEYE_TEST_SEED', '42')), 200, 40
KEYS = ['Tab', 'shift+Tab', 'Up', 'Down', 'Home', 'End', 'Page_Up', 'Page_Down', 'Left', 'Right', 'space', 'Return', 'Escape',
        'Escape', 'BackSpace', 'a', '7', 'quotedbl', 'braceleft', 'ctrl+a', 'ctrl+z', 'ctrl+v', 'ctrl+Return', 'ctrl+f', 'ctrl+l',
        'ctrl+n', 'F9', 'alt+1', 'alt+2', 'alt+3', 'alt+4', 'Delete', 'Menu', 'ctrl+minus', 'ctrl+shift+n']
# A monkey's finger is kept from what ends the window or hides it, and from GTK's own file chooser: there a
# click on a column of a search, or Ctrl+F in its list, is a critical of GTK 4.8's.
SPARED = {'Close', 'Minimize', 'Maximize', 'Main menu', 'Open…', 'Insert file…', 'Save…', 'Choose…'}
CLICKED = {'push button', 'check box', 'page tab', 'text', 'entry', 'spin button', 'combo box', 'list item', 'table row',
           'tree table'}


def demo(window):
    ui.wait(lambda: ui.find_all(window.app, 'SkyLinkPage'), 15, 'the demo')
    return window


def names_in_sidebar(window):
    items = window.find('Connections, servers and captures', 'list')
    return [n.get_name() for n in ui.find_all(items, role='label')]


@case
def opens_with_a_host_and_clients_that_chat():
    with Story('--demo') as window:
        demo(window)
        names = ui.wait(lambda: 'SERVERS' in (now := names_in_sidebar(window)) and now, 10, 'a server')
        assert {'CONNECTIONS', 'alice', 'bob', 'echo'} <= set(names), names
        assert any(n.startswith('localhost:') for n in names) and '3 clients · Demo chat' in names, names
        window.item(1)
        window.row('sent', 'Socket.IO event say', timeout=10)
        window.row('received', 'Socket.IO event say', timeout=15)
        window.item(4)
        window.state('listening')
        before = window.picture(window.on_page('Records', 'tree table'), 24)
        ui.wait(lambda: window.picture(window.on_page('Records', 'tree table'), 24) != before, 15, 'rows at the host')


@case
def drafts_stay_with_their_page():
    with Story('--demo') as window:
        demo(window)
        drafts = {1: ('one', '{"draft": 1}'), 2: ('two', '[2, 2.0]')}
        for number, (event, arguments) in drafts.items():
            window.item(number)
            window.compose(event, arguments, ack=number == 1)
        for number in (1, 2, 1):
            window.item(number)
            event, arguments = drafts[number]
            assert ui.text(window.on_page('Event name', 'text')) == event
            assert ui.text(window.on_page('Arguments as JSON', 'text')) == arguments
            assert has(window.on_page('Ask for an ack', 'check box'), State.CHECKED) == (number == 1)


def targets(window):
    """What a pointer may hit: every control with a size, within the window."""
    _, _, width, height = ui.extents(window.find(role='frame'))
    found = []
    for seen in ui.look_for(window.app):
        if seen.role in CLICKED and seen.name not in SPARED:
            x, y, w, h = ui.extents(seen.node)
            if w > 0 and h > 0 and 0 <= x + w // 2 < width and 0 <= y + h // 2 < height:
                found.append((seen.role, seen.name, x + w // 2, y + h // 2))
    return found


def turn(window, chance, places, inset):
    """Does one thing; returns what, for the story of a failure."""
    if len(ui.kids(window.app)) > 1:    # a chooser, by way of Tab and Return
        ui.keys('Escape')
        return 'Escape from a dialog'
    if chance.random() < 0.5 or not places:
        key = chance.choice(KEYS)
        ui.keys(key)
        return key
    role, name, x, y = chance.choice(places)
    button = chance.choice('1113') if y > 46 else '1'    # the header bar's own menu can minimize the window
    ui.sh('xdotool', 'mousemove', '--window', window.id, str(x + inset[0]), str(y + inset[1]), 'click', button)
    return f'button {button} on {role} {name!r} at {x},{y}'


@case
def a_monkey_breaks_nothing():
    chance, story, places = random.Random(SEED), [], []
    with Story('--demo') as window:
        demo(window)
        frame = window.find(role='frame')
        inset, end = ui.inset(frame, window.id), time.monotonic() + SECONDS * ui.SLOW
        try:
            for number in range(TURNS):
                if number % 8 == 0:
                    places = targets(window)
                story.append(turn(window, chance, places, inset))
                assert window.child.poll() is None, f'it ended with {window.child.poll()}'
                assert not window.complaints(), '\n'.join(window.complaints())
                if time.monotonic() > end:
                    break
            print(f'# {number + 1} turns of seed {SEED}')
            assert number > TURNS // 4, f'only {number} turns in {SECONDS} s: it hangs'
            for _ in range(4):    # out of whatever is open
                ui.keys('Escape')
            ui.keys('ctrl+n')
            ui.wait(lambda: has(window.find('Address to connect to', 'text'), State.FOCUSED), 10, 'an answer to Ctrl+N')
        except Exception:
            print('# ' + '\n# '.join(story), flush=True)
            raise


main()
