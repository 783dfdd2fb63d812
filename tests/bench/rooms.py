"""A window's server with many npm clients, and what its frames cost: see rooms.sh."""
import os
import pathlib
import re
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / 'ui'))
import ui
from harness import Client, free_port
from story import Story

N_SOCKETS, N_ROOMS = int(os.environ.get('N_SOCKETS', '1000')), int(os.environ.get('N_ROOMS', '200'))
SECONDS = float(os.environ['SECONDS_EACH'])


def works(window, since):
    """The work of each frame in ms, from a place in what the window said on."""
    return [float(ms) for ms in re.findall(r'^FRAME_MS ([\d.]+)$', window.said()[since:], re.M)]


def report(name, found):
    found = sorted(found)
    over = sum(ms > 33 for ms in found)
    print(f'{name}: {len(found)} frames, median {statistics.median(found):.1f} ms, '
          f'p99 {found[int(len(found) * .99)]:.1f} ms, worst {found[-1]:.1f} ms, {over} over 33 ms', flush=True)


def measure(window, name):
    time.sleep(2)
    since = len(window.said())
    time.sleep(SECONDS)
    report(name, works(window, since))


with Story(env={'LD_PRELOAD': os.environ['FRAMES_SO'], 'FRAMES_TICK': '1'}) as window:
    port = str(free_port())
    window.mouse_click(window.find(role='spin button'), repeat=3)
    ui.type_text(port)
    window.press('Start server')
    ui.wait(lambda: f'localhost:{port}' in ui.all_text(window.app), 10, 'a server')
    window.tab('Rooms')
    since = len(window.said())
    with Client('crowd.mjs', f'http://127.0.0.1:{port}/', '--sockets', str(N_SOCKETS), '--rooms', str(N_ROOMS)) as crowd:
        crowd.expect(lambda r: r.get('connected') == N_SOCKETS, 'all of them', 120)
        report('Rooms, while they connect', works(window, since))
        measure(window, 'Rooms')
        ui.keys('Tab', 'Tab')
        window.shot(os.environ.get('ROOMS_SHOT', '/dev/null')) if 'ROOMS_SHOT' in os.environ else None
        window.mouse_click(window.find('Sort'))
        window.mouse_click(window.find('Events a second', timeout=10))
        measure(window, 'Rooms by rate')
        window.tab('Clients')
        measure(window, 'Clients')
        window.tab('Timeline')
        measure(window, 'Timeline')
