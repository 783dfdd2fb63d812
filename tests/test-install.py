#!/usr/bin/python3
"""test-install.py BUILD: what `meson install` puts into a folder of a packager's, and that `ninja uninstall` takes it away."""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

BUILD = pathlib.Path(sys.argv[1])
LOG = BUILD / 'meson-logs/install-log.txt'    # by which a person's own installation is taken away again
ID = 'io.github.sockeye.Sockeye'
WANTED = """
    {bindir}/sockeye {bindir}/sockeye-cli
    {datadir}/applications/ID.desktop {datadir}/metainfo/ID.metainfo.xml {datadir}/mime/packages/ID.xml
    {datadir}/dbus-1/services/ID.service {datadir}/glib-2.0/schemas/ID.gschema.xml {datadir}/licenses/ID/LICENSE
    {datadir}/icons/hicolor/scalable/apps/ID.svg {datadir}/icons/hicolor/16x16/apps/ID.svg
    {datadir}/icons/hicolor/symbolic/apps/ID-symbolic.svg
    {mandir}/man1/sockeye.1 {mandir}/man1/sockeye-cli.1
    {datadir}/bash-completion/completions/sockeye-cli {datadir}/zsh/site-functions/_sockeye-cli
    {datadir}/fish/vendor_completions.d/sockeye-cli.fish
    {datadir}/sockeye/rules/default.json {datadir}/sockeye/rules/sockeye-rules.schema.json
    {localedir}/de/LC_MESSAGES/sockeye.mo {localedir}/ar/LC_MESSAGES/sockeye.mo""".replace('ID', ID)


def options():
    told = subprocess.run(['meson', 'introspect', '--buildoptions', BUILD], capture_output=True, text=True, check=True).stdout
    return {option['name']: option['value'] for option in json.loads(told)}


def files(folder):
    return {str(path.relative_to(folder)) for path in folder.rglob('*') if not path.is_dir()}


def run(*command, **env):
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env={**os.environ, **env})


def main():
    had, option = LOG.read_bytes() if LOG.exists() else None, options()
    with tempfile.TemporaryDirectory() as temporary:
        root = pathlib.Path(temporary, 'a place')
        prefix = root / option['prefix'].lstrip('/')
        try:
            run('meson', 'install', '-C', BUILD, '--no-rebuild', '--destdir', root)
            found, wanted = files(prefix), set(WANTED.format(**option).split())
            assert wanted <= found, f'not installed: {wanted - found}'
            more = {name for name in found - wanted if not name.startswith(f'{option["datadir"]}/sockeye/rules/')}
            assert not more, f'not expected: {more}'
            assert files(root) == {str(prefix.relative_to(root) / name) for name in found}, 'outside of the prefix'

            service = (prefix / option['datadir'] / f'dbus-1/services/{ID}.service').read_text()
            program = f'{option["prefix"]}/{option["bindir"]}/sockeye'
            assert re.search(f'^Exec="{re.escape(program)}" --gapplication-service$', service, re.M), service
            run(prefix / option['bindir'] / 'sockeye-cli', '--version')

            run('ninja', '-C', BUILD, 'uninstall', DESTDIR=str(root))
            assert not files(root), f'left behind: {files(root)}'
        finally:
            LOG.unlink(missing_ok=True)
            if had is not None:
                LOG.write_bytes(had)


main()
