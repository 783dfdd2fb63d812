#!/usr/bin/python3
"""A person writes what a server answers, and a real client hears it at once."""
import json
import pathlib
import tempfile
import time

import ui
from harness import Client, case, free_port, main
from story import State, Story, has

MISTAKE = '{\n  "namespaces": {\n    "/": { "on": { "q": [ { "ack": ["broken"], } ] } }\n  }\n}\n'


def answer(word):
    return '{\n  "namespaces": {\n    "/": { "on": { "q": [ { "ack": ["' + word + '"] } ] } }\n  }\n}\n'


class Kept:
    """A state directory of its own, for windows one after the other."""
    def __enter__(self):
        self.dir = tempfile.TemporaryDirectory()
        self.env = {'XDG_STATE_HOME': self.dir.name}
        return self

    def __exit__(self, *_):
        self.dir.cleanup()


def host(window, port):
    """From the start page, with the keyboard."""
    ui.keys('ctrl+shift+n')
    time.sleep(0.3 * ui.SLOW)
    ui.keys('ctrl+a')
    ui.type_text(str(port))
    ui.keys('Return')
    ui.wait(lambda: window.page, 5, 'a page')
    window.state('listening')
    window.tab('Rules')
    return editor(window)


def editor(window):
    return window.on_page('Rules', 'text')


def write(window, text):
    ui.set_text(editor(window), text)


def verdict(window, *words):
    def look():
        said = ui.all_text(window.on_page('SkyRulesPane'), but=('page tab', 'panel'))    # one is called "In effect"
        return all(w in said for w in words) and said
    return ui.wait(look, 6, f'a verdict with {words}')


def ask(client, *event):
    after = len(client.seen)
    client.child.stdin.write(json.dumps(event) + '\n')
    client.child.stdin.flush()
    return client.expect(lambda r: 'answer' in r, 'an answer', 10, after)['answer']


def connected(port):
    return Client('asking.mjs', f'http://127.0.0.1:{port}')


def fired(window, rule, times):
    words = f'Rule {rule} in /, fired {times} time'
    ui.wait(lambda: any(n.get_name().startswith(words) for n in
                        ui.find_all(window.on_page('Rules that are played', 'tree table'), role='table row')), 6, words)


def example(window, name):
    window.mouse_click(next(n for n in ui.find_all(window.page, 'Examples') if ui.size(n)[0] > 0))
    button = window.find(name, 'push button', fits=lambda n: ui.size(n)[0] > 0)
    time.sleep(0.3 * ui.SLOW)
    ui.click(button)


@case
def a_mistake_and_its_mending():
    port = free_port()
    with Story() as window:
        host(window, port)
        verdict(window, 'In effect')
        write(window, answer('first'))
        fired(window, 'q', 0)
        with connected(port) as client:
            client.expect(lambda r: 'connected' in r, 'the connection')
            assert ask(client, 'q') == ['first']
            fired(window, 'q', 1)
            write(window, MISTAKE)
            verdict(window, 'Line 3: A comma has nothing after it', 'the rules before still answer')
            assert ask(client, 'q') == ['first']
            write(window, answer('second'))
            verdict(window, 'In effect')
            assert ask(client, 'q') == ['second']
            fired(window, 'q', 3)
            assert ask(client, 'other') is None
            assert not [r for r in client.seen if 'disconnected' in r], client.story()
        window.tab('Timeline')
        row = window.row('received', 'event other')
        assert 'no listener' in row.get_name(), row.get_name()
        window.row('received', 'event q')
        assert not [r for r in window.rows() if 'event q' in r and 'no listener' in r], window.rows()


@case
def goes_to_the_mistake():
    with Story() as window:
        text = host(window, free_port())
        write(window, MISTAKE)
        verdict(window, 'Line 3')
        window.mouse_click(window.on_page('Go to the mistake', 'push button'))
        ui.wait(lambda: has(text, State.FOCUSED), 5, 'the cursor in the text')
        place = MISTAKE.index(', }')
        ui.wait(lambda: text.property('Text', 'CaretOffset') == place, 5, 'the cursor at the comma')
        ui.keys('ctrl+Home')
        ui.wait(lambda: text.property('Text', 'CaretOffset') == 0, 5, 'the cursor at the top')
        ui.keys('F8')
        ui.wait(lambda: text.property('Text', 'CaretOffset') == place, 5, 'the cursor at the comma again')


