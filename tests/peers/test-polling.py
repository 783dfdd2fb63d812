#!/usr/bin/python3
"""Long-polling and the upgrade from it against real servers: poller.c talks, the servers echo."""
import os

from harness import HERE, Process, Server, case, main

POLLER = os.environ['SOCKEYE_POLLER']
ROOM = ('--max-payload', 10000000)


def talk(url, revision, *words, asked=None):
    with Process(POLLER, url, asked or revision, *words) as poller:
        assert poller.wait(70) == 0, poller.story()
        told = poller.seen[-1]
    assert told['revision'] == revision, told
    assert told['upgrades'] == (0 if words else 1), told
    assert told['transport'] == ('polling' if words else 'websocket'), told
    return told


def engine(*args):
    return Server('engineio.mjs', *ROOM, *args)


@case
def revision_4():
    with engine() as server:
        talk(server.url('http'), 4)


@case
def revision_4_stays():
    with engine('--no-upgrades') as server:
        talk(server.url('http'), 4, 'stay')


@case
def revision_3():
    with engine('--revision', 3) as server:
        talk(server.url('http'), 3)


@case
def revision_3_found_out():
    with engine('--revision', 3) as server:
        talk(server.url('http'), 3, asked=4)


@case
def revision_3_from_4():
    with engine('--eio3') as server:
        talk(server.url('http'), 3)


@case
def small_payloads():
    with Server('engineio.mjs', '--max-payload', 1000000, '--no-http-compression') as server:
        talk(server.url('http'), 4)


@case
def heartbeat():
    with engine('--ping-interval', 200, '--ping-timeout', 2000) as server:
        assert talk(server.url('http'), 4)['pings'] > 0


@case
def heartbeat_3():
    with engine('--revision', 3, '--ping-interval', 300, '--ping-timeout', 2000) as server:
        talk(server.url('http'), 3)


@case
def deflated():
    with engine('--deflate') as server:
        talk(server.url('http'), 4)


main()
