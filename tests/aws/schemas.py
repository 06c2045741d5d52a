#!/usr/bin/env python3
"""Compares the schemas of our types with those of Terraform's own provider: names, types, who gives a value, what is secret.

    tests/aws/schemas.py --binary target/debug/stackwright

Prints what differs; `MEANT` says what may. Skipped with a message where terraform with hashicorp/aws 5 is not found.
"""

import argparse
import json
import sys
import tempfile
from pathlib import Path

from tools import Tool, find_terraform, terraforms

MEANT = {
    "resource aws_s3_bucket: has on_destroy": "ours: what destroying does with what lies in a bucket",
}


def flat(block, at=""):
    """The attributes and blocks of a block by their paths, with what they are."""
    found = {}
    for name, attribute in block.get("attributes", {}).items():
        flags = [flag for flag in ("required", "optional", "computed", "sensitive") if attribute.get(flag)]
        found[at + name] = (json.dumps(attribute.get("type")), flags)
    for name, nested in block.get("block_types", {}).items():
        found[at + name] = ("block", nested["nesting_mode"])
        found |= flat(nested["block"], f"{at}{name}.")
    return found


def schemas(tool):
    tool.write("")
    tool.init()
    return tool.schemas()


def differences(ours, theirs):
    for kind, word in (("resource_schemas", "resource"), ("data_source_schemas", "data")):
        for name, schema in sorted(ours[kind].items()):
            if name not in theirs[kind]:
                yield f"{word} {name}: there is none"
                continue
            one, other = flat(schema["block"]), flat(theirs[kind][name]["block"])
            lacking = [path for path in other if path not in one and path.rpartition(".")[0] not in set(other) - set(one)]
            yield from (f"{word} {name}: lacks {path}" for path in lacking)
            yield from (f"{word} {name}: has {path}" for path in one if path not in other)
            yield from (f"{word} {name}: {path} is {one[path]}, theirs {other[path]}" for path in one if path in other and one[path] != other[path])


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", required=True)
    args = parser.parse_args()
    terraform, provider = find_terraform()
    if not terraform:
        print("skipped: terraform with hashicorp/aws 5 is not found")
        return
    with tempfile.TemporaryDirectory() as folder:
        folder = Path(folder)
        one = schemas(Tool(Path(args.binary).resolve(), folder / "ours", "http://127.0.0.1:1"))
        other = schemas(Tool(terraform, folder / "theirs", "http://127.0.0.1:1", terraforms(provider, folder / "rc")))
    found = [line for line in differences(one, other) if line not in MEANT]
    print("\n".join(found))
    compared = len(one["resource_schemas"]) + len(one["data_source_schemas"])
    print(f"{compared - len({line.split(':')[0] for line in found})} passed, {len({line.split(':')[0] for line in found})} failed")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