@case
def an_example_is_asked_for_and_undone():
    with Story() as window:
        text = host(window, free_port())
        example(window, 'Echo')
        verdict(window, 'Whatever comes goes back', 'In effect')    # nothing of one's own is lost: not asked
        write(window, answer('mine'))
        verdict(window, 'mine')
        example(window, 'Ticker')
        ui.click(window.find('Keep Mine', 'push button'))
        ui.wait(lambda: not ui.find_all(window.app, 'Keep Mine'), 5, 'the question to go')
        assert ui.text(text) == answer('mine')
        example(window, 'Ticker')
        ui.click(window.find('Replace', 'push button'))
        verdict(window, 'An event every second', 'Ctrl+Z')
        ui.wait(lambda: has(text, State.FOCUSED), 5, 'the cursor in the text')
        ui.keys('ctrl+z')
        ui.wait(lambda: ui.text(text) == answer('mine'), 5, 'the text of before')
        verdict(window, 'In effect')


def choose_file(window, path):
    """In GTK's own dialog: a path that is typed goes into its field."""
    time.sleep(1 * ui.SLOW)
    ui.keys('ctrl+a')
    ui.type_text(str(path))
    time.sleep(0.5 * ui.SLOW)
    ui.keys('Return')


@case
def saves_and_follows_a_file():
    with tempfile.TemporaryDirectory() as folder, Story() as window:
        path = pathlib.Path(folder, 'mine.json')
        text = host(window, free_port())
        write(window, answer('saved'))
        verdict(window, 'In no file')
        window.mouse_click(text)
        ui.keys('ctrl+s')
        choose_file(window, path)
        ui.wait(lambda: path.exists() and path.read_text() == answer('saved'), 8, 'the file')
        verdict(window, 'mine.json')
        write(window, answer('again'))
        verdict(window, 'mine.json, not saved')
        window.mouse_click(text)
        ui.keys('ctrl+s')
        ui.wait(lambda: path.read_text() == answer('again'), 8, 'the file once more')
        path.write_text(answer('outside'))
        ui.wait(lambda: ui.text(text) == answer('outside'), 8, 'the text of the other program')
        verdict(window, 'another program has changed')
        write(window, answer('inside'))
        verdict(window, 'mine.json, not saved')
        path.write_text(answer('outside again'))
        verdict(window, 'Your text stays')
        assert ui.text(text) == answer('inside')


@case
def comes_back():
    """However it ended: the text of a port is there again."""
    port = free_port()
    with Kept() as kept:
        with Story(env=kept.env) as window:
            host(window, port)
            write(window, MISTAKE)
            verdict(window, 'Line 3')
            time.sleep(1.2 * ui.SLOW)
            window.child.kill()
            window.child.wait()
        with Story(env=kept.env) as window:
            text = host(window, port)
            assert ui.text(text) == MISTAKE
            verdict(window, 'Line 3')
            write(window, answer('closed'))
            verdict(window, 'In effect')
            ui.keys('ctrl+w')
            ui.wait(lambda: not ui.find_all(window.app, 'SkyLinkPage'), 5, 'the page to close')
        with Story(env=kept.env) as window:
            text = host(window, port)
            assert ui.text(text) == answer('closed')
            window.press('Reset')
            ui.wait(lambda: 'First server' in ui.text(text), 5, 'the first rules')


@case
def tells_what_can_be_written():
    with Story() as window:
        text = host(window, free_port())
        write(window, '{ "namespaces": { "/": { "onAny": [  ] } } }')
        verdict(window, 'In effect')
        window.tab('Guide')
        ui.set_text(window.on_page('Search the guide', 'entry'), 'answers the event')
        row = ui.wait(lambda: next((n for n in ui.find_all(window.page, role='list item')
                                    if n.get_name().startswith('ack:') and ui.size(n)[1] > 0), None), 5, 'the word ack')
        window.mouse_click(text)
        ui.keys('ctrl+End', *['Left'] * 9)
        time.sleep(0.2 * ui.SLOW)
        window.mouse_click(row)
        ui.wait(lambda: '"ack": [{ "ok": true }]' in ui.text(text), 5, 'the example in the text')
        verdict(window, 'In effect')


main()
