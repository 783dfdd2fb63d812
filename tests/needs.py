#!/usr/bin/env python3
"""needs.py: what is to be built for the tests that `meson test --list` names on standard input, a file a line.

In the build folder. The window, most of the code, is no part of it where no test that runs is of the window.
"""
import json
import os
import subprocess
import sys


def introspect(what):
    return json.loads(subprocess.run(['meson', 'introspect', what], capture_output=True, check=True).stdout)


names = {line.rstrip('\n').split(' / ')[-1] for line in sys.stdin}
needed = {target for test in introspect('--tests') if test['name'] in names for target in test['depends']}
for target in introspect('--targets'):
    if target['id'] in needed:
        print(*(os.path.relpath(os.path.realpath(file)) for file in target['filename']), sep='\n')
