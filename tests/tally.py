#!/usr/bin/env python3
"""tally.py [--failed WHAT]… TESTLOG.json… OUTPUT.tap…: what meson's test logs hold, as failures and one last line.

A TAP test counts for each of its points, any other as one. A skipped point has not passed.
"""
import argparse
import json
import re
import sys

POINT = re.compile(r'^\s*(not )?ok\b\s*\d*\s*-?\s*([^#]*)(?:#\s*(SKIP|TODO)?.*)?$', re.IGNORECASE)


def points(log):
    for line in log.splitlines():
        found = POINT.match(line)
        if found:
            yield found[2].strip(), 'failed' if found[1] else 'skipped' if (found[3] or '').upper() == 'SKIP' else 'ok'


def tests(path):
    with open(path, encoding='utf-8') as file:
        if path.endswith('.tap'):    # of a test that meson did not run
            out = file.read()
            yield {'name': path, 'result': 'ERROR' if re.search('^not ok', out, re.MULTILINE) else 'OK', 'stdout': out, 'duration': 0}
        else:
            yield from map(json.loads, file)


def read(path):
    for test in tests(path):
        out = test.get('stdout') or ''
        found = list(points(out)) if re.search(r'^\s*(?:TAP version|\d+\.\.\d+)', out, re.MULTILINE) else []
        good = test['result'] in ('OK', 'EXPECTEDFAIL')
        if not found or (not good and all(how != 'failed' for _, how in found)):
            found.append((f"the program itself: {test['result']}", 'ok' if good else 'failed'))
        yield test, found


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument('--failed', action='append', default=[])
    parser.add_argument('logs', nargs='*')
    asked = parser.parse_args()
    passed, failed = 0, len(asked.failed)

    for path in asked.logs:
        for test, found in read(path):
            bad = [f'{how}: {name}' for name, how in found if how != 'ok']
            passed += len(found) - len(bad)
            failed += len(bad)
            if bad:
                print(f"\n==== {path}: {test['name']} ({test['result']}, {test['duration']:.1f} s)")
                for text in (test.get('stdout'), test.get('stderr')):
                    lines = [line for line in (text or '').splitlines() if not re.match(r'\s*ok\b', line)]
                    print('\n'.join(lines[-150:]))
                print('\n'.join(bad))
    for what in asked.failed:
        print(f'\nfailed: {what}')
    if not passed and not failed:
        print('\nNo test has run.')
    print(f'{passed} passed, {failed} failed')
    sys.exit(1 if failed or not passed else 0)


main()
