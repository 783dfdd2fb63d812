#!/usr/bin/python3
"""The Flatpak that flatpak/build.sh has built and installed: what it may do, what it brings, and that it works.

What the window does is seen from outside the sandbox: by servers, clients and files.
"""
import configparser
import json
import pathlib
import subprocess
import tempfile

from sandbox import ID, Sandboxed, flatpak, inside, start, ui, x_windows
from harness import CLI, Cli, Client, Server, case, free_port, main, passed

TOP = pathlib.Path(__file__).resolve().parents[2]
WORK = TOP / 'build/flatpak'
PERMISSIONS = {
    'shared': {'network', 'ipc'},
    'sockets': {'x11', 'wayland', 'fallback-x11'},    # fallback-x11 is written as both: X11 where there is no Wayland
    'devices': {'dri'},
}
EXPORTED = ['applications/ID.desktop', 'dbus-1/services/ID.service', 'icons/hicolor/scalable/apps/ID.svg',
            'icons/hicolor/symbolic/apps/ID-symbolic.svg', 'mime/packages/ID.xml']
INSIDE = ['bin/sockeye', 'bin/sockeye-cli', 'share/glib-2.0/schemas/gschemas.compiled', 'share/licenses/ID/LICENSE',
          'share/sockeye/rules/sockeye-rules.schema.json', 'share/locale/de/LC_MESSAGES/sockeye.mo']


def run(*args):
    done = subprocess.run(args, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == 0, f'{args}\n{done.stdout}{done.stderr}'


def location():
    return pathlib.Path(flatpak('info', '--user', '--show-location', ID).strip())


@case
def was_built_without_a_warning():
    log = (WORK / 'build.log').read_text(errors='replace')
    assert 'Compiling C object' in log
    bad = [line for line in log.splitlines() if ': warning: ' in line or ': error: ' in line]
    assert not bad, '\n'.join(bad)


@case
def may_do_exactly_what_it_should():
    told = configparser.ConfigParser()
    told.read_string(flatpak('info', '--user', '--show-permissions', ID))
    assert told.sections() == ['Context'], told.sections()
    found = {key: set(filter(None, value.split(';'))) for key, value in told['Context'].items()}
    assert found == PERMISSIONS, found


@case
def no_library_is_missing():
    said = inside('for file in /app/bin/*; do echo "$file"; ldd "$file" || echo "not found"; done')
    assert '/app/bin/sockeye\n' in said and 'libgtk-4' in said and 'libsoup-3' in said, said
    assert 'not found' not in said, said


@case
def what_it_brings_is_there_and_valid():
    deployed = location()
    for folder, names in (('export/share', EXPORTED), ('files', INSIDE)):
        missing = [name for name in names if not (deployed / folder / name.replace('ID', ID)).is_file()]
        assert not missing, f'{folder}: {missing}'
    run('desktop-file-validate', deployed / f'export/share/applications/{ID}.desktop')
    metainfo = [path for folder in ('metainfo', 'appdata') for path in (deployed / 'files/share' / folder).glob(f'{ID}.*.xml')]
    assert len(metainfo) == 1, metainfo
    run('appstreamcli', 'validate', '--no-net', metainfo[0])


@case
def the_command_line_comes_along():
    said = flatpak('run', '--user', '--command=sockeye-cli', ID, '--version')
    assert said.startswith('sockeye-cli '), said


@case
def the_demo_flows():
    with Sandboxed('--demo') as window:
        window.state('connected ', timeout=20)
        window.row('sent', 'Socket.IO event say', timeout=15)
        window.row('received', 'Socket.IO event say', timeout=15)
        names = ui.all_text(window.find('Connections, servers and captures', 'list')).splitlines()
        assert {'alice', 'bob', 'echo'} <= set(names) and any(n.startswith('3 clients') for n in names), names
        window.picture_for_people('demo')


@case
def a_second_start_opens_a_second_window():
    with Sandboxed() as window:
        assert start().wait(20) == 0
        ui.wait(lambda: len(x_windows('--class', 'sockeye')) == 2, 10, 'a second window')
        ui.keys('ctrl+w')    # an empty page stays: Ctrl+Q ends both
        assert window.child.poll() is None


@case
def connects_to_a_server_outside():
    with Server('socketio.mjs') as server, Cli.connect(server.url('http')) as witness, Sandboxed() as window:
        witness.record(layer='sio', kind='CONNECT', dir='in')
        before = len(server.seen)
        window.connect(server.url('http'))
        window.state('connected ')
        server.expect(lambda r: r.get('connected') == '/', 'the window at the server', after=before)
        window.emit('broadcast', '{"price": 1.50}, "from the sandbox"')
        heard = witness.record(event='broadcast')
        assert 'from the sandbox' in json.dumps(heard), heard
        window.row('received', 'event broadcast', 'from the sandbox')
        window.picture_for_people('connected')


@case
def hosts_for_clients_outside():
    port = free_port()
    with Sandboxed('--new-host') as window:
        ui.keys('ctrl+a')
        ui.type_text(str(port))
        ui.keys('Return')
        window.state('listening')
        url = f'http://127.0.0.1:{port}/'
        with Cli.connect(url, '--emit', 'hello', '--arg', '"from outside"', '--ack') as client:
            client.record(layer='sio', kind='ACK', dir='in')
        window.row('received', 'event hello', 'from outside', 'ack in')
        with Client('socketio-client.mjs', url, 'events', 'acks') as client:
            passed(client)
        window.picture_for_people('host')


@case
def saves_a_capture_and_opens_it_again():
    with tempfile.TemporaryDirectory() as folder, Server('socketio.mjs') as server:
        file = pathlib.Path(folder, 'from the sandbox.pcapng')
        with Sandboxed() as window:
            window.connect(server.url('http'))
            window.state('connected ')
            window.emit('order', '{"price": 1.50}')
            window.row('received', 'event order', '1.5')
            window.choose_file('ctrl+s', 'Save the capture', file)
            window.find(fits=lambda n: n.get_name().startswith(f'Saved {file.name} with '))
            decoded = subprocess.run([CLI, 'decode', file, '--layers', 'sio'], capture_output=True, text=True, check=False)
            assert decoded.returncode == 0 and decoded.stdout.count('{"price":1.5') == 2, decoded
        with Sandboxed() as window:
            window.choose_file('ctrl+o', 'Open a capture', file)
            window.state('loaded')
            window.row('sent', 'event order', '{"price":1.50}')
            window.row('received', 'event order', '1.5')
            window.picture_for_people('opened')


@case
def installs_from_the_bundle_and_goes():
    flatpak('uninstall', '--user', '-y', '--noninteractive', ID)
    assert ID not in flatpak('list', '--user', '--app', '--columns=application')
    flatpak('install', '--user', '-y', '--noninteractive', str(WORK / f'{ID}.flatpak'))
    assert flatpak('info', '--user', '--show-ref', ID).strip().startswith(f'app/{ID}/')
    with Sandboxed() as window:
        window.find('Address to connect to', 'text')
    flatpak('uninstall', '--user', '-y', '--noninteractive', '--delete-data', ID)
    assert ID not in flatpak('list', '--user', '--app', '--columns=application')


main()
