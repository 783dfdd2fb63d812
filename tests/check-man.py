#!/usr/bin/python3
"""check-man.py PAGE PROGRAM [COMMAND…]: fails where a manual page and --help name other options."""
import pathlib
import re
import subprocess
import sys

page = pathlib.Path(sys.argv[1]).read_text(encoding='utf-8').replace('\\-', '-')
documented = {option for line in re.findall(r'^(?:\\fB|\.BR? ).*$', page, re.M) for option in re.findall(r'--[a-z0-9-]+', line)}
helps = [subprocess.run([sys.argv[2], *command, '--help'], capture_output=True, text=True, check=True).stdout
         for command in ([[c] for c in sys.argv[3:]] or [[]])]
offered = set(re.findall(r'^  (?:-[a-zA-Z], )?(--[a-z0-9-]+)', '\n'.join(helps), re.M))
offered -= {'--help-all', '--help-gapplication'}    # of every GApplication
assert offered, 'no option was found in --help'
wrong = [f'{option} is not in {sys.argv[1]}' for option in sorted(offered - documented)]
wrong += [f'{option} of {sys.argv[1]} is no option' for option in sorted(documented - offered)]
print('\n'.join(wrong))
sys.exit(1 if wrong else 0)
