#!/usr/bin/python3
"""Chromium with a page of another origin that uses socket.io-client 2, 3 and 4: CORS, preflights, cookies and TLS are real."""
import base64
import hashlib
import re
import shutil
import ssl
import subprocess
import sys
from urllib.parse import urlsplit

from harness import HERE, Cli, Client, case, main, passed

if not any(map(shutil.which, ('chromium', 'chromium-browser', 'google-chrome'))):
    print('1..0 # SKIP there is no Chromium')
    sys.exit()

RULES = HERE / 'rules/behaviours.json'


def pin(url):
    """What a browser is told instead of trusting a certificate that was made on the spot: its key's hash."""
    pem = ssl.get_server_certificate((urlsplit(url).hostname, urlsplit(url).port))
    key = subprocess.run(['openssl', 'x509', '-pubkey', '-noout'], input=pem.encode(), capture_output=True, check=True).stdout
    der = base64.b64decode(b''.join(key.split(b'\n')[1:-2]))
    return base64.b64encode(hashlib.sha256(der).digest()).decode()


def requests(host, method):
    return [r['head'] for r in host.seen if r.get('kind') == 'request' and r['head'].startswith(method + ' ')]


def header(head, name):
    found = re.search(rf'^{name}: (.*?)\r$', head, re.IGNORECASE | re.MULTILINE)
    return found and found[1]


@case
def pages():
    with Cli.host('--rules', RULES, '--layers', 'http,upgrade') as host, \
            Cli.host('--rules', RULES, '--quiet', '--tls', 'self-signed') as safe, \
            Client('page.mjs', host.at, '--tls', safe.at, '--spki', pin(safe.at)) as client:
        passed(client, 110)
        for each in (host, safe):
            assert each.child.poll() is None, 'the host died\n' + each.story()
        asked = [header(head, 'Access-Control-Request-Headers') for head in requests(host, 'OPTIONS')]
        assert 'x-mine' in asked and 'content-type' in asked, asked
        polls = [head for head in requests(host, 'GET') if 'polling' in head and 'sid=' in head]
        assert sum(header(head, 'Cookie') == 'io=' + re.search(r'sid=([\w-]+)', head)[1] for head in polls) > 20, polls[:3]
        assert any(header(head, 'X-Mine') for head in polls), polls[-3:]
        doors = [head for head in requests(host, 'GET') if header(head, 'Upgrade')]
        assert doors and all(header(head, 'Origin') == 'http://page.test' for head in doors), doors[:2]
        assert any('sid=' in head and header(head, 'Cookie') for head in doors), doors[:2]


if __name__ == '__main__':
    main()
