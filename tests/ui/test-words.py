#!/usr/bin/python3
"""Names of events, and arguments, that a connection has heard are offered where the next event is written."""
import time

import ui
from harness import Server, case, main
from story import State, Story, has


def listed(window):
    """What the open list says, from top to bottom; nothing if it is closed."""
    lists = [n for n in ui.matches(window.page, role='list') if n.get_name() in ('Events of this connection', 'Arguments to begin with')]
    return [n.get_name() for n in ui.kids(lists[0])] if lists else []


def wait_listed(window, fits, what):
    return ui.wait(lambda: (now := listed(window)) and fits(now) and now, 6, what)


def entry(window):
    return window.on_page('Event name', 'text')


def arguments(window):
    return ui.text(window.on_page('Arguments as JSON', 'text'))


def closed(window, why):
    ui.wait(lambda: not listed(window), 5, why)


@case
def names_and_arguments_of_a_real_server():
    with Server('socketio.mjs') as server, Story() as window:
        window.connect(server.url('http'))
        window.state('connected ')
        for event, args in (('echo', '{"user": "ann", "at": 1.50}, [1]'), ('message', '"hello"'), ('echo', '{"user": "bob"}, [2]')):
            window.compose(event, args, ack=True)
            window.emit()
            window.row('sent', f'event {event}', args.split()[-1].strip('{}'), 'ack in')
        window.compose('', '')
        window.mouse_click(entry(window))

        ui.keys('ctrl+space')    # all, and nothing chosen
        names = wait_listed(window, lambda now: len(now) >= 2, 'all names by Ctrl+Space')
        assert names[0].startswith('echo, sent 2 times, received 2 times, '), names
        assert any(n.startswith('message, sent 1 time') for n in names), names
        assert '({user: string, at?: number}, number[])' in names[0] and '→ ack' in names[0], names
        assert not any(n.startswith('connect,') for n in names), names
        ui.keys('Escape')
        closed(window, 'the list to close by Escape')

        ui.type_text('ec')    # as one types
        wait_listed(window, lambda now: now[0].startswith('echo,') and len(now) == 1, 'echo alone')
        assert ui.text(entry(window)) == 'ec', 'the list changed what was typed'
        ui.keys('Down', 'Return')
        assert wait_listed(window, lambda now: now[0].startswith('Fill in'), 'arguments to fill in') == [
            'Fill in the arguments seen last, {"user":"bob"}, [2]', 'Fill in empty arguments, {"user":"","at":0}, [0]']
        assert ui.text(entry(window)) == 'echo' and arguments(window) == ''
        ui.keys('Return')
        ui.wait(lambda: arguments(window) == '{"user":"bob"}, [2]', 5, 'the arguments seen last')
        closed(window, 'the list to close when something is chosen')

        ui.type_text(' ')    # the cursor is in them; what is there is kept, and comes back
        ui.keys('ctrl+a')
        ui.type_text('"mine"')
        ui.wait(lambda: arguments(window) == '"mine"', 5, 'arguments of my own')
        window.mouse_click(entry(window))
        ui.keys('ctrl+a')
        ui.type_text('CH')
        wait_listed(window, lambda now: now[0].startswith('echo,'), 'echo by what is in it')
        ui.keys('Down', 'Return')
        offered = wait_listed(window, lambda now: now[0].startswith('Keep'), 'my arguments to be kept first')
        assert offered[0] == 'Keep the arguments, "mine"' and len(offered) == 3, offered
        ui.keys('Down', 'Down', 'Return')
        ui.wait(lambda: arguments(window) == '{"user":"","at":0}, [0]', 5, 'empty arguments')
        ui.type_text('zoe')
        ui.wait(lambda: arguments(window) == '{"user":"zoe","at":0}, [0]', 5, 'the cursor in the first gap')
        for _ in range(4):    # the typing, then what was filled in
            if arguments(window) != '"mine"':
                ui.keys('ctrl+z')
                time.sleep(0.1 * ui.SLOW)
        assert arguments(window) == '"mine"', f'Ctrl+Z brought back {arguments(window)}'


@case
def what_is_typed_is_never_replaced():
    with Story('--demo') as window:
        ui.wait(lambda: ui.find_all(window.app, 'SkyLinkPage'), 15, 'the demo')
        window.item(1)
        window.row('event say', timeout=15)
        window.mouse_click(entry(window))
        ui.type_text('sa')
        wait_listed(window, lambda now: now[0].startswith('say, '), 'say')
        ui.keys('Return')
        closed(window, 'the list to close by Return')
        ui.wait(lambda: has(window.on_page('Arguments as JSON', 'text'), State.FOCUSED), 5, 'Return to lead to the arguments')
        assert ui.text(entry(window)) == 'sa', ui.text(entry(window))

        window.mouse_click(entry(window))
        ui.keys('End')
        ui.type_text('y')    # the whole name of the only one: no list
        time.sleep(0.3 * ui.SLOW)
        closed(window, 'the list to stay away from a whole name')
        ui.keys('Down')    # unless it is asked for
        wait_listed(window, lambda now: len(now) > 1 and now[0].startswith('say, '), 'all names by Down')
        ui.keys('Tab')
        closed(window, 'the list to close by Tab')
        assert ui.text(entry(window)) == 'say'

        window.mouse_click(window.on_page('Arguments as JSON', 'text'))
        ui.type_text('"a", {"te')    # keys of that argument, when asked for
        ui.keys('ctrl+space')
        time.sleep(0.5 * ui.SLOW)
        ui.keys('Return')
        ui.wait(lambda: arguments(window) == '"a", {"text": ', 5, 'a key to be completed')
        ui.type_text('1, ')
        ui.keys('Return')
        ui.wait(lambda: arguments(window) == '"a", {"text": 1, \n', 5, 'Return to be a line break again')

        ui.keys('ctrl+a', 'BackSpace')
        window.mouse_click(entry(window))
        ui.keys('ctrl+a')
        ui.type_text('zzz')
        time.sleep(0.3 * ui.SLOW)
        assert not listed(window), listed(window)
        ui.keys('ctrl+Return')
        window.result('zzz')


main()
