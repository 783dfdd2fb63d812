#!/usr/bin/python3
"""test-languages.py LANGUAGE: at 900×600 the window cuts none of its own words, wherever one goes in it.

What the program says of itself comes from the catalog; what it shows of others (an address, an event, a header) may be
shortened. cut-text.c looks at every label, and is where $CUT_TEXT says. With $SOCKEYE_TEST_SHOTS a picture of each place.
"""
import ast
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

import ui
from harness import case, free_port, main
from story import State, Story, has

LANGUAGE = sys.argv.pop(1)
PO = pathlib.Path(__file__).resolve().parents[2] / 'po'
FORMAT = re.compile(r"%(?:\d+\$)?[-+ 0#']*[\d.*]*(?:<PRI\w+>|h|l|ll|z|j)*([diouxXeEfgGcs%])")
NUMBERS = 'diouxXeEfgG'
look_for = ui.look_for


def entries(po):
    """(msgid, msgid_plural or None, [msgstr…]) of each entry."""
    for block in po.read_text(encoding='utf-8').split('\n\n'):
        found = {}
        for key, text in re.findall(r'^(msg\w+(?:\[\d\])?) ((?:".*"\s*)+)', block, re.M):
            found[key] = ''.join(ast.literal_eval(line) for line in text.split('\n') if line)
        if found.get('msgid'):
            yield found['msgid'], found.get('msgid_plural'), [t for k, t in found.items() if k.startswith('msgstr') and t]


class Words:
    """What the program says of itself in a language: constant, or with no more than numbers in it."""
    def __init__(self, language):
        self.constant, self.formats, self.of = set(), [], {}
        for msgid, plural, said in entries(PO / ('de.po' if language == 'en' else f'{language}.po')):
            if language == 'en' or not said:
                said = [msgid, plural] if plural else [msgid]
            self.of[msgid] = said[0]
            for text in said:
                self._add(text)

    def _add(self, text):
        kinds = FORMAT.findall(text)
        if not kinds:
            self.constant |= {' '.join(text.split()), ' '.join(text.replace('_', '').split())}
        elif all(kind in NUMBERS for kind in kinds) and FORMAT.sub('', text).strip():
            parts = [re.escape(part) for part in FORMAT.split(text)[::2]]
            self.formats.append(re.compile(r'[\d.,\s’]+'.join(parts)))

    def own(self, text):
        text = ' '.join(text.split())
        return text in self.constant or any(form.fullmatch(text) for form in self.formats)


WORDS = Words(LANGUAGE)


def say(english):
    return WORDS.of.get(english, english)


def look_for_words(root, name=None, *args, **more):
    """A test is written in English: it looks for what that is in the language of the window."""
    return look_for(root, say(name) if name else name, *args, **more)


ui.look_for = look_for_words


