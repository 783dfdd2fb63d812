"""Servers, clients and sockeye-cli as child processes with deadlines; cases counted in TAP.

Every child ends by its own pid when its `with` block does. A line of JSON that a child prints is
a dict in `.seen`; `expect()` waits for one that fits.
"""
import collections
import concurrent.futures
import itertools
import json
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import traceback

HERE = pathlib.Path(__file__).resolve().parent
CLI = os.environ.get('SOCKEYE_CLI', str(HERE.parents[1] / 'build/src/cli/sockeye-cli'))
SANITIZED = 'libasan' in subprocess.run(['ldd', CLI], capture_output=True, text=True).stdout
SANITIZER_SAYS = ('ERROR: AddressSanitizer', 'ERROR: LeakSanitizer', 'runtime error:', 'CRITICAL', 'WARNING **')
SLOW = float(os.environ.get('SOCKEYE_TEST_SLOWNESS', '1'))    # the sanitizer build takes longer


def sample(rows):
    """Of many rows the sanitizers see one half and the plain build the other. SOCKEYE_TEST_ALL leaves none out."""
    return list(rows)[slice(None) if 'SOCKEYE_TEST_ALL' in os.environ else slice(0 if SANITIZED else 1, None, 2)]


class Process:
    def __init__(self, *args, env=None):
        self.args = [str(a) for a in args]
        self.seen, self.errors, self.other = [], [], collections.deque(maxlen=200)
        self._news = threading.Condition()
        self.child = subprocess.Popen(
            self.args, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            text=True, encoding='utf-8', errors='replace', env={**os.environ, **(env or {})})
        self._readers = [threading.Thread(target=self._read, args=a, daemon=True)
                         for a in ((self.child.stdout, self._on_line), (self.child.stderr, self.errors.append))]
        for reader in self._readers:
            reader.start()

    def _read(self, pipe, on_line):
        for line in pipe:
            with self._news:
                on_line(line.rstrip('\n'))
                self._news.notify_all()
        with self._news:
            self._news.notify_all()

    def _on_line(self, line):
        try:
            record = json.loads(line)
        except ValueError:
            record = None
        if isinstance(record, (dict, list)):
            self.seen.append(record)
        else:
            self.other.append(line)

    def expect(self, fits, what, seconds=10, after=0):
        """The first line at or after index `after` for which fits(line) holds."""
        end = time.monotonic() + seconds * SLOW
        with self._news:
            while True:
                for record in self.seen[after:]:
                    if isinstance(record, dict) and fits(record):
                        return record
                    after += 1
                left = end - time.monotonic()
                if left <= 0 or (self.child.poll() is not None and not any(r.is_alive() for r in self._readers)):
                    raise AssertionError(f'{what} never came\n{self.story()}')
                self._news.wait(min(left, 0.2))

    def say(self, **command):
        self.child.stdin.write(json.dumps(command) + '\n')
        self.child.stdin.flush()

    def wait(self, seconds=10):
        """Its exit status, once everything it printed is read."""
        try:
            code = self.child.wait(seconds * SLOW)
        except subprocess.TimeoutExpired:
            raise AssertionError(f'still running after {seconds * SLOW:.0f} s\n{self.story()}') from None
        for reader in self._readers:
            reader.join(5)
        return code

    def story(self):
        lines = [json.dumps(r, ensure_ascii=False)[:300] for r in self.seen[-30:]]
        return '\n'.join(['$ ' + ' '.join(self.args), *lines, *list(self.other)[-20:], *self.errors[-20:],
                          f'(exit status {self.child.poll()})'])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.child.poll() is None:
            self.child.terminate()
            try:
                self.child.wait(5 * SLOW)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()
        for reader in self._readers:
            reader.join(5)
        for pipe in (self.child.stdin, self.child.stdout, self.child.stderr):
            try:
                pipe.close()
            except OSError:
                pass


