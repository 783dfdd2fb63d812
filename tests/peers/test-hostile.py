#!/usr/bin/python3
"""sockeye-cli connect against every server of servers/bad.mjs: it ends in time, small, and with a word."""
import json
import subprocess

from harness import HERE, SANITIZED, SLOW, Server, Watched, case, main, sample

WS = ('--protocol', 'websocket')
SIO = ('--protocol', 'socket.io', '--transports', 'websocket')
BRIEF = ('--layers', 'note,upgrade')    # of a flood only what is said of it is printed
# A bomb's first 64 MiB are kept for the person, and printed in base64: that alone takes 350 MB for a moment.
SMALL_MB, FLOOD_MB, BOMB_MB = (100, 400, 600) if SANITIZED else (40, 250, 450)

# Name: the protocol and more options, the exit status, ids of the faults that are shown, words that are said (these|or
# these, where a slow machine meets the next deadline first).
# Status 0 ends by --for: the connection is still there, and what came is only shown.
HEAD_IS_WRONG = 'handshake is wrong'
BROKE = 'broke the WebSocket protocol'
ROWS = {
    'wrong-accept': (WS, 1, ['upgrade-accept'], HEAD_IS_WRONG),
    'no-accept': (WS, 1, ['upgrade-accept'], HEAD_IS_WRONG),
    'unasked-extension': (WS, 1, ['upgrade-extension'], HEAD_IS_WRONG),
    'unasked-protocol': (WS, 1, ['upgrade-subprotocol'], HEAD_IS_WRONG),
    'not-upgraded': (WS, 1, ['upgrade-status'], 'answered 200 OK'),
    'half-head': (WS, 1, [], 'did not answer the handshake'),
    'half-head-cut': (WS, 1, ['http-truncated'], 'without answering the handshake'),
    'silent': (WS, 1, [], 'did not answer the handshake'),
    'not-http': (WS, 1, ['http-not-http'], 'no HTTP'),
    'endless-head': (WS, 1, ['http-too-long'], 'does not end within'),
    'endless-line': (WS, 1, ['http-too-long'], 'does not end within'),
    'many-short-lines': (WS, 1, ['http-too-long'], 'does not end within'),
    'reset-at-once': (WS, 1, [], 'broke before the handshake was answered'),
    'deflate-wrong-parameters': (WS, 1, [], 'agrees to permessage-deflate'),
    'deflate-not-offered': ((*WS, '--no-deflate'), 1, ['upgrade-extension'], HEAD_IS_WRONG),
    'reset-in-frame': (WS, 1, ['ws-truncated'], '1006'),
    'cut-in-frame': (WS, 1, ['ws-truncated'], '1006'),
    'cut-no-close': (WS, 1, [], '1006'),
    'masked': (WS, 1, ['ws-masked'], BROKE),
    'reserved-bits': (WS, 1, ['ws-reserved'], BROKE),
    'bad-opcode': (WS, 1, ['ws-opcode'], BROKE),
    'huge-length': (WS, 1, ['ws-too-long'], 'more than 64 MiB'),
    'length-top-bit': (WS, 1, ['ws-framing'], 'more than 64 MiB'),
    'long-length': (WS, 1, ['ws-length'], BROKE),
    'long-ping': (WS, 1, ['ws-control'], BROKE),
    'split-ping': (WS, 1, ['ws-control'], BROKE),
    'stray-continuation': (WS, 1, ['ws-orphan'], BROKE),
    'message-in-message': (WS, 1, ['ws-interrupted'], BROKE),
    'bad-utf8': (WS, 1, ['ws-utf8'], '1007'),
    'close-no-reply': (WS, 0, [], ''),
    'close-reserved-code': (WS, 1, ['ws-close-code'], BROKE),
    'close-one-byte': (WS, 1, ['ws-close-length'], BROKE),
    'close-bad-utf8': (WS, 1, ['ws-utf8'], BROKE),
    'data-after-close': (WS, 0, ['ws-after-close'], ''),
    'deflate-bomb': (WS, 1, ['ws-too-long'], 'more than 64 MiB'),
    'deflate-bomb-in-fragments': (WS, 1, ['ws-too-long'], 'more than 64 MiB'),
    'deflate-garbage': (WS, 1, ['ws-inflate'], '1007'),
    'deflate-continued': (WS, 1, ['ws-reserved'], BROKE),
    'endless-message': ((*WS, *BRIEF), 1, [], 'more than 64 MiB'),
    'ping-flood': ((*WS, *BRIEF), 1, [], 'does not read the pongs'),
    'long-ping-flood': ((*WS, *BRIEF), 1, [], 'does not read the pongs'),
    'deaf': (WS, 0, [], ''),
    'talks-on': ((*WS, *BRIEF), 0, [], ''),
    'eio-no-open': (SIO, 1, ['eio-not-open'], 'no Engine.IO open packet'),
    'eio-bad-open': (SIO, 1, ['eio-open'], 'no Engine.IO open packet'),
    'eio-empty-message': (SIO, 0, ['eio-empty'], ''),
    'eio-bad-type': (SIO, 0, ['eio-type'], 'parse error'),
    'eio-close': (SIO, 0, [], ''),
    'eio-ping-flood': ((*SIO, *BRIEF), 1, [], 'does not read the pongs|did not answer CONNECT'),
    'sio-no-connect': (SIO, 1, [], '1006'),
    'sio-bad-json': (SIO, 0, ['sio-json'], 'parse error'),
    'sio-deep-json': (SIO, 0, ['sio-depth'], 'parse error'),
    'sio-not-an-array': (SIO, 0, ['sio-data'], 'parse error'),
    'sio-bad-type': (SIO, 0, ['sio-type'], 'parse error'),
    'sio-reserved-name': (SIO, 0, ['sio-reserved'], 'parse error'),
    'sio-bad-count': (SIO, 0, ['sio-attachments'], 'parse error'),
    'sio-placeholder-out-of-range': (SIO, 0, ['sio-placeholder'], 'parse error'),
    'sio-attachments-never-come': (SIO, 1, ['sio-interrupted'], '1006'),
    'sio-attachments-too-large': ((*SIO, *BRIEF), 0, [], 'over 64 MiB'),
    'sio-text-for-an-attachment': (SIO, 0, ['sio-interrupted'], 'parse error'),
    'sio-stray-binary': (SIO, 0, ['sio-stray-binary'], 'parse error'),
    'sio-ack-for-nothing': (SIO, 0, ['sio-ack-id'], ''),
    'sio-ack-without-id': (SIO, 0, ['sio-ack-id'], 'parse error'),
    'sio-ack-id-too-large': (SIO, 0, ['sio-ack-id'], 'parse error'),
    'sio-connect-again': (SIO, 0, ['sio-connected'], ''),
    'sio-other-namespace': (SIO, 0, ['sio-not-connected'], ''),
    'sio-old-connect': ((*SIO, '--eio', '4'), 1, [], 'Socket.IO 2'),
    'sio-nothing': (SIO, 0, ['sio-name'], ''),
    'early': (WS, 0, [], ''),
    'drip': (WS, 0, [], ''),
}
LIMITS_MB = {
    **dict.fromkeys(('deflate-bomb', 'deflate-bomb-in-fragments'), BOMB_MB),
    **dict.fromkeys(('endless-message', 'ping-flood', 'long-ping-flood', 'eio-ping-flood', 'talks-on',
                     'sio-attachments-too-large'), FLOOD_MB),
}


