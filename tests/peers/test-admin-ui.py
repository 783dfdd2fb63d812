#!/usr/bin/python3
"""The official Admin UI, as it is built for @socket.io/admin-ui, in Chromium, against sockeye-cli host."""
import os
import shutil
import sys

from harness import HERE, Certificates, Cli, Client, Server, case, main, passed

RULES = HERE / 'rules/admin.json'
SHOTS = os.environ.get('SOCKEYE_TEST_SHOTS')    # a folder for pictures of what the page shows


def look(page, host, *args):
    with Client('admin-ui.mjs', page, host.at, *args) as client:
        passed(client)
    assert host.child.poll() is None, 'the host died\n' + host.story()


@case
def hosted():
    """Where the project hosts it: no option lets that page in but the Admin UI's own."""
    with Certificates() as made, Server('static.mjs', 'admin-ui', '--cert', made.cert, '--key', made.key) as pages, \
            Cli.host('--rules', RULES) as host:
        look('https://admin.socket.io/', host, '--map', str(pages.port), *(['--shots', SHOTS] if SHOTS else []))


@case
def hosted_elsewhere():
    with Server('static.mjs', 'admin-ui') as pages, Cli.host('--rules', RULES) as host:
        look(pages.url('http'), host, '--refused')
    with Server('static.mjs', 'admin-ui') as pages, \
            Cli.host('--rules', RULES, '--cors', pages.url('http', '')) as host:
        look(pages.url('http'), host)


if __name__ == '__main__':
    if not any(shutil.which(name) for name in ('chromium', 'chromium-browser', 'google-chrome')):
        print('1..0 # SKIP there is no chromium')
        sys.exit(0)
    main()