class Server(Process):
    """A server of servers/*.mjs, listening on 127.0.0.1:self.port."""
    def __init__(self, script, *args):
        super().__init__('node', HERE / 'servers' / script, *args)
        try:
            self.port = self.expect(lambda r: 'listening' in r, 'the listening line', 20)['listening']
        except AssertionError:
            self.__exit__()
            raise

    @classmethod
    def nginx(cls, variant, *backends, args=()):
        """nginx before servers (or ports): the variants stand in servers/nginx.mjs."""
        ports = [str(getattr(b, 'port', b)) for b in backends]
        return cls('nginx.mjs', variant, *(word for port in ports for word in ('--backend', port)), *args)

    def url(self, scheme='ws', path='/'):
        return f'{scheme}://127.0.0.1:{self.port}{path}'


class Client(Process):
    """A client of clients/*.mjs; its own TAP lines are checked by passed()."""
    def __init__(self, script, *args):
        super().__init__('node', HERE / 'clients' / script, *args)

    def steps(self):
        return [line for line in self.other if line.startswith(('ok ', 'not ok '))]


class Cli(Process):
    """sockeye-cli; a critical ends it, so that none goes unseen."""
    def __init__(self, *args):
        super().__init__(CLI, *args, env={'G_DEBUG': 'fatal-criticals', 'LC_ALL': 'C.UTF-8', **self._calm(args)})

    @staticmethod
    def _calm(args):
        """LeakSanitizer itself crashes where threads of GnuTLS end meanwhile: the unit tests look for those leaks."""
        if not SANITIZED or not any(str(word).startswith(('https:', 'wss:')) for word in args):
            return {}
        return {'ASAN_OPTIONS': ':'.join(filter(None, [os.environ.get('ASAN_OPTIONS'), 'detect_leaks=0']))}

    @classmethod
    def connect(cls, url, *args, seconds=20):
        return cls('connect', url, '--json', '--for', str(seconds * SLOW), *args)

    @classmethod
    def host(cls, *args):
        self = cls('host', '--port', '0', '--json', *args)
        try:
            self.at = self.expect(lambda r: 'listening' in r, 'the listening line', 20)['listening']
        except AssertionError:
            self.__exit__()
            raise
        return self

    def record(self, seconds=10, after=0, **wanted):
        """The first record whose fields equal `wanted`; a callable judges the value itself."""
        def fits(r):
            return all(want(r.get(key)) if callable(want) else r.get(key) == want for key, want in wanted.items())
        shown = ', '.join(f'{k}={"…" if callable(v) else repr(v)}' for k, v in wanted.items())
        return self.expect(fits, f'a record with {shown}', seconds, after)

    def records(self, **wanted):
        return [r for r in self.seen if isinstance(r, dict) and all(r.get(k) == v for k, v in wanted.items())]

    def said(self):
        """All that a person would read: standard error, and the notes."""
        return '\n'.join([*self.errors, *(json.dumps(r, ensure_ascii=False) for r in self.records(layer='note'))])


