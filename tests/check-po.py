#!/usr/bin/python3
"""check-po.py ROOT: nothing that a person reads is left out of translation.

Every file with such words stands in po/POTFILES, and no other; what xgettext finds has no trap in it; each
language passes `msgfmt -c`, and those of COMPLETE say everything that the program says.
"""
import json
import pathlib
import re
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(sys.argv[1])
COMPLETE = ['de']
# As meson's preset for GLib has it, with comments for translators.
XGETTEXT = ['xgettext', '--from-code=UTF-8', '--add-comments=Translators', '--keyword=_', '--keyword=N_', '--keyword=C_:1c,2',
            '--keyword=NC_:1c,2', '--keyword=g_dcgettext:2', '--keyword=g_dngettext:2,3', '--keyword=g_dpgettext2:2c,3',
            '--keyword=ngettext:1,2']
IN_C = re.compile(r'\b(_|N_|C_|NC_|ngettext|g_dngettext|g_dpgettext2)\s*\(')
wrong = []


def without_comments(text):
    return re.sub(r'/\*.*?\*/|//[^\n]*', '', text, flags=re.S)


def has_words(path):
    text = path.read_text(encoding='utf-8')
    if path.suffix in ('.c', '.h'):
        return IN_C.search(without_comments(text)) is not None
    return 'translatable="yes"' in text


def check_list():
    listed = [line for line in (ROOT / 'po/POTFILES').read_text(encoding='utf-8').splitlines() if line and line[0] != '#']
    found = {str(path.relative_to(ROOT)) for kind in ('c', 'h', 'ui') for path in (ROOT / 'src').rglob('*.' + kind)
             if has_words(path)}
    data = {name for name in listed if name.startswith('data/')}
    wrong.extend(f'{name} has words to translate: add it to po/POTFILES' for name in sorted(found - set(listed)))
    wrong.extend(f'po/POTFILES names {name}, which has nothing to translate' for name in sorted(set(listed) - found - data))
    wrong.extend(f'po/POTFILES names {name} twice' for name in sorted({n for n in listed if listed.count(n) > 1}))
    wrong.extend(f'po/POTFILES names {name}, which is not there' for name in sorted(data) if not (ROOT / name).exists())


def extract(pot):
    done = subprocess.run([*XGETTEXT, '--directory=' + str(ROOT), '--files-from=' + str(ROOT / 'po/POTFILES'), '-o', pot],
                          capture_output=True, text=True, check=False)
    if done.returncode != 0:
        wrong.append(done.stderr)
    # A macro of GLib between two parts of a text hides the second: PRIu64 and %zu are understood.
    for name in re.findall(r'^#: (.*)\n(?:#.*\n)*msgid "(?:[^"\\]|\\.)*%"$', pathlib.Path(pot).read_text(encoding='utf-8'), re.M):
        wrong.append(f'{name}: the text ends within a format; write "%zu", or PRIu64 of <inttypes.h>')


# xgettext reads no JSON: a table in C has what the rules files say of themselves once more.
def check_rules(pot):
    lines = subprocess.run(['msgcat', '--no-wrap', pot], capture_output=True, text=True, check=True).stdout
    known = {json.loads(f'"{msgid}"') for msgid in re.findall(r'^msgid "(.+)"$', lines, re.M)}
    for path in sorted({*(ROOT / 'data/rules').glob('*.json')} - {*(ROOT / 'data/rules').glob('*.schema.json')}):
        rules = json.loads(path.read_text(encoding='utf-8'))
        wrong.extend(f'{path.name}: nobody can translate its {name}' for name in ('name', 'description')
                     if rules[name] not in known)


def check_language(language, pot, tmp):
    po = ROOT / 'po' / f'{language}.po'
    done = subprocess.run(['msgfmt', '-c', '-o', '/dev/null', po], capture_output=True, text=True, check=False)
    if done.returncode != 0 or done.stderr:
        wrong.append(f'msgfmt -c {language}.po: {done.stderr}')
    merged = pathlib.Path(tmp, language + '.po')
    subprocess.run(['msgmerge', '--quiet', '--no-fuzzy-matching', '-o', merged, po, pot], check=True)
    if language in COMPLETE:
        missing = subprocess.run(['msgattrib', '--untranslated', '--no-wrap', '--no-obsolete', merged], capture_output=True,
                                 text=True, check=True).stdout
        for msgid in re.findall(r'^msgid "(.+)"$', missing, re.M):
            wrong.append(f'{language}.po does not say “{msgid}”')


with tempfile.TemporaryDirectory() as folder:
    template = str(pathlib.Path(folder, 'sockeye.pot'))
    check_list()
    extract(template)
    check_rules(template)
    for code in (ROOT / 'po/LINGUAS').read_text(encoding='utf-8').split():
        check_language(code, template, folder)
print('\n'.join(wrong))
sys.exit(1 if wrong else 0)
