#!/usr/bin/python3
"""The npm clients against sockeye-cli host --rules: each example of data/rules does what its description says."""
import pathlib
import tempfile

from harness import HERE, Cli, Client, case, main, passed

RULES = HERE.parents[1] / 'data/rules'
EXAMPLES = {'flaky': 'flaky', 'acks': 'acks-and-timeouts', 'ticker': 'ticker', 'echo': 'echo', 'chat': 'chat-with-rooms',
            'auth': 'auth-required', 'binary': 'binary-files', 'page': 'test-page', 'engine': 'engine-io'}    # the longest first


def visit(example, version, way):
    """Engine.IO 3 is let in by the option, which wins over the file."""
    with Cli.host('--rules', RULES / (EXAMPLES[example] + '.json'), *(['--eio3'] if version == '2' else [])) as host, \
            Client('rules-client.mjs', host.at, example, '--client', version, '--transport', way) as client:
        passed(client)
        assert host.child.poll() is None, 'the host died\n' + host.story()
        assert not host.records(layer='note', kind='no_listener'), host.said()
        wrong = [r for r in host.records(layer='note', kind='error') if 'Rule' in str(r)]
        assert not wrong, wrong


def add_cases():
    def add(name, run):
        run.__name__ = name
        case(run)
    for example in EXAMPLES:
        for version in '24':
            for way in ('polling', 'websocket'):
                add(f'{example}_{version}_{way}', lambda e=example, v=version, w=way: visit(e, v, w))


@case
def websocket():
    with Cli.host('--rules', RULES / 'websocket.json') as host, \
            Client('rules-client.mjs', host.at, 'websocket') as client:
        passed(client)
        assert host.child.poll() is None, 'the host died\n' + host.story()


def answer(text):
    return '{"namespaces":{"/":{"on":{"q":[{"join":"den"},{"ack":["' + text + '"]}]}}}}'


@case
def live_edit():
    """An edit is played at once and drops nobody; a mistake is told with its place, and the rules stay."""
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / 'rules.json'
        file.write_text(answer('first'))
        with Cli.host('--rules', file) as host, Client('rules-client.mjs', host.at, 'watch') as client:
            client.expect(lambda r: r.get('asked') == 1, 'the first answer')
            file.write_text('{\n  "namespaces": { "/": { "on": { "q": [ { "ack": 5 } ] } } }\n}\n')
            told(host, 'rules.json:2:')
            other = file.with_name('rules.json~')    # as editors do it
            other.write_text(answer('second'))
            other.rename(file)
            passed(client)
            host.record(layer='note', kind='no_listener')
            joined = host.record(layer='note', kind='join', text=lambda text: 'den' in str(text))
            assert 'rule “q”' in str(joined), joined


def told(host, words):
    def said(_=None):
        return any(words in line for line in host.errors)
    with host._news:
        host._news.wait_for(said, 10)
    assert said(), host.story()


@case
def wrong_at_the_start():
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder) / 'rules.json'
        file.write_text('{\n  "namespaces": { "nonsense": {} }\n}\n')
        with Cli('host', '--rules', file) as host:
            assert host.wait() == 2 and not host.seen, host.story()
            assert len(host.errors) == 1 and 'rules.json:2:' in host.errors[0], host.errors
        with Cli('host', '--rules', file.with_name('none.json')) as host:
            assert host.wait() == 2 and len(host.errors) == 1, host.story()


@case
def options_win():
    """--port 0 of the harness over the file's 8080, --protocol over nothing: those that clash are refused."""
    with Cli.host('--rules', RULES / 'test-page.json') as host:
        assert ':8080' not in host.at
    with Cli('host', '--rules', RULES / 'engine-io.json', '--protocol', 'websocket') as host:
        assert host.wait() == 2 and len(host.errors) == 1, host.story()
    with Cli.host('--rules', RULES / 'echo.json', '--ping-interval', '1234') as host, \
            Client('rules-client.mjs', host.at, 'echo') as client:
        passed(client)
        host.record(layer='eio', kind='open', dir='out', text=lambda text: '"pingInterval":1234' in str(text))


add_cases()
if __name__ == '__main__':
    main(6)
