#!/usr/bin/python3
"""The clients that a host writes for itself are run as they stand: they connect, say something, and print the answer."""
import json
import os
import pathlib
import shutil
import signal
import subprocess
import tempfile

from harness import CLI, HERE, SLOW, Certificates, Process, case, main

RULES = HERE.parents[1] / 'data/rules'
MODULES = HERE / 'node_modules'
CDN = 'https://cdn.socket.io/'
for variable in ('CURL_CA_BUNDLE', 'SSL_CERT_FILE', 'SSL_CERT_DIR', 'REQUESTS_CA_BUNDLE', 'NODE_EXTRA_CA_CERTS'):
    os.environ.pop(variable, None)    # what this machine trusts besides
SUFFIX = {'browser': '.html', 'node': '.mjs', 'python': '.py', 'shell': '.sh'}
WEBSOCAT = shutil.which('websocat')

# An event with arguments that the rules look into, in a namespace that is a pattern, for who has the right token.
DEEP = {
    'server': {'cors': '*', 'path': '/live/'},
    'namespaces': {
        '/': {},
        '~^/tenant-\\d+$': {
            'reject': [{'if': {'not': {'matches': ['{{auth.token}}', '^(user|admin)-[0-9]+$']}}, 'message': 'no token'}],
            'onConnect': [{'emit': ['</script> & "quotes" \' é']}],
            'on': {'say': [{'join': '{{0}}'}, {'ack': [{'room': '{{0}}', 'from': '{{1.name}}', 'text': '{{1.text}}'}]}],
                   'later': []},
        },
    },
}
WORDS = {'protocol': 'websocket', 'path': '/echo'}


def messages(close):
    return {'onMessage': [{'if': {'eq': ['{{data}}', 'bye']}, 'close': close},
                          {'if': {'eq': ['{{data}}', "it's"]}, 'send': 'it was'}, {'send': '{{data}}'}]}


RAW = {'server': WORDS, **messages([1000, 'bye'])}
ENGINE = {'server': {'protocol': 'engine.io', 'cors': '*'}, **messages('engine')}

# What the host is told, and what each client has to print. A word that only one kind prints stands behind the kind's name.
ROWS = {
    'plain': ([], None, ['world', 'shell:430["world"]']),
    'chat': ([], RULES / 'chat-with-rooms.json', ['welcome', 'shell:430[{"ok":true}]', 'answer:']),
    'ticker': ([], RULES / 'ticker.json', ['tick']),
    'deep': ([], DEEP, ['Ann', 'room-42', *(f'{kind}:</script> & "quotes" \' é' for kind in ('browser', 'node', 'python'))]),
    'polling': (['--transports', 'polling', '--cors', '*'], None, ['world']),
    'websocket': (['--transports', 'websocket'], None, ['world', 'shell:430["world"]']),
    'secure': (['--tls', 'self-signed'], None, ['world']),
    'secure_websocket': (['--tls', 'self-signed', '--transports', 'websocket'], None, ['world']),
    'msgpack': (['--parser', 'msgpack'], None, ['world']),
    'engine': ([], ENGINE, ['it was']),
    'engine_polling': (['--transports', 'polling'], ENGINE, ['it was']),
    'engine_websocket': (['--transports', 'websocket'], ENGINE, ['it was']),
    'engine_secure': (['--tls', 'self-signed'], ENGINE, ['it was']),
    'raw': ([], RAW, ['it was']),
    'raw_secure': (['--tls', 'self-signed'], RAW, ['it was']),
    'raw_echo': (['--protocol', 'websocket'], None, ['hello']),
}


class Host:
    """A host that prints a client and nothing else, into a file: then it says where it listens."""
    def __init__(self, kind, *args):
        self.out = tempfile.TemporaryFile('w+', encoding='utf-8')
        self.child = subprocess.Popen(
            [CLI, 'host', '--port', '0', '--print-client', kind, *map(str, args)], stdout=self.out, stderr=subprocess.PIPE,
            text=True, env={**os.environ, 'G_DEBUG': 'fatal-criticals', 'LC_ALL': 'C.UTF-8'})

    def text(self):
        first = self.child.stderr.readline()
        assert '"listening"' in first, first
        self.out.seek(0)
        return self.out.read()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        alive = self.child.poll() is None
        self.child.terminate()
        talk = self.child.communicate(timeout=20 * SLOW)[1]
        self.out.close()
        assert alive, 'the host died\n' + talk


