#!/usr/bin/python3
"""The window's own host with a person's rules: Chromium and the npm client take it for what sockeye-cli host is."""
import pathlib
import shutil
import tempfile
import time

import ui
import logs    # beside harness, where ui has shown the way
from harness import HERE, Cli, Client, case, free_port, main, passed
from story import Story

RULES = HERE / 'rules/behaviours.json'


class WindowHost(Story):
    """Started from the start page, and its rules written into the pane."""
    def __init__(self):
        super().__init__()
        self.port = free_port()

    def serve(self):
        ui.keys('ctrl+shift+n')
        time.sleep(0.3 * ui.SLOW)
        ui.keys('ctrl+a')
        ui.type_text(str(self.port))
        ui.keys('Return')
        ui.wait(lambda: self.page, 5, 'a page')
        self.state('listening')
        self.tab('Rules')
        ui.set_text(self.on_page('Rules', 'text'), RULES.read_text())
        ui.wait(lambda: self.fired('cut') == '0', 10, 'the rules to hold')
        return f'http://127.0.0.1:{self.port}/'

    def fired(self, rule):
        """How often, as the list beside the rules says."""
        start = f'Rule {rule} in /, fired '
        return next((node.get_name().removeprefix(start).split()[0]
                     for node in ui.find_all(self.on_page('Rules that are played', 'tree table'), role='table row')
                     if node.get_name().startswith(start)), None)


def log_of(url, folder, name, *args):
    file = pathlib.Path(folder) / name
    with Client('behaviours.mjs', url, '--log', file, *args) as client:
        passed(client)
    return logs.read(file)


@case
def is_the_same_as_on_a_terminal():
    with tempfile.TemporaryDirectory() as folder, WindowHost() as window, Cli.host('--rules', RULES, '--quiet') as host:
        url = window.serve()
        for args in (['--way', 'upgrade'], ['--way', 'polling', '--client', '2']):
            logs.compare(log_of(url, folder, 'window', *args), log_of(host.at, folder, 'terminal', *args))
        window.tab('Timeline')
        assert not [row for row in window.rows() if 'no listener' in row], window.rows()


@case
def takes_a_browser():
    if not any(map(shutil.which, ('chromium', 'chromium-browser', 'google-chrome'))):
        return
    with WindowHost() as window:
        url = window.serve()
        with Client('page.mjs', url, '--client', '4', '--client', '2', '--way', 'polling', '--way', 'upgrade') as client:
            passed(client, 110)
        ui.wait(lambda: window.fired('echo') not in (None, '0'), 6, 'the rule to have fired')


if __name__ == '__main__':
    main()
