#!/usr/bin/python3
"""sockeye-cli connect against every row of servers/bad-polling.mjs: it ends in time, small, and with a word."""
import contextlib
import functools
import json
import subprocess

from harness import HERE, SANITIZED, SLOW, Server, Watched, case, main, sample

SMALL_MB, LARGE_MB, BOMB_MB = (110, 400, 600) if SANITIZED else (45, 250, 450)
BRIEF = ('--layers', 'note,sio')    # of a flood only what is said of it is printed

# Exit status of the rows that are not right, and words of the sentence on standard error. 0 ends by --for, or in order.
ROWS = {
    'cookies-control': (0, ''),
    'cookies-many': (0, ''),
    'open-html': (1, 'opens no Engine.IO session'),
    'open-empty': (1, 'opens no Engine.IO session'),
    'open-half-json': (1, 'opens no Engine.IO session'),
    'open-not-open': (1, 'opens no Engine.IO session'),
    'open-twice': (1, 'Session ID unknown'),
    'open-then-close': (1, 'before'),
    'open-revision-3': (1, 'Session ID unknown'),
    'open-unsupported': (1, 'opened no Engine.IO session'),
    'open-sid-empty': (0, ''),
    'open-sid-number': (1, 'opens no Engine.IO session'),
    'open-sid-missing': (1, 'opens no Engine.IO session'),
    'open-sid-long': (1, 'Session ID unknown'),
    'open-interval-zero': (0, ''),
    'open-interval-negative': (1, 'opens no Engine.IO session'),
    'open-interval-huge': (0, ''),
    'open-max-payload-zero': (0, ''),
    'open-max-payload-negative': (1, 'opens no Engine.IO session'),
    'open-silent': (1, 'did not answer within'),
    'open-closed': (1, 'closed the connection without an answer'),
    'open-reset': (1, 'broke before it answered'),
    'open-half-head': (1, 'in the middle of its answer'),
    'open-not-http': (1, 'is no HTTP.'),
    'open-endless-head': (1, 'is no HTTP.'),
    'open-endless-body': (1, 'more than the 64 MiB'),
    'open-endless-body-until-closed': (1, 'more than the 64 MiB'),
    'open-endless-length': (1, 'more than the 64 MiB'),
    'open-endless-extension': (1, ''),
    'open-endless-trailer': (1, 'did not answer within'),
    'open-chunk-cut': (1, 'in the middle of its answer'),
    'open-chunk-bad-size': (1, 'is no HTTP.'),
    'open-chunk-huge': (1, 'is no HTTP.'),
    'open-chunk-no-end-line': (1, 'is no HTTP.'),
    'open-length-too-long': (1, 'in the middle of its answer'),
    'open-length-too-short': (1, 'opens no Engine.IO session'),
    'open-length-garbage': (1, 'did not answer within'),
    'open-length-negative': (1, 'did not answer within'),
    'open-length-twice': (1, 'did not answer within'),
    'open-length-and-chunks': (1, 'Session ID unknown'),
    'open-gzip-bomb': (1, 'more than the 64 MiB'),
    'open-gzip-garbage': (1, 'The compressed body is broken.'),
    'open-gzip-cut': (1, 'The compressed body ends too early.'),
    'open-unknown-coding': (1, 'The body is coded in a way that is not known here.'),
    'open-101': (1, 'which was not asked for'),
    'open-204': (1, 'answered 204'),
    'open-304': (1, 'answered 304'),
    'open-401': (1, 'answered 401'),
    'open-403': (1, 'answered 403'),
    'open-404': (1, 'answered 404'),
    'open-426': (1, 'speaks plain WebSocket'),
    'open-500': (1, 'answered 500'),
    'open-503': (1, 'answered 503'),
    'redirect-loop': (1, 'redirects more than 5 times'),
    'redirect-endless': (1, 'redirects more than 5 times'),
    'redirect-scheme': (1, 'TLS handshake was not over'),
    'redirect-ws': (1, 'which is no address of HTTP'),
    'redirect-file': (1, 'which is no address of HTTP'),
    'redirect-script': (1, 'which is no address of HTTP'),
    'redirect-nowhere': (1, 'answered 307'),
    'redirect-bad': (1, 'which is no address of HTTP'),
    'redirect-closed-port': (1, 'connection was refused'),
    'redirect-post': (1, 'it answered 307 Temporary'),
    'redirect-post-to-get': (1, 'it answered 302 Found'),
    'poll-unknown-session': (1, 'Session ID unknown'),
    'poll-errors-now-and-then': (1, 'it answered 502 Bad'),
    'poll-502': (1, 'it answered 502 Bad'),
    'poll-html': (1, 'is no Engine.IO payload'),
    'poll-silent': (0, ''),
    'poll-closed': (1, 'closed the connection without an answer'),
    'poll-reset': (1, 'broke before it answered'),
    'poll-half': (1, 'in the middle of its answer'),
    'poll-empty-storm': (1, 'is no Engine.IO payload'),
    'poll-noop-storm': (0, ''),
    'poll-ping-storm': (0, ''),
    'poll-pings': (0, ''),
    'poll-unknown-types': (1, 'is no Engine.IO payload'),
    'poll-bad-separators': (1, 'is no Engine.IO payload'),
    'poll-separators-only': (1, 'is no Engine.IO payload'),
    'poll-bad-base64': (1, 'is no Engine.IO payload'),
    'poll-stray-binary': (0, ''),
    'poll-bad-utf8': (0, ''),
    'poll-revision-3': (0, ''),
    'poll-open-again': (0, ''),
    'poll-close': (0, ''),
    'poll-upgrade': (0, ''),
    'poll-endless': (1, 'more than the 64 MiB'),
    'poll-gzip-bomb': (1, 'more than the 64 MiB'),
    'poll-two-answers': (0, ''),
    'post-silent': (0, ''),
    'post-silent-later': (0, ''),
    'post-closed': (1, 'closed the connection without an answer'),
    'post-reset': (1, 'broke before it answered'),
    'post-400': (1, 'Session ID unknown'),
    'post-413': (1, 'it answered 413 Payload'),
    'post-500': (1, 'it answered 500 Internal'),
    'post-not-ok': (0, ''),
    'post-204': (1, 'it answered 204 No'),
    'post-endless': (1, 'more than the 64 MiB'),
    'upgrade-wrong-accept': (0, ''),
    'upgrade-wrong-probe': (0, ''),
    'upgrade-message-for-probe': (0, ''),
    'upgrade-cut-at-probe': (0, ''),
    'upgrade-close-at-probe': (0, ''),
    'upgrade-cut-after-probe': (None, ''),    # before our "5" or after it
    'upgrade-poll-held': (0, ''),
    'upgrade-silent': (0, ''),
    'upgrade-cut-at-5': (1, 'without a close frame (1006)'),
    'upgrade-both-send': (0, ''),
    'upgrade-polls-on': (0, ''),
}
# Much comes in these: what they may cost, in MB.
LIMITS_MB = {
    **dict.fromkeys(('open-gzip-bomb', 'poll-gzip-bomb', 'poll-endless', 'post-endless', 'open-endless-body',
                     'open-endless-body-until-closed', 'open-endless-length', 'poll-large'), BOMB_MB),
    **dict.fromkeys(('poll-empty-storm', 'poll-noop-storm', 'poll-ping-storm', 'poll-separators-only', 'poll-5000-packets',
                     'poll-noops', 'poll-pings', 'open-sid-long', 'open-endless-head', 'open-endless-extension',
                     'open-endless-trailer', 'cookies-many'), LARGE_MB),
}