def try_out(name):
    options, status, faults, words = ROWS[name]
    # A flood that is only to be survived ends soon, one that has to be noticed gets its time.
    seconds = 1 if status == 0 else 20
    with Server('bad.mjs', name) as server, \
            Watched('connect', server.url(), *options, '--json', '--timeout', '1000', '--for', str(seconds * SLOW)) as cli:
        code = cli.wait(seconds + 12)
        story = cli.story()
        assert code == status, f'{name}: exit status {code}, not {status}\n{story}'
        shown = {fault['id'] for record in cli.seen if isinstance(record, dict) for fault in record.get('faults', [])}
        assert BRIEF[1] in options or shown >= set(faults), f'{name}: faults {shown}, not {faults}\n{story}'
        assert any(each in cli.said() for each in words.split('|')), f'{name}: no word of “{words}”\n{story}'
        assert shown or cli.said().strip(), f'{name}: not a word\n{story}'
        cli.judge_health(name)
        # How many records a flood makes is the machine's speed; what each may cost is the budget's 64 bytes.
        n_records = max((record['n'] for record in cli.seen if isinstance(record, dict) and 'n' in record), default=0)
        limit = LIMITS_MB.get(name, SMALL_MB) + n_records * 64 // 1_000_000
        assert cli.peak_mb <= limit, f'{name}: {cli.peak_mb} MB of memory, over {limit} MB\n{story}'
        return cli


def make_case(name):
    def run():
        try_out(name)
    run.__name__ = name.replace('-', '_')
    case(run, alone=name in LIMITS_MB)


@case
def every_server_has_its_row():
    done = subprocess.run(['node', HERE / 'servers/bad.mjs', '--list'], stdin=subprocess.DEVNULL, capture_output=True,
                          text=True, check=True)
    assert json.loads(done.stdout) == list(ROWS), 'bad.mjs --list and ROWS differ'


@case
def the_first_message_is_not_lost():
    cli = try_out('early')
    assert cli.records(layer='ws', kind='text', dir='in', text='hello'), cli.story()
    assert not [r for r in cli.seen if r.get('faults')], cli.story()


for each in sample(ROWS):
    make_case(each)
main(jobs=3)