class Polyglot(Story):
    def __init__(self, *args):
        self.folder = tempfile.TemporaryDirectory()
        self.report, self.seen, self.cut = pathlib.Path(self.folder.name, 'report'), [], []
        if LANGUAGE != 'en':
            catalog = pathlib.Path(self.folder.name, LANGUAGE, 'LC_MESSAGES/sockeye.mo')
            catalog.parent.mkdir(parents=True)
            subprocess.run(['msgfmt', '-o', catalog, PO / f'{LANGUAGE}.po'], check=True)
        # A path with a space in it would be two to the loader.
        preload = shutil.copy(os.environ['CUT_TEXT'], self.folder.name)
        super().__init__(*args, env={'LANGUAGE': LANGUAGE, 'LD_PRELOAD': preload, 'CUT_TEXT_OUT': str(self.report),
                                     'CUT_TEXT_CATALOGS': self.folder.name})

    def look(self, place):
        """Notes each of the program's own words that cannot be read in full here."""
        time.sleep(0.35 * ui.SLOW)    # what slides in has come to rest
        self.report.unlink(missing_ok=True)
        self.child.send_signal(signal.SIGUSR1)
        lines = ui.wait(lambda: self.report.exists() and self.report.read_text(encoding='utf-8').splitlines(), 8, f'a report on {place}')
        *cut, end = [line.split('\t') for line in lines]
        assert end[0] == 'END' and int(end[2]) > 10, f'{place}: {end}'
        self.seen.append(place)
        self.cut += [f'{place}: {why}: “{text}” ({where.strip()})' for why, where, text in cut if WORDS.own(text)]
        if os.environ.get('SOCKEYE_TEST_SHOTS'):
            self.shot(pathlib.Path(os.environ['SOCKEYE_TEST_SHOTS'], f'{place.replace(" ", "-")}-{LANGUAGE}.png'))

    def nothing_was_cut(self):
        print(f'# looked at {len(self.seen)} places: {", ".join(self.seen)}')
        assert not self.cut, '\n'.join(sorted(set(self.cut)))

    def turn(self, place, *names):
        """Chooses each of the tabs and looks."""
        for name in names:
            self.tab(name)
            self.look(f'{place} {name.lower()}')

    def options(self, place, title, *pages):
        """Opens the dialog behind the button of that name, looks at each page, and leaves it."""
        start = {say('Options…'), say('Options, %s changed').split('%')[0], say('Options, %s set').split('%')[0]}
        ui.click(next(n for n in ui.find_all(self.page, role='push button') if n.get_name().startswith(tuple(start))))
        title = say(title)
        dialog = ui.wait(lambda: next((n for n in ui.kids(self.app) if n.get_name() == title and has(n, State.VISIBLE)), None), 5,
                         f'the window “{title}”')
        window = ui.wait(lambda: ui.sh('xdotool', 'search', '--onlyvisible', '--name', f'^{title}$').split(), 5, title)[-1]
        for page in pages:
            ui.mouse_click(ui.find(dialog, page, 'label'), window)
            self.look(f'{place} options {page.lower()}')
        ui.keys('Escape')
        ui.wait(lambda: not [n for n in ui.kids(self.app) if n.get_name() == title and has(n, State.VISIBLE)], 5, 'it to go')

    def list(self, place, name):
        """Opens what the button of that name has to choose from."""
        button = next(n for n in ui.find_all(self.page, name, 'push button') if ui.size(n)[0] > 0)
        self.mouse_click(button)
        self.look(place)
        ui.keys('Escape')

    def menu(self, place, *keys):
        ui.keys(*keys)
        self.look(place)
        ui.keys('Escape')


def demo(window):
    ui.wait(lambda: ui.find_all(window.app, 'SkyLinkPage'), 15, 'the demo')


@case
def the_start():
    with Polyglot() as window:
        window.look('start page')
        window.menu('main menu', 'F10')
        window.menu('shortcuts', 'ctrl+question')
        window.nothing_was_cut()


@case
def a_client():
    with Polyglot('--demo') as window:
        demo(window)
        window.item(1)
        ui.wait(lambda: len(window.row_nodes()) > 6, 10, 'some records')
        window.look('client timeline')
        window.mouse_click(window.row_nodes()[-2])
        window.turn('client detail', 'Layers', 'Payload', 'Bytes', 'Explain')
        window.turn('client composer', 'Raw message', 'History', 'Compose event')
        window.turn('client', 'Handshake', 'Rooms', 'Clients')
        window.options('client', 'Connection options', 'Address', 'Transport', 'Headers', 'Sign-in', 'Security', 'Reconnection', 'Answers')
        window.nothing_was_cut()


@case
def a_host():
    with Polyglot('--demo') as window:
        demo(window)
        window.item(4)
        window.look('host timeline')
        window.list('client code', 'Copy client code')
        window.turn('host', 'Rooms', 'Clients', 'Rules')
        window.turn('host rules', 'Guide', 'In effect')
        window.options('host', 'Server options', 'Engine.IO', 'Web pages', 'Security', 'Recovery', 'Admin')
        window.nothing_was_cut()


@case
def what_went_wrong():
    with Polyglot() as window:
        window.connect(f'http://127.0.0.1:{free_port()}/')
        ui.wait(lambda: [n for n in ui.find_all(window.page, role='alert') if ui.size(n)[1] > 20], 10, 'a problem')
        window.look('problem')
        window.menu('save connection', 'ctrl+d')
        ui.keys('ctrl+e')
        ui.wait(lambda: len(ui.kids(window.app)) > 1, 5, 'the report')
        window.look('report')
        ui.keys('Escape')
        window.nothing_was_cut()


main()