def names(how):
    done = subprocess.run(['node', HERE / 'servers/bad-polling.mjs', how], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, check=True)
    return json.loads(done.stdout)


ALL, FINE = names('--list'), names('--fine')


def connect(name, server, *more, seconds):
    return Watched('connect', server.url('http'), '--protocol', 'socket.io', '--path', f'/{name}/', '--json', '--timeout', str(int(1500 * SLOW)),
                   '--for', str(seconds * SLOW), *(BRIEF if name in LIMITS_MB else ()), *more)


def server_of(name):
    """One for most rows; whatever keeps a server busy has its own."""
    return Server('bad-polling.mjs', name) if name in (*LIMITS_MB, 'dripping') else contextlib.nullcontext(shared)


def works(name):
    last = 'text' if name == 'upgrade-right' else {'$bin': 'AAE='}    # after it only texts come back
    with server_of(name) as server, \
            connect(name, server, '--emit', 'echo', '--arg', '[1,"ü"]', '--emit', 'last', '--arg', json.dumps(last),
                    '--stdin', seconds=15) as cli:
        cli.record(12, layer='sio', dir='in', event='echo', args=[[1, 'ü']])
        cli.record(12, layer='sio', dir='in', event='last', args=[last])
        cli.say(close=[1000, ''])
        code = cli.wait(15)
        assert code == 0, f'{name}: exit status {code}\n{cli.story()}'
        judge(name, cli)


def works_now_and_then():
    """The server closes each connection after its answer and does not say so: a POST may meet that, and is not told twice."""
    for tries_left in 3, 2, 1, 0:
        try:
            return works('each-closes-unsaid')
        except AssertionError as error:
            if not tries_left or 'closed the connection without an answer' not in str(error):
                raise


def judge(name, cli):
    cli.judge_health(name)
    n_records = max((record['n'] for record in cli.seen if isinstance(record, dict) and 'n' in record), default=0)
    limit = LIMITS_MB.get(name, SMALL_MB) + n_records * 64 // 1_000_000
    assert cli.peak_mb <= limit, f'{name}: {cli.peak_mb} MB of memory, over {limit} MB\n{cli.story()}'


def ends(name):
    status, words = ROWS[name]
    # What is only to be survived ends soon, what has to be noticed gets its time.
    seconds = 1.5 if not status else 20
    with server_of(name) as server, \
            connect(name, server, '--emit', 'echo', '--arg', '1', *(['--stdin'] if not status else []), seconds=seconds) as cli:
        code = cli.wait(seconds + 12)
        assert code in ((0, 1) if status is None else (status,)), f'{name}: exit status {code}, not {status}\n{cli.story()}'
        assert words in cli.said(), f'{name}: no word of “{words}”\n{cli.story()}'
        assert not status or cli.errors, f'{name}: not a word\n{cli.story()}'
        judge(name, cli)


@case
def every_row_is_here():
    assert sorted([*ROWS, *FINE]) == sorted(ALL), set(ALL) ^ {*ROWS, *FINE}


for _name in sample(ALL):
    _run = functools.partial(works if _name in FINE else ends, _name)
    if _name == 'each-closes-unsaid':
        _run = functools.partial(works_now_and_then)
    _run.__name__ = _name.replace('-', '_').replace('.', '_')
    case(_run, alone=_name in LIMITS_MB and LIMITS_MB[_name] == BOMB_MB)
if __name__ == '__main__':
    with Server('bad-polling.mjs') as shared:
        main(jobs=4)
