#!/usr/bin/env python3
"""test-rules-schema.py FOLDER TEST-RULES: the schema of rules files and our own loader agree.

FOLDER has the schema and the examples, which it accepts. TEST-RULES --dump tells what the loader
refuses: the schema refuses that too, but for what no schema can say.
"""
import glob
import json
import os
import subprocess
import sys

try:
    import jsonschema
except ImportError:
    print("SKIPPED: there is no Python module jsonschema (Debian: python3-jsonschema)", file=sys.stderr)
    sys.exit(77)

# Keys that stand twice, the syntax of templates, and that 1e6 is no spelling of a whole number for us.
BEYOND = {"duplicate", "duplicate-escaped", "emit-template", "if-has", "payload"}


def main(folder, test_rules):
    with open(os.path.join(folder, "sockeye-rules.schema.json"), encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    validator = jsonschema.Draft202012Validator(schema)
    failed = []

    examples = [path for path in sorted(glob.glob(os.path.join(folder, "*.json"))) if not path.endswith(".schema.json")]
    for path in examples:
        with open(path, encoding="utf-8") as file:
            document = json.load(file)
        for error in validator.iter_errors(document):
            failed.append(f"{os.path.basename(path)}: {error.json_path}: {error.message[:200]}")
    if len(examples) < 8:
        failed.append(f"only {len(examples)} examples")

    n_refused = 0
    dump = subprocess.run([test_rules, "--dump"], check=True, capture_output=True, text=True, encoding="utf-8").stdout
    for entry in dump.split("\x1e")[:-1]:
        name, text = entry.split("\t", 1)
        try:
            document = json.loads(text)
        except json.JSONDecodeError:
            continue
        if validator.is_valid(document) != (name in BEYOND):
            failed.append(f"{name}: the schema {'accepts' if name not in BEYOND else 'refuses'} {text}")
        n_refused += 1
    if n_refused < 50:
        failed.append(f"only {n_refused} wrong files")

    for line in failed:
        print(line, file=sys.stderr)
    print(f"{len(examples)} examples, {n_refused} wrong files, {len(failed)} failures")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
