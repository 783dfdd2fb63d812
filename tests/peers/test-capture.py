#!/usr/bin/python3
"""What --capture writes, decode and tshark must read: the same records, the same packets."""
import pathlib
import subprocess
import tempfile

from harness import Cli, Server, case, main

KEPT = ('dir', 'layer', 'kind', 'nsp', 'event', 'args', 'text', 'code', 'reason', 'status', 'ack')


def kept(records):
    """What a capture remembers: not the notes of the peer, which were never on the wire."""
    return [{k: r[k] for k in KEPT if k in r} for r in records
            if isinstance(r, dict) and r.get('layer') in ('http', 'ws', 'eio', 'sio')]


def capture(server, url, *args):
    with tempfile.TemporaryDirectory() as tmp:
        file = pathlib.Path(tmp) / 'it.pcapng'
        with server, Cli.connect(url(server), '--capture', str(file), '--close', '1000', *args) as cli:
            assert cli.wait(30) == 0, cli.story()
            live = kept(cli.seen)
        with Cli('decode', str(file), '--json') as decoded:
            assert decoded.wait(30) == 0, decoded.story()
            assert live and kept(decoded.seen) == live, f'live {live}\ndecoded {kept(decoded.seen)}'
        return subprocess.run(['tshark', '-r', str(file), '-Y', 'websocket', '-T', 'fields', '-e', 'websocket.opcode'],
                              check=True, capture_output=True, text=True).stdout.replace(',', ' ').split()


@case
def websocket():
    opcodes = capture(Server('ws.mjs'), Server.url, '--protocol', 'websocket', '--send', 'one', '--send', 'two')
    assert sorted(map(int, opcodes)) == [1, 1, 1, 1, 8, 8], opcodes


@case
def socketio():
    opcodes = capture(Server('socketio.mjs'), lambda s: s.url('http'), '--protocol', 'socket.io',
                      '--transports', 'websocket', '--emit', 'file', '--file', __file__, '--ack')
    assert [o for o in map(int, opcodes) if o == 2], opcodes


@case
def not_a_capture():
    with Cli('decode', __file__) as cli:
        assert cli.wait(20) == 1, cli.story()
    with Cli('decode', '/nowhere/at/all.pcapng') as cli:
        assert cli.wait(20) == 1, cli.story()


main()
