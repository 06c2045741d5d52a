"""Compares a stack file with the stack that the ZenML client holds after importing it.

The client's own export is the witness: every component must be there with its type, name and flavor, and with every
setting of its configuration.
"""

import subprocess
import sys
from pathlib import Path

import yaml


def components(document):
    """The components of a stack file by type and name."""
    found = {}
    for kind, entries in document["components"].items():
        for entry in entries if isinstance(entries, list) else [entries]:
            found[(kind, entry["name"])] = (entry["flavor"], entry["configuration"])
    return found


def main(file, exported):
    written = yaml.safe_load(Path(file).read_text())
    zenml = Path(sys.executable).with_name("zenml")
    subprocess.run(
        [zenml, "stack", "export", written["stack_name"], exported],
        check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )
    held = components(yaml.safe_load(Path(exported).read_text()))
    expected = components(written)
    problems = [f"{kind} {name} is not in the stack" for kind, name in expected.keys() - held.keys()]
    problems += [f"{kind} {name} was not in the file" for kind, name in held.keys() - expected.keys()]
    for key in expected.keys() & held.keys():
        (flavor, settings), (held_flavor, held_settings) = expected[key], held[key]
        if flavor != held_flavor:
            problems.append(f"{key[0]} {key[1]} has the flavor {held_flavor}, not {flavor}")
        for name, value in settings.items():
            if held_settings.get(name) != value:
                problems.append(f"{key[0]} {key[1]}: {name} is {held_settings.get(name)!r}, not {value!r}")
    for problem in sorted(problems):
        print(f"{file}: {problem}", file=sys.stderr)
    if problems:
        sys.exit(1)
    print(f"{file}: the stack {written['stack_name']} with {len(expected)} components was imported")


main(*sys.argv[1:])