def command(kind, file, secure):
    if kind == 'browser':
        return ['setsid', 'node', HERE / 'clients/client-page.mjs', file, *(['--any-certificate'] if secure else [])]
    return ['setsid', {'node': 'node', 'python': '/usr/bin/python3', 'shell': 'bash'}[kind], file]


class Running(Process):
    """It ends with all that it started."""
    def __exit__(self, *what):
        try:
            os.killpg(self.child.pid, signal.SIGTERM)
        except ProcessLookupError:
            pass
        super().__exit__(*what)

    def heard(self, words):
        def all_of(said):
            return all(word in said for word in words)
        with self._news:
            self._news.wait_for(lambda: all_of(self.said()) or self.child.poll() is not None, 20 * SLOW)
        assert all_of(self.said()), f'not all of {words}\n{self.story()}'

    def said(self):
        return '\n'.join([*self.other, *(str(r.get('log', '')) if isinstance(r, dict) else str(r) for r in self.seen)])


def run(kind, text, words, secure=False, env={}):
    with tempfile.TemporaryDirectory() as folder:
        file = pathlib.Path(folder, 'client' + SUFFIX[kind])
        (file.parent / 'node_modules').symlink_to(MODULES)
        path = os.environ['PATH']
        if not WEBSOCAT:
            (file.parent / 'websocat').symlink_to(HERE / 'clients/websocat')
            path = f'{folder}:{path}'
        if kind == 'browser':    # only where the client's script is from is another than it says
            before, found, after = text.partition(CDN)
            text = before + (f'{(MODULES / "socket.io-client/dist").as_uri()}/' + after.split('/', 1)[1] if found else '')
        file.write_text(text, encoding='utf-8')
        env = {**env, 'PATH': path, 'PYTHONUNBUFFERED': '1', 'LC_ALL': 'C.UTF-8'}
        with Running(*command(kind, file, secure), env=env) as client:
            client.heard(words)


def wanted(kind, words):
    named = [word.split(':', 1) for word in words if word.split(':', 1)[0] in SUFFIX]
    return [word for word in words if word.split(':', 1)[0] not in SUFFIX and not (kind == 'shell' and word == 'answer:')] \
        + [word for name, word in named if name == kind]


def visit(row, kind):
    args, rules, words = ROWS[row]
    with tempfile.TemporaryDirectory() as folder:
        if isinstance(rules, dict):
            file = pathlib.Path(folder) / 'rules.json'
            file.write_text(json.dumps(rules), encoding='utf-8')
            rules = file
        with Host(kind, *args, *(['--rules', rules] if rules else [])) as host:
            text = host.text()
            if row == 'msgpack' and kind == 'shell':
                words = ['b']    # what comes back is base64: that the server took the packets is enough
            run(kind, text, wanted(kind, words), '--tls' in args)


def add_cases():
    for row in ROWS:
        for kind in SUFFIX:
            if kind == 'browser' and not shutil.which('chromium'):
                continue

            def visited(r=row, k=kind):
                visit(r, k)
            visited.__name__ = f'{row}_{kind}'
            case(visited)


@case
def from_a_file():
    """A certificate of an authority that the client is told of, in the way that its comment says."""
    names = {'node': 'NODE_EXTRA_CA_CERTS', 'python': 'REQUESTS_CA_BUNDLE', 'shell': 'SSL_CERT_FILE'}
    with Certificates() as tls:
        for kind, name in names.items():
            with Host(kind, '--tls', tls.cert, '--tls-key', tls.key) as host:
                text = host.text()
                assert f'{name}=authority.pem' in text, text
                run(kind, text, ['world'], env={name: str(tls.ca)})


@case
def of_no_such_kind():
    with Process(CLI, 'host', '--print-client', 'perl') as host:
        assert host.wait() == 2 and 'perl' in host.errors[0], host.story()


add_cases()
if __name__ == '__main__':
    print('# the shell talks WebSocket through', 'websocat' if WEBSOCAT else 'a stand-in for websocat, which is not installed')
    main(4)