class Watched(Cli):
    """sockeye-cli whose memory is looked at while it runs: what is its own, without mapped files."""
    def __init__(self, *args):
        options = os.environ.get('ASAN_OPTIONS', '')
        Process.__init__(self, CLI, *args, env={
            'G_DEBUG': 'fatal-criticals', 'LC_ALL': 'C.UTF-8',
            'ASAN_OPTIONS': options + (':' if options else '') + 'quarantine_size_mb=8'})
        self.peak_mb = 0
        threading.Thread(target=self._watch, daemon=True).start()

    def _watch(self):
        while self.child.returncode is None:
            try:
                with open(f'/proc/{self.child.pid}/status') as status:
                    own = next((line for line in status if line.startswith('RssAnon')), 'RssAnon: 0 kB')
            except OSError:
                return
            self.peak_mb = max(self.peak_mb, int(own.split()[1]) // 1024)
            time.sleep(0.01)

    def judge_health(self, name):
        bad = [line for line in self.errors for words in SANITIZER_SAYS if words in line]
        assert not bad, f'{name}\n{self.story()}'


def free_port():
    """A port where nobody listens, at least just now."""
    with socket.create_server(('127.0.0.1', 0)) as listener:
        return listener.getsockname()[1]


class Certificates:
    """A throwaway authority and a certificate for localhost and 127.0.0.1, or one that is its own authority."""
    KEY = ('-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes')

    def __init__(self, self_signed=False):
        self.self_signed = self_signed

    def __enter__(self):
        self.dir = pathlib.Path(tempfile.mkdtemp(prefix='sockeye-tls-'))
        self.ca, self.cert, self.key = (self.dir / n for n in ('ca.pem', 'cert.pem', 'key.pem'))
        (self.dir / 'ext').write_text('subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n')
        if self.self_signed:
            self._openssl('req', '-x509', *self.KEY, '-days', '2', '-subj', '/CN=localhost',
                          '-addext', 'subjectAltName=DNS:localhost,IP:127.0.0.1',
                          '-keyout', 'key.pem', '-out', 'cert.pem')
            self.ca = self.cert
        else:
            self._openssl('req', '-x509', *self.KEY, '-days', '2',
                          '-subj', '/CN=Sockeye test authority', '-keyout', 'ca.key', '-out', 'ca.pem')
            self._sign('localhost', self.key, self.cert, '-extfile', 'ext')
        return self

    def client(self):
        """The same authority's certificate and key for a client: for servers with --client-ca."""
        cert, key = self.dir / 'client.pem', self.dir / 'client.key'
        self._sign('ann', key, cert)
        return cert, key

    def _sign(self, name, key, cert, *how):
        self._openssl('req', *self.KEY, '-subj', '/CN=' + name, '-keyout', key, '-out', 'csr')
        self._openssl('x509', '-req', '-in', 'csr', '-CA', 'ca.pem', '-CAkey', 'ca.key', '-set_serial', '1',
                      '-days', '2', *how, '-out', cert)

    def _openssl(self, *args):
        subprocess.run(['openssl', *args], cwd=self.dir, check=True, capture_output=True)

    def __exit__(self, *_):
        shutil.rmtree(self.dir)


CASES = []


def case(function, alone=False):
    """`alone`: it needs the machine for itself, and comes after the others."""
    function.alone = alone
    CASES.append(function)
    return function


def passed(client, seconds=100):
    """Asserts that an npm client's steps all passed, and that there were some."""
    code = client.wait(seconds)
    bad = [line for line in client.steps() if line.startswith('not ok')]
    assert code == 0 and client.steps() and not bad, '\n'.join([client.story(), *bad])


def together(jobs, *functions):
    """Runs them side by side; the first failure is raised once all are done."""
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        for future in [pool.submit(f) for f in functions]:
            future.result()


def outcome(run):
    """What went wrong, or None."""
    try:
        run()
    except Exception:    # whatever it was, the other cases still run
        return traceback.format_exc()
    return None


def main(jobs=1):
    """Runs the cases that were named, or all; so many at a time, told in their order."""
    wanted = sys.argv[1:]
    cases = sorted((c for c in CASES if not wanted or c.__name__ in wanted), key=lambda c: c.alone)
    print(f'1..{len(cases)}', flush=True)
    failed = not cases
    with concurrent.futures.ThreadPoolExecutor(jobs) as pool:
        side_by_side = pool.map(outcome, [c for c in cases if not c.alone])
        one_by_one = (outcome(c) for c in cases if c.alone)
        for number, (run, wrong) in enumerate(zip(cases, itertools.chain(side_by_side, one_by_one)), 1):
            failed = failed or wrong is not None
            print(f'{"ok" if wrong is None else "not ok"} {number} - {run.__name__}')
            for line in (wrong or '').splitlines()[-60:]:
                print('# ' + line)
            sys.stdout.flush()
    sys.exit(1 if failed else 0)
