#!/usr/bin/python3
"""Long-polling and the upgrade from it against real servers: poller.c talks, the servers echo."""
import contextlib
import os

from harness import Certificates, Process, Server, case, main

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


@case
def tls():
    with Certificates() as made, engine('--cert', made.cert, '--key', made.key) as server:
        talk(server.url('https'), 4)


@contextlib.contextmanager
def behind(variant, *args, backends=1):
    with contextlib.ExitStack() as stack:
        servers = [stack.enter_context(Server('engineio.mjs', *args)) for _ in range(backends)]
        yield stack.enter_context(Server.nginx(variant, *servers))


@case
def nginx_sticky():
    for _ in range(3):
        with behind('sticky-cookie', backends=2) as server:
            talk(server.url('http'), 4)


@case
def nginx_redirect():
    with behind('redirect') as server:
        talk(server.url('http', '/old/engine.io/'), 4)


@case
def nginx_redirect_host():
    with behind('redirect-host') as server:
        talk(server.url('http', '/old/engine.io/'), 4)


@case
def nginx_gzip():
    with behind('gzip', '--no-http-compression', '--revision', 3) as server:
        talk(server.url('http'), 3)


@case
def nginx_unbuffered():
    with behind('unbuffered') as server:
        talk(server.url('http'), 4)


@case
def nginx_no_upgrade():
    with behind('no-upgrade') as server:
        talk(server.url('http'), 4, 'stay')


main(3)
